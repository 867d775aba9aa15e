// Deliveries in memory: by rollout and ordinal, until their time is over.
import type { Clock, Deliveries, EnlistedPage, Mark, SealedDelivery, ShardProgress } from '#engine/ports';
import { deliveriesMs } from '#operations/retention';
import { copied } from './copied.ts';
import { never } from './never.ts';

interface Dated<Kept> {
  readonly kept: Kept;
  readonly until: number;
}

export interface DeliveriesKept {
  readonly pages: Map<string | null, Dated<EnlistedPage>>;
  readonly sealed: Map<number, Dated<SealedDelivery>>;
  readonly marks: Map<number, Dated<Mark>>;
  readonly progress: Map<number, Dated<ShardProgress>>;
}

export const memoryDeliveries = (
  rollouts = new Map<string, DeliveriesKept>(),
  clock: Pick<Clock, 'now'> = never,
): Deliveries => {
  const of = (rollout: string): DeliveriesKept => {
    const kept = rollouts.get(rollout) ?? {
      pages: new Map(),
      sealed: new Map(),
      marks: new Map(),
      progress: new Map(),
    };
    rollouts.set(rollout, kept);
    return kept;
  };
  const dated = <Kept>(kept: Kept): Dated<Kept> => ({
    kept: copied(kept),
    until: clock.now() + deliveriesMs,
  });
  const there = <Kept>(found: Dated<Kept> | undefined): Kept | undefined =>
    found === undefined || clock.now() > found.until ? undefined : copied(found.kept);
  return {
    enlist: async (rollout, after, page) => {
      const { pages } = of(rollout);
      const first = pages.get(after) ?? dated(page);
      pages.set(after, first);
      return copied(first.kept);
    },
    seal: async (rollout, deliveries) => {
      for (const delivery of deliveries) of(rollout).sealed.set(delivery.ordinal, dated(delivery));
    },
    mark: async (rollout, ordinal, mark) => {
      const { marks } = of(rollout);
      if (!marks.has(ordinal)) marks.set(ordinal, dated(mark));
    },
    between: async function* (rollout, from, to) {
      const { sealed, marks } = of(rollout);
      for (let ordinal = from; ordinal < to; ordinal += 1) {
        const delivery = there(sealed.get(ordinal));
        if (delivery !== undefined) yield { ...delivery, mark: there(marks.get(ordinal)) ?? null };
      }
    },
    progressOf: async (rollout, shard) => there(of(rollout).progress.get(shard)),
    saveProgress: async (rollout, shard, progress) => {
      of(rollout).progress.set(shard, dated(progress));
    },
  };
};
