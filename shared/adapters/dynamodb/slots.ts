// Slots in DynamoDB: one item each, saved whole and only over the version that was read.
import * as z from 'zod';
import type { Slot } from '#domain/slot';
import type { DueSlot, Slots } from '#engine/ports';
import { getItems } from './batch.ts';
import { overVersion } from './condition.ts';
import { reading } from './item.ts';
import { getItem, putItem } from './items.ts';
import { dueList, slotKey, slotsOf } from './keys.ts';
import { itemsBeside, itemsDue } from './query.ts';
import { decodeSlot, decodeSlotId, encodeSlot } from './slot-codec.ts';
import type { Table } from './table.ts';

const storedDue = z.object({ pk: z.string(), sk: z.string(), dueAt: z.number() });

const decodeDue = reading(
  'entry of the due index',
  storedDue,
  ({ dueAt, ...key }): DueSlot => ({
    id: decodeSlotId(key),
    dueAt,
  }),
);

const due =
  (table: Table): Slots['due'] =>
  async (shard, now, limit) => {
    const found: DueSlot[] = [];
    if (limit < 1) return found;
    for await (const item of itemsDue(table, dueList(shard), now, limit)) {
      found.push(decodeDue(item));
      if (found.length === limit) break;
    }
    return found;
  };

export const dynamoSlots = (table: Table): Slots => ({
  load: async (id) => {
    const item = await getItem(table, slotKey(id));
    return item && decodeSlot(item);
  },
  loadMany: async (ids) => (await getItems(table, ids.map(slotKey))).map(decodeSlot),
  ofThing: async (thing) => {
    const slots: Slot[] = [];
    for await (const item of itemsBeside(table, slotsOf(thing))) slots.push(decodeSlot(item));
    return slots;
  },
  save: async (slot) => {
    const { done } = await putItem(table, encodeSlot(slot), overVersion(slot.version - 1));
    return done;
  },
  due: due(table),
});
