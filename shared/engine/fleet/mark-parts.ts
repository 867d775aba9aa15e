// What a slot's change means for the rollouts that its deployments are parts of: each is marked done once.
import type { Deployment } from '#domain/deployment';
import type { Phase } from '#domain/phase';
import { findIn, type Slot } from '#domain/slot';
import type { Mark, World } from '../ports.ts';

/** Undefined: not done yet, or marked before. What was applied stays so when a newer one takes its place. */
const stateByPhase: Readonly<Record<Phase, Mark['state'] | undefined>> = {
  staged: undefined,
  drifted: undefined,
  queued: undefined,
  retrying: undefined,
  deployed: 'applied',
  superseded: 'applied',
  removing: 'applied',
  archived: 'withdrawn',
  failed: 'failed',
};

/** Will never have it from this rollout. */
export const withdrawn = (at: number): Mark => ({ state: 'withdrawn', at, failure: null });

export const markOf = ({ phase, updatedAt, failure }: Deployment): Mark | undefined => {
  const state = stateByPhase[phase];
  return state && { state, at: updatedAt, failure: state === 'failed' ? failure : null };
};

const stateIn = (slot: Slot, id: string): Mark['state'] | undefined => {
  const deployment = findIn(slot, id);
  return deployment && stateByPhase[deployment.phase];
};

/** Those that are done since `before`. */
const doneSince = (before: Slot, after: Slot): Deployment[] =>
  [...after.live, ...after.leaving].filter(
    (one) =>
      one.part !== undefined &&
      stateByPhase[one.phase] !== undefined &&
      stateIn(before, one.id) === undefined,
  );

/** Should this be lost, the rollout's own look finds it in the slot. */
export const markParts = async (
  { deliveries }: Pick<World, 'deliveries'>,
  before: Slot,
  after: Slot,
): Promise<void> => {
  await Promise.all(
    doneSince(before, after).map(async (one) => {
      const mark = markOf(one);
      if (one.part !== undefined && mark !== undefined)
        await deliveries.mark(one.part.rollout, one.part.ordinal, mark);
    }),
  );
};
