// What the engine may rely on when it notes what idempotency keys were used for.
import { describe, expect, it } from 'vitest';
import { dynamoRepeats } from '#adapters/dynamodb/repeats';
import { memoryRepeats } from '#adapters/memory/repeats';
import type { Clock, Repeats } from '#engine/ports';
import { repeatsMs } from '#operations/retention';
import { testClock } from '#test/support/clock';
import { freshTable } from '#test/support/dynamodb-table';
import { range, start } from './given.ts';

const repeatsContract = (make: (clock: Clock) => Promise<Repeats>, clock = testClock(start)) => {
  it('finds nothing before there was anything', async () => {
    expect(await (await make(clock)).find('acme', 'uid')).toBeUndefined();
  });

  it('keeps the first word, and answers it to everybody who comes after', async () => {
    const repeats = await make(clock);
    expect(await repeats.first('acme', 'uid', 'robot-1', start)).toBe('robot-1');
    expect(await repeats.first('acme', 'uid', 'robot-2', start)).toBe('robot-1');
    expect(await repeats.find('acme', 'uid')).toBe('robot-1');
    expect(await repeats.first('globex', 'uid', 'robot-2', start)).toBe('robot-2');
  });

  it('lets one of 50 parallel words be the first', async () => {
    const repeats = await make(clock);
    const answers = await Promise.all(
      range(50).map((at) => repeats.first('acme', 'uid', `robot-${at}`, start)),
    );
    expect(new Set(answers).size).toBe(1);
  });

  it('forgets it when its time is over, and hears the next word as the first', async () => {
    const own = testClock(start);
    const repeats = await make(own);
    await repeats.first('acme', 'uid', 'robot-1', start);
    own.pass(repeatsMs);
    expect(await repeats.find('acme', 'uid')).toBe('robot-1');
    own.pass(1000);
    expect(await repeats.find('acme', 'uid')).toBeUndefined();
    expect(await repeats.first('acme', 'uid', 'robot-2', own.now())).toBe('robot-2');
    expect(await repeats.find('acme', 'uid')).toBe('robot-2');
  });
};

describe('repeats in memory', () => repeatsContract(async (clock) => memoryRepeats(undefined, clock)));
describe('repeats in DynamoDB', () =>
  repeatsContract(async ({ now }) => dynamoRepeats(await freshTable({ now }))));
