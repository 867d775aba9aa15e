// What the engine may rely on when it keeps answers to pings.
import { describe, expect, it } from 'vitest';
import { dynamoPongs } from '#adapters/dynamodb/pongs';
import { memoryPongs } from '#adapters/memory/pongs';
import type { Pongs } from '#engine/ports';
import { freshTable } from '#test/support/dynamodb-table';
import { hostileTexts, start } from './given.ts';

const pongsContract = (make: () => Promise<Pongs>) => {
  it('finds nothing before there was an answer', async () => {
    expect(await (await make()).find('robot', 'ping')).toBeUndefined();
  });

  it('finds the answer of that thing to that ping', async () => {
    const pongs = await make();
    await pongs.add('robot', 'ping', start);
    expect(await pongs.find('robot', 'ping')).toBe(start);
    expect(await pongs.find('robot', 'other')).toBeUndefined();
    expect(await pongs.find('other', 'ping')).toBeUndefined();
  });

  // IoT ends a thing's name at 128 bytes, the protocol a ping at 64 characters.
  it.each(hostileTexts.filter((text) => Buffer.byteLength(text) <= 128))(
    'keeps things and pings apart, whatever they are called: %j',
    async (text) => {
      const pongs = await make();
      await pongs.add(text, 'ping', start);
      expect(await pongs.find(text, 'ping')).toBe(start);
      expect(await pongs.find(`${text}#ping`, '')).toBeUndefined();
    },
  );
};

describe('pongs in memory', () => pongsContract(async () => memoryPongs()));
describe('pongs in DynamoDB', () => pongsContract(async () => dynamoPongs(await freshTable())));
