// All functions of the local cloud, found by their ARN, and the two ways to invoke them.
import type { FunctionConfig } from './execution-environment.ts';
import { type AsyncConfig, type AsyncInvoker, defaultAsyncConfig } from './invoke-asynchronously.ts';
import type { LocalFunction } from './local-function.ts';
import {
  type InsteadOfCall,
  startWatchedFunction,
  type WatchedFunction,
  type Watching,
} from './watched-function.ts';

export type Functions = {
  add: (config: FunctionConfig) => void;
  /** Throws if no function has this ARN or name. */
  find: (arnOrName: string) => LocalFunction;
  configureAsync: (arnOrName: string, config: AsyncConfig) => void;
  /** Asynchronously: the event is accepted at once, and tried again as Lambda does. */
  send: (arnOrName: string, event: string) => void;
  environmentOf: (name: string) => Readonly<Record<string, string>>;
  /** The log of a function, by its name. */
  logOf: (name: string) => (line: string) => void;
  /** For whoever wants a function to fail or to be slow for a while. Returns what takes it away again. */
  answerInstead: (arnOrName: string, instead: InsteadOfCall) => () => void;
  crash: (arnOrName: string) => void;
  /** Of all functions: see `WatchedFunction`. */
  loseAnswers: (isLost: (functionName: string) => boolean) => () => void;
  /** When no call is under way. */
  settle: () => Promise<void>;
  stop: () => Promise<void>;
};

export type FunctionsOptions = {
  /** What the runtime itself puts into the environment of a function: region, its own credentials, endpoints. */
  runtimeEnvironment: (functionName: string) => Readonly<Record<string, string>>;
  logOf: (name: string) => (line: string) => void;
  asynchronously: AsyncInvoker;
  watching: Watching;
};

const nameOf = (arnOrName: string): string =>
  arnOrName.replace(/^arn:[^:]+:lambda:[^:]*:[^:]*:function:/, '').split(':')[0] ?? '';

export const localFunctions = ({
  runtimeEnvironment,
  logOf,
  asynchronously,
  watching,
}: FunctionsOptions): Functions => {
  const functions = new Map<string, WatchedFunction>();
  const asyncConfigs = new Map<string, AsyncConfig>();

  const find = (arnOrName: string): WatchedFunction => {
    const found = functions.get(nameOf(arnOrName));
    if (found === undefined) throw new Error(`There is no function ${arnOrName} in the local cloud`);
    return found;
  };

  return {
    add: (config) => functions.set(config.functionName, startWatchedFunction(watching, config)),
    find,
    configureAsync: (arnOrName, config) => asyncConfigs.set(nameOf(arnOrName), config),
    send: (arnOrName, event) => {
      const target = find(arnOrName);
      const config = asyncConfigs.get(target.name) ?? defaultAsyncConfig;
      const complain = (error: unknown) => logOf(target.name)(`asynchronous invocation: ${String(error)}`);
      asynchronously.invoke(target, config, event).catch(complain);
    },
    environmentOf: (name) => ({
      ...runtimeEnvironment(name),
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    }),
    logOf,
    answerInstead: (arnOrName, instead) => find(arnOrName).answerInstead(instead),
    crash: (arnOrName) => find(arnOrName).crash(),
    loseAnswers: (isLost) => {
      const undone = [...functions.values()].map((each) => each.loseAnswers(() => isLost(each.name)));
      return () => {
        for (const undo of undone) undo();
      };
    },
    settle: async () => void (await Promise.all([...functions.values()].map((each) => each.settle()))),
    stop: async () => {
      asynchronously.stop();
      await Promise.all([...functions.values()].map((each) => each.stop()));
    },
  };
};
