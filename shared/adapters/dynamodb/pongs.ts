// Answers to pings in DynamoDB: items that remove themselves.
import * as z from 'zod';
import type { Pongs } from '#engine/ports';
import { expiring, reading } from './item.ts';
import { getItem, putItem } from './items.ts';
import { pongKey } from './keys.ts';
import type { Table } from './table.ts';

/** Longer than anybody waits for an answer. */
const keptMs = 5 * 60 * 1000;

const storedPong = z.object({ at: z.int() });
const decodeAt = reading('answer to a ping', storedPong, ({ at }): number => at);

export const dynamoPongs = (table: Table): Pongs => ({
  add: async (thing, ping, at) => {
    await putItem(table, { ...pongKey(thing, ping), at, ...expiring(at + keptMs) });
  },
  find: async (thing, ping) => {
    const item = await getItem(table, pongKey(thing, ping));
    return item && decodeAt(item);
  },
});
