// Slots in memory.
import { type Slot, wakeAtOf } from '#domain/slot';
import type { DueSlot, Slots } from '#engine/ports';
import { dueShardOf } from '../shard.ts';
import { byBytes } from './order.ts';
import { getMany, type Shelf, shelf } from './shelf.ts';

const dueSlotOf = (slot: Slot): DueSlot[] => {
  const dueAt = wakeAtOf(slot);
  return dueAt === null ? [] : [{ id: slot.id, dueAt }];
};

const isDue = (slot: Slot, now: number): boolean => dueSlotOf(slot).some(({ dueAt }) => dueAt <= now);

const byDue = (one: DueSlot, other: DueSlot): number =>
  one.dueAt - other.dueAt ||
  byBytes(one.id.thing, other.id.thing) ||
  byBytes(one.id.channel, other.id.channel);

export const memorySlots = (slots: Shelf<Slot> = shelf()): Slots => {
  return {
    load: async ({ thing, channel }) => slots.get(thing, channel),
    loadMany: async (ids) =>
      getMany(
        slots,
        ids.map(({ thing, channel }) => [thing, channel]),
      ),
    ofThing: async (thing) =>
      slots
        .those((slot) => slot.id.thing === thing)
        .sort((one, other) => byBytes(one.id.channel, other.id.channel)),
    save: async (slot) => {
      const { thing, channel } = slot.id;
      if ((slots.get(thing, channel)?.version ?? 0) !== slot.version - 1) return false;
      slots.put(slot, thing, channel);
      return true;
    },
    due: async (shard, now, limit) =>
      slots
        .those((slot) => dueShardOf(slot.id.thing) === shard && isDue(slot, now))
        .flatMap(dueSlotOf)
        .sort(byDue)
        .slice(0, limit),
  };
};
