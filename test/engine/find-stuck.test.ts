// What an operator is shown: what is late although nobody has given it up, and nothing that only takes its time.
import { describe, expect, it } from 'vitest';
import { findStuck } from '#engine/find-stuck';
import { giveUp } from '#engine/hand-over';
import { smallFleet } from '#test/support/small-fleet';
import { days, givenThing, minutes, nameOfThing } from './given.ts';

/** A transition is looked at again a minute after it was sent. */
const dueMs = 1 * minutes;
const overdueMs = 3 * minutes;

describe('a slot', () => {
  it('is stuck three minutes after its time, and not before', async () => {
    const given = await givenThing();
    await given.deploy(1);
    given.system.clock.pass(dueMs + overdueMs - 1);
    expect((await findStuck(given.world)).slots).toEqual([]);
    given.system.clock.pass(1);
    const { slots } = await findStuck(given.world);
    expect(slots.map(({ slot, dueAt }) => [slot.id, dueAt])).toEqual([
      [given.slot, given.system.clock.now() - overdueMs],
    ]);
  });

  it('is not stuck any more when the sweeper has been there', async () => {
    const given = await givenThing();
    await given.deploy(1);
    given.system.clock.pass(1 * days);
    expect((await findStuck(given.world)).slots).toHaveLength(1);
    await given.system.sweep();
    expect((await findStuck(given.world)).slots).toEqual([]);
  });

  it('is not stuck when nobody waits for it: confirmed, staged, or handed over to an operator', async () => {
    const given = await givenThing();
    await given.deploy(1);
    await given.settle();
    const other = { thing: await nameOfThing(given.world, 'robot-8'), channel: 'release' } as const;
    await given.deploy(2, { slot: other });
    await giveUp(given.world)(other);
    const third = { thing: await nameOfThing(given.world, 'robot-9'), channel: 'release' } as const;
    await given.stage(3, { slot: third });
    given.system.clock.pass(365 * days);
    expect(await findStuck(given.world)).toEqual({ slots: [], rollouts: [] });
  });

  it('is found in whichever shard it stands, the latest first', async () => {
    const given = await givenThing();
    const things: string[] = [];
    for (let at = 0; at < 30; at += 1) {
      const thing = await nameOfThing(given.world, `robot-${100 + at}`);
      things.push(thing);
      await given.deploy(1, { slot: { thing, channel: 'release' }, items: [] });
      given.system.clock.pass(1);
    }
    given.system.clock.pass(1 * days);
    const { slots } = await findStuck(given.world);
    expect(slots.map(({ slot }) => slot.id.thing)).toEqual(things);
  });
});

describe('a rollout', () => {
  it('is stuck when its look is long overdue, and not any more after the look', async () => {
    const fleet = await smallFleet({ things: 2 });
    await fleet.start('one');
    expect((await findStuck(fleet.world)).rollouts).toEqual([]);
    fleet.clock.pass(1 * days);
    expect((await findStuck(fleet.world)).rollouts.map(({ id }) => id)).toEqual(['one']);
    await fleet.run(10);
    expect((await findStuck(fleet.world)).rollouts).toEqual([]);
  });
});
