// Who looks after rollouts: the worker with its queue, the sweeper, the alarm, and the operator who sends back what was given up.
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import type { Rollout } from '#domain/rollout';
import { carryShard } from '#engine/fleet/carry-shard';
import { changeRollout } from '#engine/fleet/change-rollout';
import { haltRollouts } from '#engine/fleet/halt-rollouts';
import { lookAtRollout } from '#engine/fleet/look-at-rollout';
import { sweepRollouts } from '#engine/fleet/sweep-rollouts';
import type { FanOutMessage, World } from '#engine/ports';
import type { Dice } from '#test/model/random';
import { type Badness, badWorld } from './bad-world.ts';
import { alarmName } from './fleets.ts';
import { poisoned, second } from './plan.ts';
import { badQueue } from './queue.ts';

/** Of a worker's minute. */
const budgetMs = 40 * second;

export const fleetWorkers = (badness: Badness, world: World, dice: Dice) => {
  const { timeline, tally, isOn } = badness;
  const remainingOf = (): (() => number) => {
    const until = timeline.now() + budgetMs;
    return () => until - timeline.now();
  };
  const rollouts = badQueue<FanOutMessage>(badness, async ({ rollout, shard }) => {
    const bad = badWorld(badness, dice, world);
    if (isOn() && dice.isHit(poisoned)) {
      tally.add('messages given up');
      await changeRollout(world)(rollout, { type: 'give up' }, 'engine');
    } else if (shard === undefined) await lookAtRollout(bad, ownerOf(bad))(rollout, remainingOf());
    else await carryShard(bad)(rollout, shard, remainingOf());
  });
  return {
    send: (message: FanOutMessage, delayMs: number): void =>
      timeline.after(delayMs, () => rollouts.send(dice, message)),
    alarm: (): void => {
      tally.add('alarms');
      void haltRollouts(badWorld(badness, dice, world))(alarmName, 'stage').catch(() => undefined);
    },
    sweep: (sweeperDice: Dice): void => {
      void sweepRollouts(badWorld(badness, sweeperDice, world))().catch(() => undefined);
    },
    redrive: (held: readonly Rollout[]): void => {
      for (const { id, organization, hold } of held)
        if (hold?.for === 'operator') rollouts.send(dice, { rollout: id, organization });
    },
  };
};
