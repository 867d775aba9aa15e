// Rollouts whose look did not happen in time: their messages are sent again.
import { isRefusal } from '#domain/refusal';
import type { World } from '../ports.ts';
import { changeRollout } from './change-rollout.ts';

/** A message on its way is given this long. */
const graceMs = 30_000;
const foundMax = 500;

type Needs = Pick<World, 'clock' | 'rollouts' | 'fanOut'>;

export interface SweptRollouts {
  readonly looked: number;
  /** They stay due, and the others do not wait for them. */
  readonly failed: readonly { readonly id: string; readonly cause: unknown }[];
}

/** Moves its `lookAt` in the same write that sends it on. */
const lookAt = async (world: Needs, id: string): Promise<boolean> => {
  const changed = await changeRollout(world)(id, { type: 'look' }, 'engine');
  return changed !== undefined && !isRefusal(changed) && changed.changed;
};

export const sweepRollouts = (world: Needs) => async (): Promise<SweptRollouts> => {
  const failed: { id: string; cause: unknown }[] = [];
  let looked = 0;
  for (const id of await world.rollouts.due(world.clock.now() - graceMs, foundMax)) {
    try {
      if (await lookAt(world, id)) looked += 1;
    } catch (cause) {
      failed.push({ id, cause });
    }
  }
  return { looked, failed };
};
