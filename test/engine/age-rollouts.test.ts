// Rollouts grow old: ended while it is still known who takes part, counted a last time, and removed when nobody tells of them.
import { describe, expect, it } from 'vitest';
import { ageRollouts } from '#engine/fleet/age-rollouts';
import { deliveriesMs } from '#operations/retention';
import { smallFleet } from '#test/support/small-fleet';
import { days } from './given.ts';

const endedMs = 500 * days;

const given = async (size: { things: number; offline?: number }) => {
  const fleet = await smallFleet(size);
  await fleet.start('one');
  await fleet.run(30);
  let isTold = true;
  const age = () => ageRollouts(fleet.world, { endedMs }, async () => isTold)('acme');
  const untold = (): void => {
    isTold = false;
  };
  return { ...fleet, age, untold, pass: fleet.system.clock.pass };
};

const nothing = { end: 0, count: 0, remove: 0 };

describe('a rollout that is over', () => {
  it('is left alone while it is young', async () => {
    const { age, pass } = await given({ things: 2 });
    pass(deliveriesMs - 10 * days);
    expect(await age()).toEqual(nothing);
  });

  it('is counted once more in the week before its devices are forgotten, with those that caught up', async () => {
    const { age, pass, see, connect, run, things } = await given({ things: 3, offline: 1 });
    expect((await see('one')).counts).toMatchObject({ applied: 2, offline: 1 });
    await connect(things[2] ?? '');
    await run(3);
    pass(deliveriesMs - 3 * days);
    expect(await age()).toEqual({ ...nothing, count: 1 });
    expect((await see('one')).counts).toMatchObject({ applied: 3, offline: 0 });
    expect(await age()).toEqual(nothing);
  });

  it('is not counted when they are forgotten: its last count stays', async () => {
    const { age, pass, see } = await given({ things: 2 });
    pass(deliveriesMs + 1);
    expect(await age()).toEqual(nothing);
    expect((await see('one')).counts).toMatchObject({ applied: 2 });
  });

  it('is removed when its time is over and nobody tells of it, and not before', async () => {
    const { world, age, pass, untold } = await given({ things: 2 });
    pass(endedMs + 1 * days);
    expect(await age()).toEqual(nothing);
    untold();
    expect(await age()).toEqual({ ...nothing, remove: 1 });
    expect(await world.rollouts.load('one')).toBeUndefined();
    expect(await age()).toEqual(nothing);
  });
});

describe('a rollout that is held', () => {
  const givenHeld = async () => {
    const fleet = await given({ things: 2 });
    await fleet.start('two');
    await fleet.change('two', 'pause');
    return fleet;
  };

  it('for months waits for its person', async () => {
    const { age, pass, see } = await givenHeld();
    pass(deliveriesMs - 15 * days);
    await age();
    expect(await see('two')).toMatchObject({ hold: { for: 'decision' }, end: null });
  });

  it('until its devices would be forgotten is ended, says why, and calls back what was not confirmed', async () => {
    const { age, pass, see, run } = await givenHeld();
    pass(deliveriesMs - 13 * days);
    expect(await age()).toMatchObject({ end: 1 });
    expect((await see('two')).end).toMatchObject({
      status: 'cancelled',
      by: 'engine',
      failure: { code: 'held_too_long' },
    });
    await run(30);
    expect(await see('two')).toMatchObject({ phase: 'over' });
  });
});
