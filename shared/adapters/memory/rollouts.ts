// Rollouts in memory.
import type { Rollout } from '#domain/rollout';
import type { Rollouts } from '#engine/ports';
import { byBytes } from './order.ts';
import { type Shelf, shelf } from './shelf.ts';

const byLookAt = (one: Rollout, other: Rollout): number =>
  (one.lookAt ?? 0) - (other.lookAt ?? 0) || byBytes(one.id, other.id);

export const memoryRollouts = (rollouts: Shelf<Rollout> = shelf()): Rollouts => {
  return {
    load: async (id) => rollouts.get(id),
    save: async (rollout) => {
      if ((rollouts.get(rollout.id)?.version ?? 0) !== rollout.version - 1) return false;
      rollouts.put(rollout, rollout.id);
      return true;
    },
    remove: async (id) => rollouts.remove(id),
    due: async (until, limit) =>
      rollouts
        .those(({ lookAt }) => lookAt !== null && lookAt <= until)
        .sort(byLookAt)
        .slice(0, limit)
        .map(({ id }) => id),
  };
};
