// What should have moved by now and has not: slots and rollouts whose time is long over, and rollouts that wait for an operator.
import type { Rollout } from '#domain/rollout';
import type { Slot } from '#domain/slot';
import { dueShards } from '#operations/table';
import type { World } from './ports.ts';

/** The sweeper comes every minute: twice is a hint, three times is a fact. */
const overdueMs = 3 * 60 * 1000;
const perShardMax = 200;

export interface Stuck {
  readonly slots: readonly { readonly slot: Slot; readonly dueAt: number }[];
  readonly rollouts: readonly Rollout[];
}

type Needs = Pick<World, 'clock' | 'slots' | 'rollouts'>;

const overdueSlots = async ({ clock, slots }: Needs): Promise<Stuck['slots']> => {
  const until = clock.now() - overdueMs;
  const shards = Array.from({ length: dueShards }, (_, shard) => slots.due(shard, until, perShardMax));
  const due = (await Promise.all(shards)).flat();
  const found = await slots.loadMany(due.map(({ id }) => id));
  const dueAtOf = new Map(due.map(({ id, dueAt }) => [`${id.thing}/${id.channel}`, dueAt]));
  return found
    .map((slot) => ({ slot, dueAt: dueAtOf.get(`${slot.id.thing}/${slot.id.channel}`) ?? 0 }))
    .toSorted((one, other) => one.dueAt - other.dueAt);
};

const overdueRollouts = async ({ clock, rollouts }: Needs): Promise<Rollout[]> => {
  const ids = await rollouts.due(clock.now() - overdueMs, perShardMax);
  const found = await Promise.all(ids.map((id) => rollouts.load(id)));
  return found.filter((rollout) => rollout !== undefined);
};

/** What waits for an operator is in a dead-letter queue: this is what is late although nobody has given it up. */
export const findStuck = async (world: Needs): Promise<Stuck> => {
  const [slots, rollouts] = await Promise.all([overdueSlots(world), overdueRollouts(world)]);
  return { slots, rollouts };
};
