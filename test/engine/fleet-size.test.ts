// What a rollout costs does not grow with its fleet where it must not: the answer to the request, the size of a message, a shared counter.

import { describe, expect, it } from 'vitest';
import { memoryDeliveries } from '#adapters/memory/deliveries';
import { allAtOnce } from '#domain/plan';
import { newRollout } from '#domain/rollout';
import { changeRollout } from '#engine/fleet/change-rollout';
import { countDeliveries } from '#engine/fleet/count-deliveries';
import { shardSize } from '#engine/fleet/shards';
import { beginRollout, reserveRollout } from '#engine/fleet/start-rollout';
import { smallFleet } from '#test/support/small-fleet';
import { smallSystem } from '#test/support/small-system';

const wanted = (id: string, createdAt: number) => ({
  id,
  organization: 'acme',
  channel: 'environment' as const,
  group: 'line 1',
  generation: createdAt,
  revision: 'sha256:revision',
  fallback: null,
  plan: allAtOnce,
  createdAt,
  createdBy: 'key:ada',
  about: {},
});

const callsToStart = async (things: number): Promise<number> => {
  const { system, world } = await smallFleet({ things });
  const before = system.count();
  await reserveRollout(world)(wanted('r', world.clock.now()));
  await beginRollout(world)('r');
  return system.count() - before;
};

describe('starting a rollout', () => {
  it('takes as many calls for forty things as for one', async () => {
    expect(await callsToStart(40)).toBe(await callsToStart(1));
  });
});

describe('a rollout to 100,000 things', () => {
  it('is carried by one small message for each thousand of them', async () => {
    const { world, fanOut, clock } = smallSystem();
    const total = 100_000;
    const sealed = {
      ...newRollout(wanted('r', clock.now())),
      phase: 'sealing' as const,
      total,
      reachable: total,
    };
    await world.rollouts.save(sealed);
    // The last page of members has been written down already: only its end is missing.
    const event = { type: 'seal', upTo: null, added: 0, reachable: 0, isLast: true } as const;
    await changeRollout(world)('r', event, 'engine');
    const messages = fanOut.waiting().map(({ message }) => message);
    expect(messages.filter(({ shard }) => shard !== undefined)).toHaveLength(total / shardSize);
    expect(messages.filter(({ shard }) => shard === undefined)).toHaveLength(1);
    expect(Math.max(...messages.map((message) => JSON.stringify(message).length))).toBeLessThan(256);
  });
});

describe('10,000 things that report at the same time', () => {
  it('are all counted, each once, in whatever order and however often they say it', async () => {
    const deliveries = memoryDeliveries();
    const total = 10_000;
    const ordinals = Array.from({ length: total }, (_, ordinal) => ordinal);
    await deliveries.seal(
      'r',
      ordinals.map((ordinal) => ({ ordinal, thing: `robot-${ordinal}`, isReachable: true })),
    );
    const failure = { code: 'no_space', message: 'The disk is full.' };
    const says = (ordinal: number) =>
      deliveries.mark('r', ordinal, {
        state: ordinal % 20 === 0 ? 'failed' : 'applied',
        at: 0,
        failure: ordinal % 20 === 0 ? failure : null,
      });
    await Promise.all([...ordinals.toReversed(), ...ordinals].map(says));
    const rollout = { ...newRollout(wanted('r', 0)), total, reachable: total, exposed: total };
    expect(await countDeliveries({ deliveries })(rollout)).toEqual({
      applied: 9_500,
      failed: 500,
      withdrawn: 0,
      offline: 0,
      outstanding: 0,
    });
  });
});
