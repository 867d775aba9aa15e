// The world in memory as tests hold it: it counts, it breaks where it is told to, and it shares nothing.
import { describe, expect, it } from 'vitest';
import { memoryWorld } from '#adapters/memory/world';
import { testClock } from '#test/support/clock';
import { aRecord, aSlot, hostileTexts, readAll, start } from './given.ts';

const make = () =>
  memoryWorld({ clock: testClock(start), chance: { bytes: (length) => new Uint8Array(length) } });

const { id } = aSlot('robot');

describe('a world in memory', () => {
  it('counts calls by port and by method', async () => {
    const { world, count } = make();
    await world.slots.save(aSlot('robot'));
    await world.slots.load(id);
    await world.slots.load(id);
    await readAll(world.records.keysOf('acme', 'release', 'oldest first'));
    expect([count(), count('slots'), count('slots', 'load'), count('records', 'keysOf')]).toEqual([
      4, 3, 2, 1,
    ]);
    expect(count('things')).toBe(0);
  });

  it('can die before a call: nothing has happened', async () => {
    const { world, setFault } = make();
    setFault((call, moment) => {
      if (call.port === 'slots' && moment === 'before') throw new Error('out of power');
    });
    await expect(world.slots.save(aSlot('robot'))).rejects.toThrow('out of power');
    setFault(undefined);
    expect(await world.slots.load(id)).toBeUndefined();
  });

  it('can die after a call: it has happened, and its caller does not know', async () => {
    const { world, setFault } = make();
    setFault(({ method }, moment) => {
      if (method === 'save' && moment === 'after') throw new Error('out of power');
    });
    await expect(world.slots.save(aSlot('robot'))).rejects.toThrow('out of power');
    setFault(undefined);
    expect(await world.slots.load(id)).toEqual(aSlot('robot'));
  });

  it('numbers its calls, so that a test can die at each of them in turn', async () => {
    const { world, setFault } = make();
    const seen: string[] = [];
    setFault(({ number, port, method }, moment) => void seen.push(`${number} ${moment} ${port}.${method}`));
    await world.slots.load(id);
    await readAll(world.records.ofSlot(id));
    expect(seen).toEqual([
      '1 before slots.load',
      '1 after slots.load',
      '2 before records.ofSlot',
      '2 after records.ofSlot',
    ]);
  });

  it('shares no object with those who save or load', async () => {
    const { world } = make();
    const about = { description: 'mine' };
    const filed = await world.records.file(aRecord('robot', 'dpl_1', { about }));
    about.description = 'changed';
    Object.assign(filed.about, { description: 'changed, too' });
    expect((await world.records.load('robot', 'dpl_1'))?.about).toEqual({ description: 'mine' });
  });

  it('hands out what was sent, in any order', async () => {
    const { world, transitions } = make();
    for (const thing of ['one', 'two', 'three'])
      await world.transitions.send({ thing, channel: 'release' }, 'acme');
    expect(transitions.take(1)?.slot.thing).toBe('two');
    expect(transitions.take()?.slot.thing).toBe('one');
    expect(transitions.waiting().map(({ slot }) => slot.thing)).toEqual(['three']);
    expect([transitions.take()?.organization, transitions.take()]).toEqual(['acme', undefined]);
  });

  it('tells a thing of each write to its shadow, until it no longer listens', async () => {
    const { world, shadows } = make();
    const heard: unknown[] = [];
    const stop = shadows.onWrite((write) => heard.push(write));
    await world.shadows.write('robot', 'release', { seq: 1 });
    stop();
    await world.shadows.write('robot', 'release', { seq: 2 });
    expect(heard).toEqual([{ thing: 'robot', channel: 'release', target: { seq: 1 } }]);
    expect(shadows.writes()).toHaveLength(2);
    expect(shadows.stateOf('robot', 'release')).toEqual({ target: { seq: 2 }, current: undefined });
  });

  it('keeps things of any name apart', async () => {
    const { world } = make();
    for (const thing of hostileTexts) expect(await world.slots.save(aSlot(thing))).toBe(true);
  });
});
