// What a saved slot or rollout counts as, written out by hand.
import { describe, expect, it } from 'vitest';
import type { Phase } from '#domain/phase';
import type { Rollout } from '#domain/rollout';
import { emptySlot, type Slot } from '#domain/slot';
import { measuredBy, movedBetween, rolloutMeasuredBy, wantedAt } from '#functions/wiring/moved';
import { inUnit } from '#functions/wiring/unit';
import { witnessed } from '#functions/wiring/witness';
import { smallFleet } from '#test/support/small-fleet';
import { smallSystem } from '#test/support/small-system';
import { rememberingLog } from './given.ts';

const deployment = (phase: Phase, seq = 1, id = 'dpl_1') => ({
  id,
  phase,
  seq,
  revision: 'sha256:0',
  track: null,
  attempts: 0,
  failure: null,
  result: null,
  deadline: null,
  restores: null,
  createdAt: 1000,
  updatedAt: 1000,
  version: 1,
  history: [
    { at: 1000, by: 'key:a', from: null, to: 'staged', why: 'stage' },
    { at: 3000, by: 'key:a', from: 'staged', to: 'queued', why: 'deploy' },
    { at: 4000, by: 'engine', from: 'queued', to: 'queued', why: 'reissue' },
  ] as const,
});

const slot = (...live: Slot['live']): Slot => ({
  ...emptySlot({ thing: 'robot', channel: 'release' }, 'acme'),
  live,
});

describe('a slot that was saved', () => {
  it('tells what has moved, the newest last, and nothing that has stayed', () => {
    const before = slot(deployment('deployed', 1, 'old'), deployment('staged', 0, 'same'));
    const after = slot(
      deployment('queued', 2, 'new'),
      deployment('superseded', 1, 'old'),
      deployment('staged', 0, 'same'),
    );
    expect(movedBetween(before, after).map(({ deployment: { id }, from }) => [id, from])).toEqual([
      ['old', 'deployed'],
      ['new', undefined],
    ]);
  });

  it('is new as a whole where nothing was before', () => {
    expect(movedBetween(undefined, slot(deployment('queued')))).toHaveLength(1);
  });

  it.each([
    [undefined, 'queued', { DeploymentQueued: 1 }],
    ['staged', 'queued', { DeploymentQueued: 1 }],
    ['drifted', 'queued', { DeploymentQueued: 1 }],
    ['retrying', 'queued', {}],
    ['deployed', 'queued', {}],
    ['queued', 'retrying', {}],
    ['queued', 'deployed', { DeploymentConfirmed: 1, ConfirmationTime: 7000 }],
    ['retrying', 'failed', { DeploymentFailed: 1 }],
    ['queued', 'archived', {}],
    ['deployed', 'superseded', {}],
    ['deployed', 'removing', {}],
    [undefined, 'staged', {}],
  ] as const)('from %s to %s counts as %j', (from, to, expected) => {
    expect(measuredBy({ from, deployment: deployment(to) }, 10_000)).toEqual(expected);
  });

  it('counts from the wish, and staging is no wish', () => {
    expect(wantedAt(deployment('queued'))).toBe(3000);
  });
});

describe('a rollout that was saved', () => {
  const rollout = (over: Partial<Rollout>): Rollout =>
    ({ phase: 'rolling', hold: null, end: null, ...over }) as Rollout;
  const hold = { for: 'decision', at: 1, by: 'engine', why: 'alarm' } as const;
  const end = (status: 'succeeded' | 'failed' | 'cancelled') => ({
    status,
    at: 1,
    by: 'engine',
    failure: null,
  });

  it.each([
    ['made, and named by nobody yet', undefined, rollout({ phase: 'reserved' }), {}],
    ['begun', rollout({ phase: 'reserved' }), rollout({ phase: 'sealing' }), { RolloutStarted: 1 }],
    ['going on', rollout({}), rollout({ phase: 'baking' }), {}],
    ['held', rollout({}), rollout({ hold }), { RolloutHalted: 1 }],
    ['held still', rollout({ hold }), rollout({ hold }), {}],
    ['resumed', rollout({ hold }), rollout({}), {}],
    ['succeeded', rollout({}), rollout({ end: end('succeeded') }), { RolloutSucceeded: 1 }],
    ['failed', rollout({}), rollout({ end: end('failed') }), { RolloutFailed: 1 }],
    ['cancelled', rollout({}), rollout({ end: end('cancelled') }), { RolloutHalted: 1 }],
    ['over since', rollout({ end: end('failed') }), rollout({ phase: 'over', end: end('failed') }), {}],
  ])('%s', (_, before, after, expected) => {
    expect(rolloutMeasuredBy(before, after)).toEqual(expected);
  });

  it('is counted by the unit that saves it, and named in its line', async () => {
    const system = smallSystem();
    const fleet = await smallFleet({ things: 2, system: { ...system, world: witnessed(system.world) } });
    const { log, lines, measured } = rememberingLog();
    await inUnit(log, async (unit) => {
      await fleet.start('rollout-1');
      unit.line({ code: 'rollout.looked_at' });
    });
    expect(lines[0]).toMatchObject({ rollout: 'rollout-1' });
    expect(measured[0]).toMatchObject({ RolloutStarted: 1 });
  });
});
