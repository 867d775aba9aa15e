// What the dialects may rely on when they keep their own resources, wherever they are kept.
import { describe, expect, it } from 'vitest';
import { dynamoCatalog } from '#adapters/dynamodb/catalog';
import { memoryCatalog } from '#adapters/memory/catalog';
import type { Catalog, Clock } from '#engine/ports';
import { testClock } from '#test/support/clock';
import { freshTable } from '#test/support/dynamodb-table';
import { anEntry, hostileNames, hostileTexts, range, readAll, start } from './given.ts';

const saved = { saved: true };
const changedMeanwhile = { saved: false, because: 'changed meanwhile' };
const taken = (name: string) => ({ saved: false, because: 'taken', name });

const catalogContract = (make: (clock: Clock) => Promise<Catalog>, clock = testClock(start)) => {
  it('answers undefined for what nobody saved', async () => {
    const catalog = await make(clock);
    expect(await catalog.load('acme', 'release', 'r1')).toBeUndefined();
    expect(await catalog.byUnique('acme', 'release', 'slug', 'motion')).toBeUndefined();
  });

  it('loads what was saved, every number and every character of it', async () => {
    const catalog = await make(clock);
    const plain = anEntry('r1');
    const unique = anEntry('r2', { unique: { slug: 'motion', version: '1.0.0' }, updatedAt: start + 5 });
    for (const entry of [plain, unique]) {
      expect(await catalog.save(entry)).toEqual(saved);
      expect(await catalog.load('acme', 'release', entry.id)).toEqual(entry);
    }
  });

  it('saves only over the version before it, with and without unique values', async () => {
    const catalog = await make(clock);
    for (const unique of [{}, { slug: 'motion' }]) {
      const entry = anEntry(`r${Object.keys(unique).length}`, { unique });
      expect(await catalog.save({ ...entry, version: 2 })).toEqual(changedMeanwhile);
      expect(await catalog.save(entry)).toEqual(saved);
      expect(await catalog.save(entry)).toEqual(changedMeanwhile);
      expect(await catalog.save({ ...entry, version: 3 })).toEqual(changedMeanwhile);
      expect(await catalog.save({ ...entry, version: 2, body: { now: 2 } })).toEqual(saved);
      expect((await catalog.load('acme', 'release', entry.id))?.body).toEqual({ now: 2 });
    }
  });

  it('lets exactly one of 50 parallel saves of a version through', async () => {
    const catalog = await make(clock);
    await catalog.save(anEntry('r1', { unique: { slug: 'a' } }));
    const saves = range(50).map((number) =>
      catalog.save(anEntry('r1', { version: 2, body: { number }, unique: { slug: 'a' } })),
    );
    const outcomes = await Promise.all(saves);
    expect(outcomes.filter((outcome) => outcome.saved)).toHaveLength(1);
  });

  it('removes an entry of the version that was seen, and its unique values with it', async () => {
    const catalog = await make(clock);
    const entry = anEntry('r1', { unique: { slug: 'motion' } });
    await catalog.save(entry);
    await catalog.save({ ...entry, version: 2 });
    expect(await catalog.remove(entry)).toBe(false);
    expect(await catalog.load('acme', 'release', 'r1')).toBeDefined();
    expect(await catalog.remove({ ...entry, version: 2 })).toBe(true);
    expect(await catalog.load('acme', 'release', 'r1')).toBeUndefined();
    expect(await readAll(catalog.idsOf('acme', 'release', 'oldest first'))).toEqual([]);
    expect(await catalog.remove({ ...entry, version: 2 })).toBe(true);
    expect(await catalog.save(anEntry('r2', { unique: { slug: 'motion' } }))).toEqual(saved);
    expect(await catalog.remove({ ...entry, version: 2 })).toBe(true);
    expect((await catalog.byUnique('acme', 'release', 'slug', 'motion'))?.id).toBe('r2');
  });

  it('finds an entry by its unique value, in its kind and organization', async () => {
    const catalog = await make(clock);
    const entry = anEntry('r1', { unique: { slug: 'motion' } });
    await catalog.save(entry);
    await catalog.save(anEntry('t1', { kind: 'config type', unique: { slug: 'motion' } }));
    await catalog.save(anEntry('r2', { organization: 'globex', unique: { slug: 'motion' } }));
    expect(await catalog.byUnique('acme', 'release', 'slug', 'motion')).toEqual(entry);
    expect((await catalog.byUnique('acme', 'config type', 'slug', 'motion'))?.id).toBe('t1');
    expect((await catalog.byUnique('globex', 'release', 'slug', 'motion'))?.id).toBe('r2');
    expect(await catalog.byUnique('acme', 'release', 'name', 'motion')).toBeUndefined();
  });

  it('names the unique value that another entry has', async () => {
    const catalog = await make(clock);
    await catalog.save(anEntry('r1', { unique: { slug: 'motion', version: '1' } }));
    expect(await catalog.save(anEntry('r2', { unique: { slug: 'other', version: '1' } }))).toEqual(
      taken('version'),
    );
    expect(await catalog.save(anEntry('r2', { unique: { slug: 'motion', version: '2' } }))).toEqual(
      taken('slug'),
    );
    expect(await catalog.save(anEntry('r2', { unique: { slug: 'motion', version: '1' } }))).toEqual(
      taken('slug'),
    );
    expect(await catalog.load('acme', 'release', 'r2')).toBeUndefined();
    expect(await catalog.byUnique('acme', 'release', 'slug', 'other')).toBeUndefined();
  });

  it('lets exactly one of 20 entries have a value that all want', async () => {
    const catalog = await make(clock);
    const outcomes = await Promise.all(
      range(20).map((number) => catalog.save(anEntry(`r${number}`, { unique: { slug: 'motion' } }))),
    );
    expect(outcomes.filter((outcome) => outcome.saved)).toHaveLength(1);
    expect(outcomes.filter((outcome) => !outcome.saved && outcome.because === 'taken')).toHaveLength(19);
  });

  it('releases an old value with the new one, keeps the others, and takes it back', async () => {
    const catalog = await make(clock);
    const save = (id: string, version: number, unique: Record<string, string>) =>
      catalog.save(anEntry(id, { version, unique }));
    await save('r1', 1, { slug: 'a', version: '1' });
    expect(await save('r1', 2, { slug: 'b', version: '1' })).toEqual(saved);
    expect(await catalog.byUnique('acme', 'release', 'slug', 'a')).toBeUndefined();
    expect((await catalog.byUnique('acme', 'release', 'slug', 'b'))?.id).toBe('r1');
    expect((await catalog.byUnique('acme', 'release', 'version', '1'))?.id).toBe('r1');
    expect(await save('r2', 1, { slug: 'a' })).toEqual(saved);
    expect(await save('r1', 3, { slug: 'a', version: '1' })).toEqual(taken('slug'));
    expect(await save('r2', 2, {})).toEqual(saved);
    expect(await save('r1', 3, { slug: 'a', version: '1' })).toEqual(saved);
    expect(await save('r1', 4, { version: '1', slug: 'a' })).toEqual(saved);
  });

  it('says that it has changed, not that a value is taken, where both is true', async () => {
    const catalog = await make(clock);
    await catalog.save(anEntry('r1', { unique: { slug: 'a' } }));
    await catalog.save(anEntry('r2', { unique: { slug: 'b' } }));
    expect(await catalog.save(anEntry('r2', { version: 7, unique: { slug: 'a' } }))).toEqual(
      changedMeanwhile,
    );
    expect(await catalog.save(anEntry('r2', { version: 1, unique: { slug: 'a' } }))).toEqual(
      changedMeanwhile,
    );
  });

  it('loads 250 at once, each once, and leaves out those that are not there', async () => {
    const catalog = await make(clock);
    const ids = range(250).map((number) => `r${number}`);
    await Promise.all(ids.map((id) => catalog.save(anEntry(id))));
    const found = await catalog.loadMany('acme', 'release', [...ids, ...ids.slice(0, 3), 'none']);
    expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  });

  it('finds what never changes however lately it was made, and leaves out what is not there', async () => {
    const catalog = await make(clock);
    await Promise.all(['r1', 'r2'].map((id) => catalog.save(anEntry(id))));
    const found = await catalog.loadUnchanging('acme', 'release', ['r1', 'none', 'r2']);
    expect(found.toSorted((one, other) => one.id.localeCompare(other.id))).toEqual([
      anEntry('r1'),
      anEntry('r2'),
    ]);
    expect(await catalog.loadUnchanging('globex', 'release', ['r1'])).toEqual([]);
  });

  it('lists the ids of a kind by time, then by id, in both directions', async () => {
    const catalog = await make(clock);
    for (const number of [...range(40)].toReversed())
      await catalog.save(anEntry(`r${number + 10}`, { createdAt: start + Math.floor(number / 5) }));
    await catalog.save(anEntry('t1', { kind: 'config type' }));
    const expected = range(40).map((number) => `r${number + 10}`);
    expect(await readAll(catalog.idsOf('acme', 'release', 'oldest first'))).toEqual(expected);
    expect(await readAll(catalog.idsOf('acme', 'release', 'newest first'))).toEqual(expected.toReversed());
  });

  it('tells organizations, kinds, ids and values of any text apart', async () => {
    const catalog = await make(clock);
    for (const name of hostileNames)
      expect(await catalog.save(anEntry(name, { kind: name, organization: name }))).toEqual(saved);
    for (const name of hostileNames)
      expect(await readAll(catalog.idsOf(name, name, 'oldest first'))).toEqual([name]);
    for (const [number, slug] of hostileTexts.entries())
      expect(await catalog.save(anEntry(`r${number}`, { unique: { slug } }))).toEqual(saved);
    for (const [number, slug] of hostileTexts.entries())
      expect((await catalog.byUnique('acme', 'release', 'slug', slug))?.id).toBe(`r${number}`);
  });

  it('forgets what has a date when that is past, also after it was changed, and nothing else', async () => {
    const own = testClock(start);
    const catalog = await make(own);
    const dated = anEntry('r1', { expiresAt: start + 5000 });
    await catalog.save(dated);
    await catalog.save({ ...dated, version: 2 });
    await catalog.save(anEntry('r2'));
    own.pass(5000);
    expect(await catalog.load('acme', 'release', 'r1')).toEqual({ ...dated, version: 2 });
    own.pass(1000);
    expect(await catalog.load('acme', 'release', 'r1')).toBeUndefined();
    const left = await catalog.loadMany('acme', 'release', ['r1', 'r2']);
    expect(left.map(({ id }) => id)).toEqual(['r2']);
  });
};

describe('the catalog in memory', () => catalogContract(async (clock) => memoryCatalog(undefined, clock)));
describe('the catalog in DynamoDB', () =>
  catalogContract(async ({ now }) => dynamoCatalog(await freshTable({ now }))));
