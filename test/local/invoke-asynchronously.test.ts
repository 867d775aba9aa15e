// Events that nobody waits for: tried again as Lambda does, and in the end handed to the failure destination.
import { describe, expect, it } from 'vitest';
import {
  type AsyncConfig,
  asyncInvoker,
  defaultAsyncConfig,
} from '#infra/local/lambda/invoke-asynchronously';
import type { LocalFunction } from '#infra/local/lambda/local-function';

/** Fails as often as it is told, and counts. */
const givenFunction = (failures: number): LocalFunction & { events: string[] } => {
  const events: string[] = [];
  return {
    events,
    name: 'worker',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:worker',
    timeoutMs: 1000,
    concurrencyMax: 1,
    invoke: async (event) => {
      events.push(event);
      return events.length > failures
        ? { ok: true, payload: 'null' }
        : { ok: false, error: { errorType: 'Error', errorMessage: 'not now' } };
    },
    stop: async () => {},
  };
};

const send = async (target: LocalFunction, config: Partial<AsyncConfig> = {}, delaysMs = [1, 1]) => {
  const records: unknown[] = [];
  const onFailure = async (record: string) => void records.push(JSON.parse(record));
  await asyncInvoker(() => {}, delaysMs).invoke(
    target,
    { ...defaultAsyncConfig, onFailure, ...config },
    '{"a":1}',
  );
  return records;
};

describe('an asynchronous event', () => {
  it('is handed over once when all goes well', async () => {
    const target = givenFunction(0);

    expect(await send(target)).toEqual([]);
    expect(target.events).toEqual(['{"a":1}']);
  });

  it('is tried three times by default', async () => {
    const target = givenFunction(2);

    expect(await send(target)).toEqual([]);
    expect(target.events).toHaveLength(3);
  });

  it('that always fails ends at its failure destination', async () => {
    const target = givenFunction(9);

    expect(await send(target)).toEqual([
      {
        version: '1.0',
        timestamp: expect.any(String),
        requestContext: {
          functionArn: `${target.arn}:$LATEST`,
          condition: 'RetriesExhausted',
          approximateInvokeCount: 3,
        },
        requestPayload: { a: 1 },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        responsePayload: { errorType: 'Error', errorMessage: 'not now' },
      },
    ]);
    expect(target.events).toHaveLength(3);
  });

  it('is tried once where the template wants no retries', async () => {
    const target = givenFunction(9);

    expect(await send(target, { retriesMax: 0 })).toMatchObject([
      { requestContext: { approximateInvokeCount: 1 } },
    ]);
    expect(target.events).toHaveLength(1);
  });

  it('is given up when it would be too old', async () => {
    const target = givenFunction(9);

    const records = await send(target, { eventAgeMsMax: 50 }, [60]);

    expect(records).toMatchObject([{ requestContext: { condition: 'EventAgeExceeded' } }]);
  });
});
