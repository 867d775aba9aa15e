// One execution environment: a worker thread with its own variables and memory limit, ended when it is too late or broken.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { createInterface } from 'node:readline';
import { Worker } from 'node:worker_threads';
import type { FromThread, FunctionError, Outcome, ThreadData } from './messages.ts';

export type FunctionConfig = ThreadData & {
  timeoutMs: number;
  environment: Readonly<Record<string, string>>;
  /** More requests than this wait. */
  concurrencyMax: number;
  log: (line: string) => void;
};

export type ExecutionEnvironment = {
  /** Its code is loaded, or will never be: a call then says why. */
  loaded: Promise<unknown>;
  invoke: (event: string) => Promise<Outcome>;
  isUsable: () => boolean;
  stop: () => Promise<void>;
};

/** Lambda gives the code outside of the handler this long. */
const initMsMax = 10_000;

/** Below this a thread cannot even load the SDK: a thread's limit counts the heap alone, and it counts it more strictly. */
const heapMbMin = 256;

const failed = (errorType: string, errorMessage: string): Outcome => ({
  ok: false,
  error: { errorType, errorMessage },
});

const source = new URL('./thread.ts', import.meta.url);

/** Without its types, once for all threads: each of them would begin with loading what takes them away, which is a fifth of its start. */
const program = new URL(
  `data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(readFileSync(source, 'utf8'), { sourceUrl: source.href }))}`,
);

const startThread = (config: FunctionConfig): Worker => {
  const { handlerFile, handlerName, functionName, functionArn, memoryMb, ahead } = config;
  const data: ThreadData = {
    handlerFile,
    handlerName,
    functionName,
    functionArn,
    memoryMb,
    ...(ahead && { ahead }),
  };
  const thread = new Worker(program, {
    workerData: data,
    env: { ...config.environment },
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: Math.max(memoryMb, heapMbMin) },
    execArgv: [],
  });
  for (const input of [thread.stdout, thread.stderr]) createInterface({ input }).on('line', config.log);
  return thread;
};

const crash = (error: Error & { code?: string }): Outcome =>
  error.code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? failed('Runtime.OutOfMemory', 'RequestId: Error: Runtime exited with error: signal: killed')
    : failed('Runtime.UnhandledError', `${error.name}: ${error.message}`);

const hasEnded = failed('Runtime.ExitError', 'The execution environment has ended');

/** `2.00 seconds`, as in Lambda's own words. */
const timeoutMessage = (requestId: string, timeoutMs: number): string =>
  `${new Date().toISOString()} ${requestId} Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;

export const startExecutionEnvironment = (config: FunctionConfig): ExecutionEnvironment => {
  const thread = startThread(config);
  let usable = true;
  let settle: (outcome: Outcome) => void = () => {};
  let broken: FunctionError | undefined;

  const end = (outcome: Outcome): void => {
    usable = false;
    settle(outcome);
    void thread.terminate();
  };

  const ready = new Promise<boolean>((done) => {
    const late = setTimeout(() => done(false), initMsMax);
    const settleReady = (isReady: boolean) => {
      clearTimeout(late);
      done(isReady);
    };
    thread.on('message', (message: FromThread) => {
      if (message.kind === 'ready') settleReady(true);
      if (message.kind === 'broken') {
        broken = message.error;
        settleReady(false);
      }
      if (message.kind === 'outcome') settle(message.outcome);
    });
    thread.on('error', (error) => {
      const outcome = crash(error instanceof Error ? error : new Error(String(error)));
      if (!outcome.ok) broken ??= outcome.error;
      settleReady(false);
      end(outcome);
    });
    thread.on('exit', (code) => {
      settleReady(false);
      end(failed('Runtime.ExitError', `Error: Runtime exited with error: exit status ${code}`));
    });
  });

  /** Why it could not be loaded, if that is why. */
  const reasonOr = (otherwise: Outcome): Outcome =>
    broken === undefined ? otherwise : { ok: false, error: broken };

  const ask = (event: string): Promise<Outcome> =>
    new Promise((done) => {
      const requestId = randomUUID();
      const started = performance.now();
      const late = setTimeout(() => {
        const message = timeoutMessage(requestId, config.timeoutMs);
        config.log(message);
        end(failed('Sandbox.Timedout', message));
      }, config.timeoutMs);
      settle = (outcome) => {
        settle = () => {};
        clearTimeout(late);
        config.log(
          `REPORT RequestId: ${requestId}\tDuration: ${(performance.now() - started).toFixed(2)} ms`,
        );
        done(outcome);
      };
      thread.postMessage({ requestId, event, deadline: Date.now() + config.timeoutMs });
    });

  return {
    loaded: ready,
    invoke: async (event) => {
      if (!usable) return reasonOr(hasEnded);
      if (await ready) return usable ? ask(event) : hasEnded;
      usable = false;
      void thread.terminate();
      return reasonOr(failed('Sandbox.Timedout', `Init did not end within ${initMsMax / 1000} seconds`));
    },
    isUsable: () => usable,
    stop: async () => {
      end(failed('Runtime.ExitError', 'The local cloud is stopping'));
      await thread.terminate();
    },
  };
};
