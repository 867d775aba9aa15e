// Small things that everything stands on: ids, seals, pages, and what a worker keeps of content that it has read.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cachedContents } from '#engine/cached-contents';
import {
  deploymentId,
  derivedUid,
  idempotentUids,
  idOfRestore,
  newSecret,
  newUid,
  thingOf,
} from '#engine/ids';
import { collect } from '#engine/paging';
import type { Contents } from '#engine/ports';
import { canonicalJson, digestOf, type ManifestItem, manifestText, nothing } from '#engine/seal';
import { testChance, testClock } from '#test/support/clock';
import { days, hours } from './given.ts';

const uid = /^[0-9a-hjkmnp-tv-z]{16}$/;

describe('an id', () => {
  it('is 16 characters of chance, and a secret 32', () => {
    const chance = testChance();
    expect(newUid(chance)).toMatch(uid);
    expect(newSecret(chance)).toMatch(/^[0-9a-hjkmnp-tv-z]{32}$/);
    expect(new Set(Array.from({ length: 1000 }, () => newUid(chance))).size).toBe(1000);
  });

  it('uses every bit of its bytes, the zeros in front too', () => {
    const of = (...bytes: number[]) => newUid({ bytes: () => Uint8Array.from(bytes) });
    expect(of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)).toBe('0000000000000000');
    expect(of(0, 0, 0, 0, 0, 0, 0, 0, 0, 1)).toBe('0000000000000001');
    expect(of(255, 255, 255, 255, 255, 255, 255, 255, 255, 255)).toBe('zzzzzzzzzzzzzzzz');
    expect(of(128, 0, 0, 0, 0, 0, 0, 0, 0, 0)).toBe('g000000000000000');
  });

  it('that is derived is a function of all its parts, and of where one ends', () => {
    expect(derivedUid('a', 'b')).toBe(derivedUid('a', 'b'));
    expect(derivedUid('a', 'b')).toMatch(uid);
    const others = [derivedUid('ab'), derivedUid('a', 'b', ''), derivedUid('b', 'a'), derivedUid('a","b')];
    expect(new Set([...others, derivedUid('a', 'b')]).size).toBe(5);
  });

  it('of a deployment says which thing it is for, whatever the dialect’s prefix', () => {
    const [thing, own] = ['0123456789abcdef', 'fedcba9876543210'];
    for (const prefix of ['', 'dpl_', 'a', '0123456789abcdef0123456789abcdef'])
      expect(thingOf(deploymentId(prefix, thing, own)), prefix).toBe(thing);
  });

  it.each([
    '',
    'dpl_',
    'dpl_0123',
    '-'.repeat(64),
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
    `${'0'.repeat(32)}\n`,
  ])('that is none of ours names no thing: %j', (id) => expect(thingOf(id)).toBeUndefined());

  it('of any length is looked at in an instant', () => {
    const startedAt = performance.now();
    expect(thingOf(`${'0'.repeat(100_000)}!`)).toBeUndefined();
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('of a restore is for the same thing, and the same however often', () => {
    const id = deploymentId('dpl_', '0123456789abcdef', 'fedcba9876543210');
    expect(idOfRestore(id)).toBe(idOfRestore(id));
    expect(idOfRestore(id)).toMatch(/^dpl_0123456789abcdef[0-9a-hjkmnp-tv-z]{16}$/);
    expect(idOfRestore(id)).not.toBe(id);
    expect(idOfRestore(idOfRestore(id))).not.toBe(id);
  });

  it('of an idempotency key is yesterday’s and today’s, and yesterday’s is what today’s was', () => {
    const clock = testClock();
    const of = (key: string, organization = 'acme', route = 'r') =>
      idempotentUids(clock, organization, { route, key });
    const [, today] = of('k');
    expect(new Set([...of('k'), ...of('k2'), ...of('k', 'globex'), ...of('k', 'acme', 'r2')]).size).toBe(8);
    clock.pass(1 * days);
    expect(of('k')[0]).toBe(today);
    clock.pass(24 * hours);
    expect(of('k')).not.toContain(today);
  });
});

describe('canonical JSON', () => {
  // The examples of RFC 8785, sections 3.2.2 and 3.2.3.
  it('is what RFC 8785 says', () => {
    const value = {
      numbers: JSON.parse('[333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001, -0]'),
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"\u002f',
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27,0],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
    const keys = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, '\u00f6': 7 };
    expect(Object.values(JSON.parse(canonicalJson(keys)))).toEqual([4, 2, 6, 7, 1, 5, 3]);
  });

  it('is equal for equal values, and says the same again', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
      { seed: 7 },
    );
  });

  it('of a tower of arrays is no fault', () => {
    let tower: unknown = [];
    for (let floor = 0; floor < 50_000; floor += 1) tower = [tower];
    expect(canonicalJson(tower)).toHaveLength(2 * 50_001);
  });

  it.each([undefined, () => {}, Symbol('x')])('of what has none is a fault: %s', (value) => {
    expect(() => canonicalJson(value)).toThrow();
  });
});

