// Uses of idempotency keys in DynamoDB: items that remove themselves.
import * as z from 'zod';
import type { Repeats } from '#engine/ports';
import { table as names } from '#operations/table';
import { isNew } from './condition.ts';
import { reading } from './item.ts';
import { getItem, putItem } from './items.ts';
import { repeatKey } from './keys.ts';
import type { Table } from './table.ts';

/** A day of use, and as long again for clocks and time zones. */
const keptMs = 2 * 24 * 60 * 60 * 1000;

const storedRepeat = z.object({ what: z.string() });
const decodeWhat = reading('use of an idempotency key', storedRepeat, ({ what }): string => what);

export const dynamoRepeats = (table: Table): Repeats => ({
  first: async (organization, uid, what, at) => {
    const item = {
      ...repeatKey(organization, uid),
      what,
      [names.expiresAt]: Math.ceil((at + keptMs) / 1000),
    };
    const put = await putItem(table, item, isNew);
    return put.done || put.found === undefined ? what : decodeWhat(put.found);
  },
  find: async (organization, uid) => {
    const item = await getItem(table, repeatKey(organization, uid));
    return item && decodeWhat(item);
  },
});
