// Invocations that nobody waits for: tried again as Lambda does, and then handed to the function's failure destination.
import { setTimeout as wait } from 'node:timers/promises';
import type { LocalFunction } from './local-function.ts';
import type { FunctionError } from './messages.ts';

export type AsyncConfig = {
  retriesMax: number;
  eventAgeMsMax: number;
  /** Receives the record of an event that was given up. */
  onFailure?: (record: string) => Promise<void>;
};

export const defaultAsyncConfig: AsyncConfig = { retriesMax: 2, eventAgeMsMax: 6 * 3_600_000 };

/** Lambda waits a minute before the second attempt and two before the third. */
export const retryDelaysMs: readonly number[] = [60_000, 120_000];

type Attempt = { count: number; error: FunctionError; condition: 'RetriesExhausted' | 'EventAgeExceeded' };

const failureRecord = (target: LocalFunction, event: string, { count, error, condition }: Attempt): string =>
  JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: { functionArn: `${target.arn}:$LATEST`, condition, approximateInvokeCount: count },
    requestPayload: JSON.parse(event),
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: error,
  });

export type AsyncInvoker = {
  /** Resolves when the event has succeeded or has been given up. */
  invoke: (target: LocalFunction, config: AsyncConfig, event: string) => Promise<void>;
  stop: () => void;
};

export const asyncInvoker = (log: (line: string) => void, delaysMs = retryDelaysMs): AsyncInvoker => {
  const stopped = new AbortController();

  const giveUp = async (target: LocalFunction, config: AsyncConfig, event: string, attempt: Attempt) => {
    log(`${target.name}: gave up an event after ${attempt.count} attempts: ${attempt.error.errorMessage}`);
    await config.onFailure?.(failureRecord(target, event, attempt));
  };

  const invoke = async (target: LocalFunction, config: AsyncConfig, event: string): Promise<void> => {
    const started = Date.now();
    for (let count = 1; !stopped.signal.aborted; count += 1) {
      const outcome = await target.invoke(event);
      if (outcome.ok) return;
      const { error } = outcome;
      if (count > config.retriesMax) {
        return giveUp(target, config, event, { count, error, condition: 'RetriesExhausted' });
      }
      const delay = delaysMs[count - 1] ?? delaysMs.at(-1) ?? 0;
      if (Date.now() + delay - started > config.eventAgeMsMax) {
        return giveUp(target, config, event, { count, error, condition: 'EventAgeExceeded' });
      }
      await wait(delay, undefined, { signal: stopped.signal, ref: false }).catch(() => {});
    }
  };

  return { invoke, stop: () => stopped.abort() };
};
