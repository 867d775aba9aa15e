// What a rollout is, told of it in every phase.
import { describe, expect, it } from 'vitest';
import {
  callsBack,
  deadlineOf,
  isRunning,
  mayExpose,
  rolloutWaitsFor,
  tellsDeliveries,
  waitingOf,
} from '#domain/rollout';
import { hours, minutes, start } from './given.ts';
import { after, counts, made, phases } from './rollouts.ts';

const all = phases();

it('a new one is reserved, and looked at again in five seconds', () => {
  expect(made()).toEqual({
    ...made(),
    version: 1,
    phase: 'reserved',
    since: start,
    looks: 0,
    lookAt: start + 5000,
    hold: null,
    heldMs: 0,
    sealedUpTo: null,
    total: 0,
    reachable: 0,
    exposed: 0,
    counts: { applied: 0, failed: 0, withdrawn: 0, offline: 0, outstanding: 0 },
    countedAt: null,
    end: null,
    deliveriesUntil: null,
  });
});

describe('what became of each of its things', () => {
  it.each([
    [null, start + 1000 * hours, true],
    [start, start - 1, true],
    [start, start, true],
    [start, start + 1, false],
  ])('is told until %s: at %i %s', (deliveriesUntil, now, isTold) => {
    expect(tellsDeliveries({ ...made(), deliveriesUntil }, now)).toBe(isTold);
  });
});

describe('in each phase', () => {
  it.each<[keyof typeof all, string | null, boolean, boolean, boolean]>([
    // phase, whom it waits for, is it running, may its things be given it, are they called back
    ['reserved', 'start', true, false, false],
    ['sealing', 'listing', true, false, false],
    ['rolling', 'wave', true, true, false],
    ['baking', 'bake', true, true, false],
    ['paused', 'decision', true, false, false],
    ['givenUp', 'operator', true, false, false],
    ['succeeded', 'aftermath', false, true, false],
    ['cancelled', 'aftermath', false, false, true],
    ['over', null, false, false, true],
  ])('%s waits for %s', (phase, waitsFor, runs, exposes, callsThemBack) => {
    const rollout = all[phase];
    expect([rolloutWaitsFor(rollout), isRunning(rollout), mayExpose(rollout), callsBack(rollout)]).toEqual([
      waitsFor,
      runs,
      exposes,
      callsThemBack,
    ]);
  });

  it('success that is held exposes nobody more', () => {
    const held = after(all.succeeded, [start + 2000, { type: 'give up' }]);
    expect([held.hold?.for, mayExpose(held)]).toEqual(['operator', false]);
  });
});

it('the deadline is moved by what holds took', () => {
  expect(deadlineOf(all.rolling)).toBe(start + 1 * hours);
  expect(deadlineOf({ ...all.rolling, heldMs: 7 * minutes })).toBe(start + 1 * hours + 7 * minutes);
});

it('those that it waits for are all who are neither done nor away', () => {
  const rollout = {
    ...all.rolling,
    total: 100,
    counts: counts({ applied: 1, failed: 2, withdrawn: 4, offline: 8, outstanding: 16 }),
  };
  expect(waitingOf(rollout)).toBe(85);
});
