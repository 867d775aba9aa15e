// Rollouts grow old. What became of each thing is forgotten before the rollout is: by then it must be over, and counted a last time.
import { isRefusal } from '#domain/refusal';
import { isRunning, type Rollout, tellsDeliveries } from '#domain/rollout';
import type { World } from '../ports.ts';
import { changeRollout } from './change-rollout.ts';
import { countDeliveries } from './count-deliveries.ts';

const dayMs = 24 * 60 * 60 * 1000;

/** One that is still held by then is ended: it could not be brought to its end without knowing who takes part. */
const endsBeforeMs = 14 * dayMs;
/** Who caught up until then is in the last count. */
const countsBeforeMs = 7 * dayMs;

type Needs = Pick<World, 'clock' | 'estate' | 'rollouts' | 'deliveries' | 'fanOut'>;

type Step = 'end' | 'count' | 'remove';

export type AgedRollouts = Readonly<Record<Step, number>>;

const heldTooLong = {
  code: 'held_too_long',
  message: 'It was not over when the time for which its devices are remembered came to its end.',
};

const stepOf = (rollout: Rollout, now: number, endedMs: number): Step | undefined => {
  const { deliveriesUntil, countedAt, end, phase } = rollout;
  const until = deliveriesUntil ?? Number.POSITIVE_INFINITY;
  if (isRunning(rollout)) return now > until - endsBeforeMs ? 'end' : undefined;
  if (phase === 'over' && end !== null && now - end.at > endedMs) return 'remove';
  const isLastCount = now > until - countsBeforeMs && tellsDeliveries(rollout, now);
  return isLastCount && (countedAt ?? 0) <= until - countsBeforeMs ? 'count' : undefined;
};

type Take = (world: Needs, rollout: Rollout, isTold: IsTold) => Promise<boolean>;

const changed: (answer: Awaited<ReturnType<ReturnType<typeof changeRollout>>>) => boolean = (answer) =>
  answer !== undefined && !isRefusal(answer) && answer.changed;

/** False: somebody has done it, or it is still needed. */
const take: Readonly<Record<Step, Take>> = {
  end: async (world, { id }) =>
    changed(await changeRollout(world)(id, { type: 'cancel', failure: heldTooLong }, 'engine')),
  count: async (world, rollout) => {
    const counts = await countDeliveries(world)(rollout);
    return changed(await changeRollout(world)(rollout.id, { type: 'count', counts }, 'engine'));
  },
  remove: async ({ rollouts }, rollout, isTold) => {
    if (await isTold(rollout)) return false;
    await rollouts.remove(rollout.id);
    return true;
  },
};

/** Whether its owner still tells of what it brought. */
export type IsTold = (rollout: Rollout) => Promise<boolean>;

export const ageRollouts =
  (world: Needs, { endedMs }: { readonly endedMs: number }, isTold: IsTold) =>
  async (organization: string): Promise<AgedRollouts> => {
    const taken = { end: 0, count: 0, remove: 0 };
    // All of them first: one that is removed leaves the list that is walked along.
    for (const id of await Array.fromAsync(world.estate.rolloutsOf(organization))) {
      const rollout = await world.rollouts.load(id);
      const step = rollout && stepOf(rollout, world.clock.now(), endedMs);
      if (rollout !== undefined && step !== undefined && (await take[step](world, rollout, isTold)))
        taken[step] += 1;
    }
    return taken;
  };
