// What things say of themselves: their reports, and their comings and goings, in any order and any number of times.
import { describe, expect, it } from 'vitest';
import type { Current } from '#device/shadow';
import { carryOut } from '#engine/carry-out';
import { type LifecycleEvent, takePresence } from '#engine/take-presence';
import { takeReport } from '#engine/take-report';
import {
  dieAt,
  expectPhases,
  type Given,
  givenThing,
  hours,
  justBefore,
  minutes,
  nameOfThing,
} from './given.ts';

const givenToldThing = async () => {
  const given = await givenThing();
  const id = await given.deploy(1);
  await given.system.carryOutAll();
  return { given, id, word: given.system.wordOf(given.thing) };
};

const hear = ({ world, slot }: Given, word: Current) => takeReport(world)(slot, word);

describe('a report', () => {
  it('is news once', async () => {
    const { given, id, word } = await givenToldThing();
    expect(await hear(given, word)).toBe(true);
    expect(await hear(given, word)).toBe(false);
    expect((await given.see(id))?.state.history.map(({ to }) => to)).toEqual(['queued', 'deployed']);
  });

  it('is news once when it comes ten times at once', async () => {
    const { given, id, word } = await givenToldThing();
    const news = await Promise.all(Array.from({ length: 10 }, () => hear(given, word)));
    expect(news.filter(Boolean)).toHaveLength(1);
    expect((await given.see(id))?.state.history).toHaveLength(2);
  });

  it('of a thing that nobody knows, or on a channel on which it has nothing, is no news and leaves nothing', async () => {
    const { given, word } = await givenToldThing();
    const nobody = { thing: '0123456789abcdef', channel: 'release' } as const;
    expect(await takeReport(given.world)(nobody, word)).toBe(false);
    expect(await given.world.slots.load(nobody)).toBeUndefined();
    expect(await takeReport(given.world)({ thing: given.thing, channel: 'environment' }, word)).toBe(false);
  });

  it('of a seq that was never given out is no news', async () => {
    const { given, id, word } = await givenToldThing();
    for (const seq of [word.seq - 1, word.seq + 1, 0, Number.MAX_SAFE_INTEGER])
      expect(await hear(given, { ...word, seq }), String(seq)).toBe(false);
    expect(await given.phaseOf(id)).toBe('queued');
  });

  it('quotes a deployment for people: what counts is its seq', async () => {
    const { given, id, word } = await givenToldThing();
    expect(await hear(given, { ...word, deployment: 'dpl_of_somebody_else' })).toBe(true);
    expect(await given.phaseOf(id)).toBe('deployed');
  });

  it('of trouble that comes after the report of success changes nothing', async () => {
    const { given, id, word } = await givenToldThing();
    await hear(given, word);
    const error = { code: 'late', message: 'late' };
    for (const state of ['applying', 'retrying', 'failed'] as const)
      expect(await hear(given, { ...word, state, error })).toBe(false);
    expect(await given.phaseOf(id)).toBe('deployed');
  });

  it('of attempts in the wrong order counts the latest', async () => {
    const { given, id, word } = await givenToldThing();
    const error = { code: 'disk_full', message: 'no space left' };
    for (const attempt of [2, 1, 3, 2]) await hear(given, { ...word, state: 'retrying', attempt, error });
    expect((await given.see(id))?.state).toMatchObject({ phase: 'retrying', attempts: 3 });
  });

  it('that comes while the head is replaced confirms nothing that is not the head', async () => {
    const { given, id, word } = await givenToldThing();
    let second = '';
    justBefore(given.system, 'slots.save', async () => {
      second = await given.deploy(2);
    });
    expect(await hear(given, word)).toBe(false);
    await expectPhases(given, { [id]: 'archived', [second]: 'queued' });
  });

  it.each(['before', 'after'] as const)(
    'is taken once, though its taker died %s any one of its calls',
    async (moment) => {
      for (let dies = 1; ; dies += 1) {
        // A confirmation that ends the one before it as well: every call that a report can lead to.
        const { given, id: before } = await givenToldThing();
        await given.settle();
        const id = await given.deploy(2);
        await given.system.carryOutAll();
        const word = given.system.wordOf(given.thing);
        const death = dieAt(given.system, dies, moment);
        await hear(given, word).catch(() => undefined);
        death.revive();
        if (!death.hasDied()) {
          expect(dies).toBeGreaterThan(3);
          return;
        }
        await hear(given, word);
        expect((await given.see(id))?.state.history.map(({ to }) => to)).toEqual(['queued', 'deployed']);
        expect((await given.see(before))?.state.phase).toBe('archived');
      }
    },
  );
});

const tell = (
  { world, thing, system }: Given,
  eventType: LifecycleEvent['eventType'],
  versionNumber: number,
  at = system.clock.now(),
) => takePresence(world)({ thing, eventType, versionNumber, at });

const presenceOf = async ({ world, thing }: Given) => (await world.things.load(thing))?.presence;

