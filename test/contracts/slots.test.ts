// What the engine may rely on when it loads and saves slots, wherever they are kept.
import { describe, expect, it } from 'vitest';
import { dynamoSlots } from '#adapters/dynamodb/slots';
import { memorySlots } from '#adapters/memory/slots';
import { dueShardOf } from '#adapters/shard';
import type { Slots } from '#engine/ports';
import { dueShards } from '#operations/table';
import { freshTable } from '#test/support/dynamodb-table';
import { aDeployment, aSlot, aSlotDueAt, digestOf, hostileNames, minutes, range, start } from './given.ts';

const aFullSlot = aSlot('robot', {
  seq: start + 9,
  target: { seq: start + 9, deployment: 'dpl_2', revision: digestOf('dpl_2') },
  waiting: { for: 'thing offline', since: start, until: start + minutes, times: 2 },
  live: [aDeployment('dpl_1'), aDeployment('dpl_2', { phase: 'queued', failure: null })],
  leaving: [aDeployment('dpl_0', { phase: 'archived' })],
});

const inOneShard = (count: number): readonly string[] =>
  range(1000)
    .map((number) => `thing-${number}`)
    .filter((thing) => dueShardOf(thing) === 0)
    .slice(0, count);

const slotsContract = (make: () => Promise<Slots>) => {
  it('answers undefined for a slot that nothing ever was in', async () => {
    const slots = await make();
    expect(await slots.load({ thing: 'robot', channel: 'release' })).toBeUndefined();
  });

  it('loads what was saved, with everything in it', async () => {
    const slots = await make();
    expect(await slots.save(aFullSlot)).toBe(true);
    expect(await slots.load(aFullSlot.id)).toEqual(aFullSlot);
  });

  it('hands out its own copy each time', async () => {
    const slots = await make();
    await slots.save(aFullSlot);
    const [one, other] = [await slots.load(aFullSlot.id), await slots.load(aFullSlot.id)];
    expect(one).not.toBe(other);
    expect(one?.live).not.toBe(other?.live);
    expect(one?.live).not.toBe(aFullSlot.live);
  });

  it('refuses a first save where something is stored, and a second one where nothing is', async () => {
    const slots = await make();
    expect(await slots.save(aSlot('robot', { version: 2 }))).toBe(false);
    expect(await slots.save(aSlot('robot', { version: 1 }))).toBe(true);
    expect(await slots.save(aSlot('robot', { version: 1 }))).toBe(false);
  });

  it('saves only over the version before it', async () => {
    const slots = await make();
    await slots.save(aSlot('robot', { version: 1 }));
    expect(await slots.save(aSlot('robot', { version: 3 }))).toBe(false);
    expect(await slots.save(aSlot('robot', { version: 2, seq: 7 }))).toBe(true);
    expect(await slots.load({ thing: 'robot', channel: 'release' })).toMatchObject({ version: 2, seq: 7 });
  });

  it('lets exactly one of 50 parallel saves of a version through', async () => {
    const slots = await make();
    await slots.save(aSlot('robot'));
    const saves = range(50).map((seq) => slots.save(aSlot('robot', { version: 2, seq })));
    const winners = (await Promise.all(saves)).flatMap((saved, seq) => (saved ? [seq] : []));
    expect(winners).toHaveLength(1);
    expect((await slots.load({ thing: 'robot', channel: 'release' }))?.seq).toBe(winners[0]);
  });

  it('keeps the channels of a thing apart, and finds them together', async () => {
    const slots = await make();
    const three = (['software', 'release', 'environment'] as const).map((channel) =>
      aSlot('robot', {}, channel),
    );
    for (const slot of [...three, aSlot('robot2'), aSlot('robo')]) await slots.save(slot);
    const found = await slots.ofThing('robot');
    expect(found.map(({ id }) => id.channel)).toEqual(['environment', 'release', 'software']);
    expect(await slots.ofThing('rob')).toEqual([]);
  });

  it('loads 250 at once, each once, and leaves out those that are not there', async () => {
    const slots = await make();
    const saved = range(250).map((number) => aSlot(`robot-${number}`, { seq: number }));
    await Promise.all(saved.map(slots.save));
    const ids = saved.map(({ id }) => id);
    const found = await slots.loadMany([
      ...ids,
      ...ids.slice(0, 5),
      { thing: 'robot-1', channel: 'software' },
    ]);
    expect(found.toSorted((one, other) => one.seq - other.seq)).toEqual(saved);
    expect(await slots.loadMany([])).toEqual([]);
  });

  it('tells things of any name apart', async () => {
    const slots = await make();
    for (const [seq, thing] of hostileNames.entries())
      expect(await slots.save(aSlot(thing, { seq }))).toBe(true);
    for (const [seq, thing] of hostileNames.entries()) {
      expect(await slots.load({ thing, channel: 'release' })).toEqual(aSlot(thing, { seq }));
      expect(await slots.ofThing(thing)).toHaveLength(1);
    }
  });

  it('has nothing under a name that is too long to be one', async () => {
    const slots = await make();
    const id = { thing: '#'.repeat(3000), channel: 'release' } as const;
    expect(await slots.load(id)).toBeUndefined();
    expect(await slots.loadMany([id])).toEqual([]);
    expect(await slots.ofThing(id.thing)).toEqual([]);
  });

  describe('when they are due', () => {
    it('answers those of a shard whose time has come, most overdue first', async () => {
      const slots = await make();
      const [first = '', second = '', third = '', later = ''] = inOneShard(4);
      const times = { [second]: start + 2, [first]: start + 1, [later]: start + 11, [third]: start + 10 };
      for (const [thing, until] of Object.entries(times)) await slots.save(aSlotDueAt(thing, until));
      expect(await slots.due(0, start + 10, 100)).toEqual([
        { id: { thing: first, channel: 'release' }, dueAt: start + 1 },
        { id: { thing: second, channel: 'release' }, dueAt: start + 2 },
        { id: { thing: third, channel: 'release' }, dueAt: start + 10 },
      ]);
    });

    it('answers no more than were asked for', async () => {
      const slots = await make();
      const things = inOneShard(30);
      for (const [number, thing] of things.entries()) await slots.save(aSlotDueAt(thing, start + number));
      const due = await slots.due(0, start + minutes, 27);
      expect(due.map(({ id }) => id.thing)).toEqual(things.slice(0, 27));
      expect(await slots.due(0, start + minutes, 0)).toEqual([]);
    });

    it('finds each slot in exactly one shard', async () => {
      const slots = await make();
      const things = range(40).map((number) => `robot-${number}`);
      for (const thing of things) await slots.save(aSlotDueAt(thing, start));
      const shards = await Promise.all(range(dueShards).map((shard) => slots.due(shard, start, 100)));
      expect(
        shards
          .flat()
          .map(({ id }) => id.thing)
          .toSorted(),
      ).toEqual(things.toSorted());
      expect(shards.filter((due) => due.length > 0).length).toBeGreaterThan(1);
    });

    it('forgets a slot that waits for nobody, and finds it again at its new time', async () => {
      const slots = await make();
      const [thing = ''] = inOneShard(1);
      const dueNow = () => slots.due(0, start + minutes, 10);
      await slots.save(aSlotDueAt(thing, start));
      expect(await dueNow()).toHaveLength(1);
      await slots.save(aSlotDueAt(thing, null, { version: 2 }));
      expect(await dueNow()).toEqual([]);
      await slots.save(aSlotDueAt(thing, start + 5, { version: 3 }));
      expect(await dueNow()).toEqual([{ id: { thing, channel: 'release' }, dueAt: start + 5 }]);
      await slots.save(aSlot(thing, { version: 4 }));
      expect(await dueNow()).toEqual([]);
    });

    it('counts the deadline of what is outstanding, too', async () => {
      const slots = await make();
      const [thing = ''] = inOneShard(1);
      const deadline = start + 3;
      await slots.save(
        aSlotDueAt(thing, start + 9, { live: [aDeployment('d', { phase: 'queued', deadline })] }),
      );
      expect(await slots.due(0, start + 9, 10)).toEqual([
        { id: { thing, channel: 'release' }, dueAt: deadline },
      ]);
    });
  });
};

describe('slots in memory', () => slotsContract(async () => memorySlots()));
describe('slots in DynamoDB', () => slotsContract(async () => dynamoSlots(await freshTable())));
