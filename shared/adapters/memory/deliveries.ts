// Deliveries in memory: by rollout and ordinal.
import type { Deliveries, Mark, SealedDelivery, ShardProgress } from '#engine/ports';

export interface DeliveriesKept {
  readonly sealed: Map<number, SealedDelivery>;
  readonly marks: Map<number, Mark>;
  readonly progress: Map<number, ShardProgress>;
}

export const memoryDeliveries = (rollouts = new Map<string, DeliveriesKept>()): Deliveries => {
  const of = (rollout: string): DeliveriesKept => {
    const kept = rollouts.get(rollout) ?? { sealed: new Map(), marks: new Map(), progress: new Map() };
    rollouts.set(rollout, kept);
    return kept;
  };
  return {
    seal: async (rollout, deliveries) => {
      for (const delivery of deliveries) of(rollout).sealed.set(delivery.ordinal, structuredClone(delivery));
    },
    mark: async (rollout, ordinal, mark) => {
      const { marks } = of(rollout);
      if (!marks.has(ordinal)) marks.set(ordinal, structuredClone(mark));
    },
    between: async function* (rollout, from, to) {
      const { sealed, marks } = of(rollout);
      for (let ordinal = from; ordinal < to; ordinal += 1) {
        const delivery = sealed.get(ordinal);
        if (delivery !== undefined) yield structuredClone({ ...delivery, mark: marks.get(ordinal) ?? null });
      }
    },
    progressOf: async (rollout, shard) => structuredClone(of(rollout).progress.get(shard)),
    saveProgress: async (rollout, shard, progress) => {
      of(rollout).progress.set(shard, structuredClone(progress));
    },
  };
};
