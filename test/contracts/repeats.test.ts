// What the engine may rely on when it notes what idempotency keys were used for.
import { describe, expect, it } from 'vitest';
import { dynamoRepeats } from '#adapters/dynamodb/repeats';
import { memoryRepeats } from '#adapters/memory/repeats';
import type { Repeats } from '#engine/ports';
import { freshTable } from '#test/support/dynamodb-table';
import { range, start } from './given.ts';

const repeatsContract = (make: () => Promise<Repeats>) => {
  it('finds nothing before there was anything', async () => {
    expect(await (await make()).find('acme', 'uid')).toBeUndefined();
  });

  it('keeps the first word, and answers it to everybody who comes after', async () => {
    const repeats = await make();
    expect(await repeats.first('acme', 'uid', 'robot-1', start)).toBe('robot-1');
    expect(await repeats.first('acme', 'uid', 'robot-2', start)).toBe('robot-1');
    expect(await repeats.find('acme', 'uid')).toBe('robot-1');
    expect(await repeats.first('globex', 'uid', 'robot-2', start)).toBe('robot-2');
  });

  it('lets one of 50 parallel words be the first', async () => {
    const repeats = await make();
    const answers = await Promise.all(
      range(50).map((at) => repeats.first('acme', 'uid', `robot-${at}`, start)),
    );
    expect(new Set(answers).size).toBe(1);
  });
};

describe('repeats in memory', () => repeatsContract(async () => memoryRepeats()));
describe('repeats in DynamoDB', () => repeatsContract(async () => dynamoRepeats(await freshTable())));
