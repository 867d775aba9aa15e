// Inside an execution environment: loads the bundle once, then answers one invocation at a time, as Lambda's Node.js runtime does.
import { enableCompileCache, flushCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, FunctionError, Invocation, Outcome, ThreadData } from './messages.ts';

const data = workerData as ThreadData;

type Handler = (event: unknown, context: object) => unknown;

/** The machine's own time, by which timeouts go. */
const machineNow = Date.now;

/** What a function takes for the time; before its bundle is loaded, which may keep `Date.now` for itself. */
const goAhead = (ahead: Float64Array): void => {
  const now = (): number => machineNow() + (ahead[0] ?? 0);
  globalThis.Date = class extends Date {
    static override now = now;
    constructor(...given: [] | [string | number | Date]) {
      super(...((given.length === 0 ? [now()] : given) as [number]));
    }
  } as DateConstructor;
};

const errorOf = (error: unknown): FunctionError =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error) };

const contextOf = ({ requestId, deadline }: Invocation): object => ({
  awsRequestId: requestId,
  functionName: data.functionName,
  functionVersion: '$LATEST',
  invokedFunctionArn: data.functionArn,
  memoryLimitInMB: String(data.memoryMb),
  logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
  logStreamName: process.env.AWS_LAMBDA_LOG_STREAM_NAME,
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => Math.max(0, deadline - machineNow()),
});

/** What one thread has compiled of a bundle, the next ones need not: it lies beside the bundle, and goes with it. */
const loadHandler = async (): Promise<Handler> => {
  enableCompileCache(join(dirname(data.handlerFile), 'compiled'));
  const module = (await import(pathToFileURL(data.handlerFile).href)) as Record<string, unknown>;
  const handler = module[data.handlerName];
  if (typeof handler === 'function') return handler as Handler;
  throw new TypeError(`${data.handlerFile} exports no function named ${data.handlerName}`);
};

/** `undefined` travels as `null`, as it does on AWS. */
const answer = async (handler: Handler, invocation: Invocation): Promise<Outcome> => {
  try {
    const result = await handler(JSON.parse(invocation.event), contextOf(invocation));
    return { ok: true, payload: JSON.stringify(result ?? null) };
  } catch (error) {
    const seen = errorOf(error);
    console.error(JSON.stringify(seen));
    return { ok: false, error: seen };
  }
};

const say = (message: FromThread): void => parentPort?.postMessage(message);

if (data.ahead !== undefined) goAhead(data.ahead);
try {
  const handler = await loadHandler();
  flushCompileCache();
  parentPort?.on('message', async (invocation: Invocation) => {
    say({ kind: 'outcome', requestId: invocation.requestId, outcome: await answer(handler, invocation) });
  });
  say({ kind: 'ready' });
} catch (error) {
  const seen = errorOf(error);
  console.error(JSON.stringify(seen));
  say({ kind: 'broken', error: seen });
}
