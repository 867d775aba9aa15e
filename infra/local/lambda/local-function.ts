// One Lambda function: as many execution environments as its requests need, up to its limit; whoever is free first takes the next one.
import {
  type ExecutionEnvironment,
  type FunctionConfig,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { Outcome } from './messages.ts';

export type LocalFunction = {
  name: string;
  arn: string;
  timeoutMs: number;
  concurrencyMax: number;
  /** Event and answer are JSON text, as on the wire. */
  invoke: (event: string) => Promise<Outcome>;
  stop: () => Promise<void>;
};

export type StartedFunction = LocalFunction & {
  /** Ends every execution environment, whatever it is at, as a crash of the runtime does; the next call begins with a new one. */
  crash: () => void;
};

/** Lambda's limit for the event and the answer of a synchronous invocation. */
export const payloadBytesMax = 6_291_556;

/** AWS takes an idle environment away after some minutes; here it would only hold memory. */
const idleMsMax = 5 * 60_000;

const tooLarge: Outcome = {
  ok: false,
  error: {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size exceeded maximum allowed payload size (${payloadBytesMax} bytes).`,
  },
};

const withinLimit = (outcome: Outcome): Outcome =>
  outcome.ok && Buffer.byteLength(outcome.payload) > payloadBytesMax ? tooLarge : outcome;

export const startFunction = (config: FunctionConfig): StartedFunction => {
  const all = new Set<ExecutionEnvironment>();
  const idle = new Map<ExecutionEnvironment, NodeJS.Timeout>();
  const waiting: Array<(environment: ExecutionEnvironment) => void> = [];
  let isStarting = false;
  let isStopped = false;

  const retire = (environment: ExecutionEnvironment): void => {
    idle.delete(environment);
    all.delete(environment);
    void environment.stop();
  };

  /** The one used last: its caches are warm, and the others may grow idle. */
  const takeIdle = (): ExecutionEnvironment | undefined => {
    for (const [environment, timer] of [...idle].reverse()) {
      clearTimeout(timer);
      idle.delete(environment);
      if (environment.isUsable()) return environment;
      all.delete(environment);
    }
    return undefined;
  };

  const handOut = (environment: ExecutionEnvironment): void => {
    const next = waiting.shift();
    if (next === undefined) idle.set(environment, setTimeout(() => retire(environment), idleMsMax).unref());
    else next(environment);
  };

  /** One at a time: many that start at once on two cores are each as late as all, and a burst is over before they are there. */
  const grow = async (): Promise<void> => {
    if (isStarting || isStopped || waiting.length === 0 || all.size >= config.concurrencyMax) return;
    isStarting = true;
    const environment = startExecutionEnvironment(config);
    all.add(environment);
    await environment.loaded;
    isStarting = false;
    handOut(environment);
    await grow();
  };

  const take = (): ExecutionEnvironment | Promise<ExecutionEnvironment> =>
    takeIdle() ??
    new Promise((done) => {
      waiting.push(done);
      void grow();
    });

  const giveBack = (environment: ExecutionEnvironment): void => {
    // Whoever still waits when all ends is told so by one that has ended.
    if (environment.isUsable() || isStopped) handOut(environment);
    else all.delete(environment);
    void grow();
  };

  return {
    name: config.functionName,
    arn: config.functionArn,
    timeoutMs: config.timeoutMs,
    concurrencyMax: config.concurrencyMax,
    invoke: async (event) => {
      const environment = await take();
      try {
        return withinLimit(await environment.invoke(event));
      } finally {
        giveBack(environment);
      }
    },
    crash: () => {
      for (const environment of all) void environment.stop();
    },
    stop: async () => {
      isStopped = true;
      for (const timer of idle.values()) clearTimeout(timer);
      await Promise.all([...all].map((environment) => environment.stop()));
    },
  };
};