describe('a thing that connects', () => {
  it('is online since then', async () => {
    const given = await givenThing();
    expect(await tell(given, 'connected', 1)).toBe(true);
    expect(await presenceOf(given)).toMatchObject({ state: 'online', connectedAt: given.system.clock.now() });
  });

  it('that nobody knows is no news', async () => {
    const given = await givenThing();
    expect(await tell({ ...given, thing: 'an-operators-laptop' }, 'connected', 1)).toBe(false);
  });

  it('wakes what waited for it, on every channel, once', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await given.deploy(1, { slot: { thing: given.thing, channel: 'environment' } });
    await given.system.carryOutAll();
    given.system.clock.pass(1 * minutes);
    await given.system.sweep();
    await given.system.carryOutAll();
    const waits = async () =>
      (await given.world.slots.ofThing(given.thing)).map(({ waiting }) => waiting?.for);
    expect(await waits()).toEqual(['thing offline', 'thing offline']);
    await tell(given, 'connected', 1);
    expect(await waits()).toEqual(['delivery', 'delivery']);
    const saves = given.system.count('slots', 'save');
    expect(await tell(given, 'connected', 1)).toBe(false);
    expect(given.system.count('slots', 'save')).toBe(saves);
  });

  it.each(['before', 'after'] as const)(
    'wakes them, though its taker died %s any one of its calls',
    async (moment) => {
      for (let dies = 1; ; dies += 1) {
        const given = await givenThing();
        await given.deploy(1);
        await given.system.carryOutAll();
        given.system.clock.pass(1 * minutes);
        await given.system.sweep();
        await given.system.carryOutAll();
        const death = dieAt(given.system, dies, moment);
        await tell(given, 'connected', 1).catch(() => undefined);
        death.revive();
        if (!death.hasDied()) {
          expect(dies).toBeGreaterThan(4);
          return;
        }
        await tell(given, 'connected', 1);
        expect((await presenceOf(given))?.state).toBe('online');
        expect((await given.world.slots.load(given.slot))?.waiting?.for).toBe('delivery');
      }
    },
  );

  it('in the moment in which somebody renames it is online under its new name', async () => {
    const given = await givenThing();
    justBefore(given.system, 'things.save', async () => {
      const thing = await given.world.things.load(given.thing);
      if (thing !== undefined)
        await given.world.things.save({ ...thing, label: 'r2', version: thing.version + 1 });
    });
    expect(await tell(given, 'connected', 1)).toBe(true);
    expect(await given.world.things.load(given.thing)).toMatchObject({
      label: 'r2',
      presence: { state: 'online' },
    });
  });
});

describe('a thing that disconnects', () => {
  // AWS: "The connect and disconnect messages for a client connection have the same version number."
  it('is offline, by an event of the same number as the one that told that it connected', async () => {
    const given = await givenThing();
    await tell(given, 'connected', 3);
    given.system.clock.pass(5 * minutes);
    expect(await tell(given, 'disconnected', 3)).toBe(true);
    expect(await presenceOf(given)).toMatchObject({
      state: 'offline',
      disconnectedAt: given.system.clock.now(),
    });
  });

  it('is offline also when its connection is told after its end', async () => {
    const given = await givenThing();
    const connectedAt = given.system.clock.now();
    given.system.clock.pass(5 * minutes);
    await tell(given, 'disconnected', 3);
    await tell(given, 'connected', 3, connectedAt);
    expect((await presenceOf(given))?.state).toBe('offline');
  });

  it('because it has connected again is online: the end of the old connection comes late', async () => {
    const given = await givenThing();
    await tell(given, 'connected', 3);
    given.system.clock.pass(1 * minutes);
    await tell(given, 'connected', 4);
    given.system.clock.pass(1);
    await tell(given, 'disconnected', 3);
    expect((await presenceOf(given))?.state).toBe('online');
  });

  it('does not change when it connected', async () => {
    const given = await givenThing();
    await tell(given, 'connected', 1);
    const at = given.system.clock.now();
    given.system.clock.pass(1 * minutes);
    await tell(given, 'disconnected', 2);
    expect((await presenceOf(given))?.connectedAt).toBe(at);
  });
});

describe('a thing that was away for more than an hour', () => {
  // AWS: "If a client is not connected for approximately one hour, the version number is reset to 0."
  it('is online again, by an event whose number begins at 0 again', async () => {
    const given = await givenThing();
    await tell(given, 'connected', 7);
    given.system.clock.pass(1 * minutes);
    await tell(given, 'disconnected', 8);
    given.system.clock.pass(2 * hours);
    expect(await tell(given, 'connected', 0)).toBe(true);
    expect((await presenceOf(given))?.state).toBe('online');
  });

  it('gets what has waited for it', async () => {
    const given = await givenThing();
    await tell(given, 'connected', 7);
    await tell(given, 'disconnected', 8);
    await given.deploy(1);
    await given.system.carryOutAll();
    given.system.clock.pass(2 * minutes);
    await given.system.sweep();
    await carryOut(given.world)(given.slot);
    given.system.clock.pass(2 * hours);
    await tell(given, 'connected', 0);
    expect((await given.world.slots.load(given.slot))?.waiting?.for).toBe('delivery');
  });
});

describe('a thing of another organization', () => {
  it('confirms nothing of ours, whatever it says', async () => {
    const { given, id, word } = await givenToldThing();
    const theirs = await nameOfThing(given.world, 'robot-7', 'globex');
    expect(await takeReport(given.world)({ thing: theirs, channel: 'release' }, word)).toBe(false);
    expect(await given.phaseOf(id)).toBe('queued');
  });
});