describe('a seal', () => {
  const item = (path: string): ManifestItem => ({
    id: path,
    path,
    digest: digestOf(path),
    size: 1,
    format: 'json',
  });

  it('is the SHA-256 of the bytes', () => {
    expect(digestOf('')).toBe('sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(digestOf(Buffer.from('abc'))).toBe(digestOf('abc'));
  });

  it('of a list does not depend on the order in which it was named', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }).filter((text) => text.isWellFormed())),
        (paths) => {
          const items = paths.map(item);
          expect(manifestText(items.toReversed())).toBe(manifestText(items));
        },
      ),
      { seed: 7 },
    );
  });

  it('of nothing never changes: devices know it', () => {
    expect(nothing).toBe(digestOf('{"items":[],"v":1}'));
  });
});

describe('a page', () => {
  const numbers = async function* (count: number) {
    for (let at = 0; at < count; at += 1) yield at;
  };

  it.each([
    [{ offset: 0, limit: 3 }, [0, 1, 2], true],
    [{ offset: 7, limit: 3 }, [7, 8, 9], false],
    [{ offset: 8, limit: 3 }, [8, 9], false],
    [{ offset: 10, limit: 3 }, [], false],
    [{ offset: 99, limit: 3 }, [], false],
    [{ offset: 0, limit: 10 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], false],
    [{ offset: 9, limit: 1 }, [9], false],
  ])('of ten: %j', async (page, items, hasMore) => {
    expect(await collect(numbers(10), { ...page, counted: false })).toEqual({
      items,
      hasMore,
      total: undefined,
    });
    expect(await collect(numbers(10), { ...page, counted: true })).toEqual({ items, hasMore, total: 10 });
  });

  it('reads one beyond it, and closes what it reads from', async () => {
    let read = 0;
    let isClosed = false;
    const source = async function* () {
      try {
        for (;;) yield ++read;
      } finally {
        isClosed = true;
      }
    };
    await collect(source(), { offset: 5, limit: 5, counted: false });
    expect({ read, isClosed }).toEqual({ read: 11, isClosed: true });
  });
});

describe('kept content', () => {
  const store = (contents: Readonly<Record<string, number>>) => {
    const reads: string[] = [];
    const read = async (organization: string, digest: string, part = '') => {
      reads.push(`${organization}/${digest}${part}`);
      const size = contents[digest];
      return size === undefined ? undefined : new Uint8Array(size);
    };
    const under: Contents = {
      put: async () => {},
      get: (organization, digest) => read(organization, digest),
      chunk: (organization, digest, index) => read(organization, digest, `/${index}`),
    };
    return { reads, under };
  };

  it('is read once', async () => {
    const { reads, under } = store({ a: 10 });
    const cached = cachedContents(under, 100);
    for (let times = 0; times < 5; times += 1) {
      await cached.get('acme', 'a');
      await cached.chunk('acme', 'a', 0);
    }
    expect(reads).toEqual(['acme/a', 'acme/a/0']);
  });

  it('of one organization is not another’s', async () => {
    const { reads, under } = store({ a: 10 });
    const cached = cachedContents(under, 100);
    await cached.get('acme', 'a');
    await cached.get('globex', 'a');
    expect(reads).toEqual(['acme/a', 'globex/a']);
  });

  it('that was not there is asked for again: it may have come since', async () => {
    const { reads, under } = store({});
    const cached = cachedContents(under, 100);
    await cached.get('acme', 'a');
    await cached.get('acme', 'a');
    expect(reads).toHaveLength(2);
  });

  it('gives way when there is too much of it, the oldest first', async () => {
    const { reads, under } = store({ a: 40, b: 40, c: 40 });
    const cached = cachedContents(under, 100);
    for (const digest of ['a', 'b', 'c', 'c', 'b', 'a']) await cached.get('acme', digest);
    expect(reads).toEqual(['acme/a', 'acme/b', 'acme/c', 'acme/a']);
  });

  it('that alone is too much is not kept, and pushes nothing out', async () => {
    const { reads, under } = store({ a: 40, huge: 101 });
    const cached = cachedContents(under, 100);
    for (const digest of ['a', 'huge', 'huge', 'a']) await cached.get('acme', digest);
    expect(reads).toEqual(['acme/a', 'acme/huge', 'acme/huge']);
  });

  it('counts once what was asked for twice at the same time', async () => {
    const { reads, under } = store({ a: 60, b: 40 });
    const cached = cachedContents(under, 100);
    await Promise.all([cached.get('acme', 'a'), cached.get('acme', 'a')]);
    await cached.get('acme', 'b');
    await cached.get('acme', 'a');
    expect(reads).toEqual(['acme/a', 'acme/a', 'acme/b']);
  });
});
