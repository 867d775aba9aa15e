// Finds what is overdue, by the clock alone, and sends it down the same path as everything else.
import type { SlotId } from '#domain/slot';
import { dueShards } from '#operations/table';
import { type ChangesSlots, changeKnownSlot } from './change-slot.ts';

/** Above this many waiting messages the queue is the bottleneck: more of them would help nobody. */
const backlogMax = 10_000;
const perShardMax = 200;
/** More than are looked at: what cannot be looked at, however much, must not stand before what can. */
const foundMax = 1000;

export type SweepFailure = ({ readonly id: SlotId } | { readonly shard: number }) & {
  readonly cause: unknown;
};

export interface Swept {
  readonly looked: number;
  /** Slots, or whole shards, that could not be looked at: they stay due, and the others do not wait for them. */
  readonly failed: readonly SweepFailure[];
  readonly rested: boolean;
}

/** Moves the slot's `wakeAt` in the same write that decides: no slot is sent twice for one time. */
const lookAt = (world: ChangesSlots, id: SlotId): Promise<boolean> =>
  changeKnownSlot(world)({ id, event: { type: 'look' }, by: 'engine' });

const sweepShard = async (world: ChangesSlots, shard: number): Promise<Swept> => {
  const failed: { id: SlotId; cause: unknown }[] = [];
  let looked = 0;
  for (const { id } of await world.slots.due(shard, world.clock.now(), foundMax)) {
    if (looked === perShardMax) break;
    try {
      if (await lookAt(world, id)) looked += 1;
    } catch (cause) {
      failed.push({ id, cause });
    }
  }
  return { looked, failed, rested: false };
};

/** Takes no input: running it twice, late or at the same time as another does nothing twice. */
export const sweepOverdue = (world: ChangesSlots) => async (): Promise<Swept> => {
  if ((await world.transitions.backlog()) > backlogMax) return { looked: 0, failed: [], rested: true };
  const shards = await Promise.all(
    Array.from({ length: dueShards }, (_, shard) =>
      sweepShard(world, shard).catch(
        (cause: unknown): Swept => ({ looked: 0, failed: [{ shard, cause }], rested: false }),
      ),
    ),
  );
  return {
    looked: shards.reduce((sum, { looked }) => sum + looked, 0),
    failed: shards.flatMap(({ failed }) => failed),
    rested: false,
  };
};
