// What the engine may rely on when it keeps things and their labels, wherever they are kept.
import { describe, expect, it } from 'vitest';
import { dynamoThings } from '#adapters/dynamodb/things';
import { memoryThings } from '#adapters/memory/things';
import type { Things } from '#engine/ports';
import { freshTable } from '#test/support/dynamodb-table';
import { aThing, hostileTexts, range, readAll, start } from './given.ts';

const thingsContract = (make: () => Promise<Things>) => {
  it('answers undefined for a thing that nobody made', async () => {
    const things = await make();
    expect(await things.load('robot')).toBeUndefined();
    expect(await things.byLabel('acme', 'Robot')).toBeUndefined();
  });

  it('loads what was saved, with everything in it and with nothing in it', async () => {
    const things = await make();
    const bare = aThing('bare', { agentVersion: null, activation: null, certificate: null });
    for (const thing of [aThing('full'), bare]) {
      expect(await things.save(thing)).toBe('saved');
      expect(await things.load(thing.name)).toEqual(thing);
    }
  });

  it('saves only over the version before it', async () => {
    const things = await make();
    expect(await things.save(aThing('robot', { version: 2 }))).toBe('changed meanwhile');
    expect(await things.save(aThing('robot'))).toBe('saved');
    expect(await things.save(aThing('robot'))).toBe('changed meanwhile');
    expect(await things.save(aThing('robot', { version: 3 }))).toBe('changed meanwhile');
    expect(await things.save(aThing('robot', { version: 2, agentVersion: '2' }))).toBe('saved');
    expect((await things.load('robot'))?.agentVersion).toBe('2');
  });

  it('lets exactly one of 50 parallel saves of a version through', async () => {
    const things = await make();
    await things.save(aThing('robot'));
    const saves = range(50).map((number) =>
      things.save(aThing('robot', { version: 2, agentVersion: String(number) })),
    );
    const outcomes = await Promise.all(saves);
    expect(outcomes.filter((outcome) => outcome === 'saved')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'changed meanwhile')).toHaveLength(49);
  });

  it('lists each thing in its own roster', async () => {
    const things = await make();
    await things.save(aThing('robot'));
    await things.save(aThing('server', { roster: 'servers' }));
    expect(await readAll(things.namesOf('acme', 'devices', 'oldest first'))).toEqual(['robot']);
    expect(await readAll(things.namesOf('acme', 'servers', 'oldest first'))).toEqual(['server']);
  });

  it('finds a thing by its label in its organization', async () => {
    const things = await make();
    const [ours, theirs] = [
      aThing('ours', { label: 'Robot' }),
      aThing('theirs', { label: 'Robot', organization: 'globex' }),
    ];
    await things.save(ours);
    await things.save(theirs);
    expect(await things.byLabel('acme', 'Robot')).toEqual(ours);
    expect(await things.byLabel('globex', 'Robot')).toEqual(theirs);
    expect(await things.byLabel('initech', 'Robot')).toBeUndefined();
  });

  it('gives a label to one thing of an organization only', async () => {
    const things = await make();
    await things.save(aThing('one', { label: 'Robot' }));
    expect(await things.save(aThing('other', { label: 'Robot' }))).toBe('label taken');
    expect(await things.load('other')).toBeUndefined();
    expect((await things.byLabel('acme', 'Robot'))?.name).toBe('one');
  });

  it('lets exactly one of 20 things have a label that all want', async () => {
    const things = await make();
    const outcomes = await Promise.all(
      range(20).map((number) => things.save(aThing(`robot-${number}`, { label: 'Robot' }))),
    );
    expect(outcomes.filter((outcome) => outcome === 'saved')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'label taken')).toHaveLength(19);
  });

  it('releases the old label with the new one, and takes it back', async () => {
    const things = await make();
    await things.save(aThing('robot', { label: 'A' }));
    expect(await things.save(aThing('robot', { label: 'B', version: 2 }))).toBe('saved');
    expect(await things.byLabel('acme', 'A')).toBeUndefined();
    expect((await things.byLabel('acme', 'B'))?.name).toBe('robot');
    expect(await things.save(aThing('other', { label: 'A' }))).toBe('saved');
    expect(await things.save(aThing('robot', { label: 'A', version: 3 }))).toBe('label taken');
    expect((await things.load('robot'))?.label).toBe('B');
    expect(await things.save(aThing('other', { label: 'C', version: 2 }))).toBe('saved');
    expect(await things.save(aThing('robot', { label: 'A', version: 3 }))).toBe('saved');
    expect((await things.byLabel('acme', 'A'))?.name).toBe('robot');
  });

  it('says that it has changed, not that the label is taken, where both is true', async () => {
    const things = await make();
    await things.save(aThing('one', { label: 'Robot' }));
    await things.save(aThing('other'));
    expect(await things.save(aThing('other', { label: 'Robot', version: 5 }))).toBe('changed meanwhile');
    expect(await things.save(aThing('other', { label: 'Robot', version: 1 }))).toBe('changed meanwhile');
  });

  it('tells labels of any text apart', async () => {
    const things = await make();
    for (const [number, label] of hostileTexts.entries())
      expect(await things.save(aThing(`robot-${number}`, { label }))).toBe('saved');
    for (const [number, label] of hostileTexts.entries()) {
      const name = `robot-${number}`;
      expect(await things.byLabel('acme', label)).toMatchObject({ name, label });
      expect(await things.save(aThing(`new-${number}`, { label }))).toBe('label taken');
      expect(await things.save(aThing(name, { label, version: 2 }))).toBe('saved');
    }
  });

  it('does not take the parts of one name for those of another', async () => {
    const things = await make();
    expect(await things.save(aThing('one', { organization: 'a#b', label: 'c' }))).toBe('saved');
    expect(await things.save(aThing('other', { organization: 'a', label: 'b#c' }))).toBe('saved');
    expect(await readAll(things.namesOf('a#b', 'devices', 'oldest first'))).toEqual(['one']);
    expect(await readAll(things.namesOf('a', 'devices', 'oldest first'))).toEqual(['other']);
  });

  it('loads 250 at once, each once, and leaves out those that are not there', async () => {
    const things = await make();
    const names = range(250).map((number) => `robot-${number}`);
    await Promise.all(names.map((name) => things.save(aThing(name))));
    const found = await things.loadMany([...names, ...names.slice(0, 3), 'nobody']);
    expect(found.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
  });

  it('lists names by time, then by name, in both directions', async () => {
    const things = await make();
    for (const number of [...range(30)].toReversed())
      await things.save(aThing(`robot-${number + 10}`, { createdAt: start + Math.floor(number / 3) }));
    await things.save(aThing('theirs', { organization: 'globex' }));
    const expected = range(30).map((number) => `robot-${number + 10}`);
    expect(await readAll(things.namesOf('acme', 'devices', 'oldest first'))).toEqual(expected);
    expect(await readAll(things.namesOf('acme', 'devices', 'newest first'))).toEqual(expected.toReversed());
  });
};

describe('things in memory', () => thingsContract(async () => memoryThings()));
describe('things in DynamoDB', () => thingsContract(async () => dynamoThings(await freshTable())));
