// Rollouts whose look did not happen in time: their messages are sent again.
import { isRefusal } from '#domain/refusal';
import type { World } from '../ports.ts';
import { changeRollout } from './change-rollout.ts';

/** A message on its way is given this long. */
const graceMs = 30_000;
const foundMax = 500;

/** How many were overdue. Moves each one's `lookAt` in the same write that sends it on. */
export const sweepRollouts =
  (world: Pick<World, 'clock' | 'rollouts' | 'fanOut'>) => async (): Promise<number> => {
    let looked = 0;
    for (const id of await world.rollouts.due(world.clock.now() - graceMs, foundMax)) {
      const changed = await changeRollout(world)(id, { type: 'look' }, 'engine');
      if (changed !== undefined && !isRefusal(changed) && changed.changed) looked += 1;
    }
    return looked;
  };
