// Keys made of texts that are not ours: never confused, always read back, in the order of what they name.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedPrefix, joined, joinedWithValue, split } from '#adapters/dynamodb/key-text';
import { dueShardOf, shardOf } from '#adapters/shard';
import { dueShards } from '#operations/table';
import { hostileTexts, range } from './given.ts';

/** Any UTF-16 at all, with halves of pairs; and much of what keys are made of. */
const text = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.string({ unit: fc.constantFrom('#', '%', 'u', 's', '2', '3', '5', 'D', '\ud83e', '\udd16') }),
  fc.constantFrom(...hostileTexts),
);
const parts = fc.array(text, { minLength: 1, maxLength: 4 });

const storedForm = (key: string): string => Buffer.from(key).toString();

describe('a key', () => {
  it('gives back the parts it was made of, after it was stored', () => {
    fc.assert(
      fc.property(parts, (given) => {
        expect(split(storedForm(joined(...given)))).toEqual(given);
      }),
    );
  });

  it('of a value that is only looked up is another one for every other value', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(storedForm(joinedWithValue(...one)) === storedForm(joinedWithValue(...other))).toBe(isSame);
      }),
    );
  });

  it('of a value stays short, however long the value is', () => {
    const long = joinedWithValue('label', 'acme', '#'.repeat(100_000));
    expect(Buffer.byteLength(long)).toBeLessThan(200);
    expect(long).not.toBe(joinedWithValue('label', 'acme', '#'.repeat(100_001)));
  });

  it('sorts times as numbers', () => {
    const time = fc.maxSafeNat();
    fc.assert(
      fc.property(time, time, (one, other) => {
        expect(fixedPrefix(one) < fixedPrefix(other)).toBe(one < other);
      }),
    );
  });

  it.each([-1, 0.5, Number.NaN, 2 ** 53])('has no place for the time %s', (time) => {
    expect(() => fixedPrefix(time)).toThrow(RangeError);
  });
});

describe('a shard', () => {
  it('is the same for ever: what stands in the index must be found again', () => {
    expect(
      ['', 'robot', '7hq2m9x4k1c8v5bn', '🤖'].map((name) => shardOf(name, 1 << 16)),
    ).toMatchInlineSnapshot(`
      [
        40389,
        12511,
        35105,
        11157,
      ]
    `);
  });

  it('gets its fair share of things', () => {
    const counts = range(dueShards).map(() => 0);
    for (const number of range(8000)) {
      const shard = dueShardOf(`thing-${number}`);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(8000 / dueShards / 2);
  });
});
