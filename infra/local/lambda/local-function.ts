// One Lambda function: as many execution environments as its requests need, up to its limit; further requests wait their turn.
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
  const waiting: Array<() => void> = [];
  let busy = 0;

  const turn = (): Promise<void> | undefined => {
    if (busy < config.concurrencyMax) {
      busy += 1;
      return undefined;
    }
    return new Promise((done) => waiting.push(done));
  };

  /** The place goes straight to the next one who waits. */
  const giveTurn = (): void => {
    const next = waiting.shift();
    if (next === undefined) busy -= 1;
    else next();
  };

  const retire = (environment: ExecutionEnvironment): void => {
    idle.delete(environment);
    all.delete(environment);
    void environment.stop();
  };

  const take = (): ExecutionEnvironment => {
    // The one used last: its caches are warm, and the others may grow idle.
    for (const [environment, timer] of [...idle].reverse()) {
      clearTimeout(timer);
      idle.delete(environment);
      if (environment.isUsable()) return environment;
      all.delete(environment);
    }
    const environment = startExecutionEnvironment(config);
    all.add(environment);
    return environment;
  };

  const giveBack = (environment: ExecutionEnvironment): void => {
    if (!environment.isUsable()) {
      all.delete(environment);
      return;
    }
    idle.set(environment, setTimeout(() => retire(environment), idleMsMax).unref());
  };

  return {
    name: config.functionName,
    arn: config.functionArn,
    timeoutMs: config.timeoutMs,
    concurrencyMax: config.concurrencyMax,
    invoke: async (event) => {
      await turn();
      const environment = take();
      try {
        return withinLimit(await environment.invoke(event));
      } finally {
        giveBack(environment);
        giveTurn();
      }
    },
    crash: () => {
      for (const environment of all) void environment.stop();
    },
    stop: async () => {
      for (const timer of idle.values()) clearTimeout(timer);
      await Promise.all([...all].map((environment) => environment.stop()));
    },
  };
};
