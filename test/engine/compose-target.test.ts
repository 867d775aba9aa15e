// What a thing is told: as much inline as fits in four kilobytes, and never a byte that is not the content's own.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runTarget, type Target, target, targetBytesMax } from '#device/shadow';
import { composeTarget } from '#engine/compose-target';
import type { ManifestItem } from '#engine/seal';
import { digestOf } from '#engine/seal';
import { anyCharacter } from '#test/support/any-character';
import { type Given, givenThing, itemOf } from './given.ts';

type Content = string | Uint8Array;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The target of a deployment with these files, by path. */
const told = async (files: Readonly<Record<string, Content>>, over?: Given): Promise<Target> => {
  const given = over ?? (await givenThing());
  const items: ManifestItem[] = [];
  for (const [path, content] of Object.entries(files)) items.push(await itemOf(given.world, content, path));
  await given.deploy(1, { items });
  const slot = await given.world.slots.load(given.slot);
  if (slot === undefined) throw new Error('There is no slot.');
  return target.parse(await composeTarget(given.world.contents, slot));
};

const inlineIn = ({ items = [] }: Target): Record<string, string> =>
  Object.fromEntries(items.flatMap(({ path, data }) => (data === undefined ? [] : [[path, data]])));

describe('a small file', () => {
  it('is told whole, exactly as it was sealed', async () => {
    const text = '{ "speed": 1.0,\r\n "ünicode": "\\u00fc \u{1f600}" }\n';
    expect(inlineIn(await told({ '/a': text }))).toEqual({ '/a': text });
  });

  it('keeps its byte order mark', async () => {
    const text = '\ufeff{}';
    const { items: [item] = [] } = await told({ '/a': text });
    expect(digestOf(item?.data ?? '')).toBe(item?.digest);
  });

  it('of no bytes is told as the empty text', async () => {
    expect(inlineIn(await told({ '/empty': '' }))).toEqual({ '/empty': '' });
  });

  it.each([
    ['bytes that are no UTF-8', Uint8Array.of(0xff, 0xfe, 0x00)],
    ['half a surrogate pair in UTF-8', Uint8Array.of(0xed, 0xa0, 0x80)],
    ['a text that is cut in the middle of a character', Uint8Array.of(0xe2, 0x82)],
    ['an overlong form', Uint8Array.of(0xc0, 0xaf)],
  ])('of %s is named, to be fetched byte for byte', async (_, content) => {
    const { items } = await told({ '/a': content, '/b': 'text' });
    expect(items?.map(({ path, data }) => [path, data])).toEqual([
      ['/a', undefined],
      ['/b', 'text'],
    ]);
  });

  it('of control characters, which is too long as JSON, does not keep out a larger one that fits', async () => {
    const composed = await told({ '/a': '\u0001'.repeat(1000), '/b': 'b'.repeat(1001) });
    expect(Object.keys(inlineIn(composed))).toEqual(['/b']);
  });
});

describe('more than fits', () => {
  it('is told smallest first', async () => {
    const composed = await told({
      '/1500': 'a'.repeat(1500),
      '/10': 'b'.repeat(10),
      '/1400': 'c'.repeat(1400),
      '/1300': 'd'.repeat(1300),
    });
    expect(Object.keys(inlineIn(composed)).sort()).toEqual(['/10', '/1300', '/1400']);
    expect(composed.items).toHaveLength(4);
  });

  it.each([
    [2048, true],
    [2049, false],
  ])('is fetched where one file alone is large: %i bytes are inline: %s', async (size, isInline) => {
    expect(Object.keys(inlineIn(await told({ '/a': 'a'.repeat(size) })))).toHaveLength(Number(isInline));
  });

  it('leaves the list of files out when the list alone is too long: it is fetched by its digest', async () => {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`/srv/file-${at}`, `${at}`]));
    const given = await givenThing();
    const composed = await told(files, given);
    expect('items' in composed).toBe(false);
    const bytes = await given.world.contents.get('acme', composed.manifest);
    expect(digestOf(bytes ?? '')).toBe(composed.manifest);
    expect(JSON.parse(Buffer.from(bytes ?? '').toString()).items).toHaveLength(60);
  });

  it('reads no content that it cannot use', async () => {
    const given = await givenThing();
    const before = given.system.count('contents', 'get');
    await told({ '/a': 'a'.repeat(3000), '/b': 'b'.repeat(4000) }, given);
    // The manifest only.
    expect(given.system.count('contents', 'get') - before).toBe(1);
  });
});

describe('whatever the files', () => {
  it('the target has at most four kilobytes, and what is inline has its digest', async () => {
    const content = fc.oneof(
      fc.string({ unit: anyCharacter, maxLength: 3000 }),
      fc.uint8Array({ maxLength: 2500 }),
      fc.nat(2200).map((length) => '"'.repeat(length)),
    );
    const path = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 200 })
      .filter((text) => text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.dictionary(path, content, { maxKeys: 12 }), async (files) => {
        const composed = await told({ ...files });
        expect(bytesOf(composed)).toBeLessThanOrEqual(targetBytesMax);
        for (const { data, digest, size } of composed.items ?? []) {
          if (data === undefined) continue;
          expect(digestOf(data)).toBe(digest);
          expect(Buffer.byteLength(data)).toBe(size);
        }
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});

describe('nothing', () => {
  it('is an empty list, and no manifest is read for it', async () => {
    const given = await givenThing();
    const before = given.system.count('contents', 'get');
    expect((await told({}, given)).items).toEqual([]);
    expect(given.system.count('contents', 'get')).toBe(before);
  });
});

describe('a list of runs', () => {
  const listed = async (configs: readonly string[], idPrefix = '') => {
    const { world, thing, create } = await givenThing();
    const slot = { thing, channel: 'software' } as const;
    for (const [at, config] of configs.entries())
      await create(at, { slot, idPrefix, track: null, items: [await itemOf(world, config, 'run.json')] });
    const found = await world.slots.load(slot);
    if (found === undefined) throw new Error('There is no slot.');
    return runTarget.parse(await composeTarget(world.contents, found));
  };

  it('says of each what it is made of, and holds no content: values of a run are nobody else’s', async () => {
    const { run } = await listed(['one', 'another']);
    expect(run.map(({ items }) => items)).toEqual([
      [{ path: 'run.json', digest: digestOf('one'), size: 3 }],
      [{ path: 'run.json', digest: digestOf('another'), size: 7 }],
    ]);
  });

  it('names manifests alone where all of it is too long', async () => {
    const { run } = await listed(
      Array.from({ length: 8 }, (_, at) => `run ${at}`),
      'x'.repeat(250),
    );
    expect(run).toHaveLength(8);
    expect(run.map(({ items }) => items)).toEqual(run.map(() => undefined));
  });
});

describe('a manifest that is not there', () => {
  it('is a fault that names it, and no empty target', async () => {
    const given = await givenThing();
    await given.deploy(1);
    const slot = await given.world.slots.load(given.slot);
    if (slot === undefined) throw new Error('There is no slot.');
    const contents = { ...given.world.contents, get: async () => undefined };
    await expect(composeTarget(contents, slot)).rejects.toThrow(/Manifest sha256:[0-9a-f]{64} of acme/);
  });
});
