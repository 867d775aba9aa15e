// A function as CloudWatch sees it: each call is counted and timed, and what it prints may hold metrics.
import type { Measure } from '../cloudwatch/metric.ts';
import { inPlace } from '../in-place.ts';
import type { Time } from '../time.ts';
import type { FunctionConfig } from './execution-environment.ts';
import { type StartedFunction, startFunction } from './local-function.ts';
import { type Outcome, throttledType } from './messages.ts';

export type Watching = { time: Time; measure: Measure; read: (line: string) => void };

/** What comes in place of the function's own outcome, if anything; `throttled` is Lambda's refusal to call it at all. */
export type InsteadOfCall = (event: string) => Outcome | 'throttled' | undefined;

export type WatchedFunction = StartedFunction & {
  answerInstead: (instead: InsteadOfCall) => () => void;
  /** Its answer is lost, and its execution environments with it, whenever this says so. Returns what takes it away again. */
  loseAnswers: (isLost: () => boolean) => () => void;
  /** When no call is under way. */
  settle: () => Promise<void>;
};

const throttled: Outcome = {
  ok: false,
  error: { errorType: throttledType, errorMessage: 'Rate Exceeded.' },
};

const crashed: Outcome = {
  ok: false,
  error: { errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited with error: signal: killed' },
};

const namespace = 'AWS/Lambda';

export const startWatchedFunction = (
  { time, measure, read }: Watching,
  config: FunctionConfig,
): WatchedFunction => {
  const insteads = inPlace<[event: string], Outcome | 'throttled'>();
  const losses = inPlace<[], true>();
  const underWay = new Set<Promise<unknown>>();
  const dimensions = { FunctionName: config.functionName };
  const log = (line: string): void => {
    config.log(line);
    read(line);
  };
  const plain = startFunction({ ...config, ahead: time.shared, log });

  const answerOf = async (event: string): Promise<Outcome> => {
    const outcome = await plain.invoke(event);
    if (losses.ask() === undefined) return outcome;
    plain.crash();
    return crashed;
  };

  const call = async (event: string): Promise<Outcome> => {
    const started = time.now();
    const given = insteads.ask(event);
    if (given === 'throttled') {
      measure(namespace, dimensions, { Throttles: 1 });
      return throttled;
    }
    const outcome = given ?? (await answerOf(event));
    const Duration = time.now() - started;
    measure(namespace, dimensions, { Invocations: 1, Errors: outcome.ok ? 0 : 1, Throttles: 0, Duration });
    return outcome;
  };

  return {
    ...plain,
    invoke: (event) => {
      const work = call(event).finally(() => underWay.delete(work));
      underWay.add(work);
      return work;
    },
    answerInstead: insteads.put,
    loseAnswers: (isLost) => losses.put(() => isLost() || undefined),
    settle: async () => {
      while (underWay.size > 0) await Promise.allSettled(underWay);
    },
  };
};
