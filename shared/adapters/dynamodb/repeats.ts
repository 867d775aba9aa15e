// Uses of idempotency keys in DynamoDB: items that remove themselves.
import * as z from 'zod';
import type { Repeats } from '#engine/ports';
import { repeatsMs } from '#operations/retention';
import { isNewAt } from './condition.ts';
import { expiring, reading } from './item.ts';
import { getItem, putItem } from './items.ts';
import { repeatKey } from './keys.ts';
import { nowOf, type Table } from './table.ts';

const storedRepeat = z.object({ what: z.string() });
const decodeWhat = reading('use of an idempotency key', storedRepeat, ({ what }): string => what);

export const dynamoRepeats = (table: Table): Repeats => ({
  first: async (organization, uid, what, at) => {
    const item = { ...repeatKey(organization, uid), what, ...expiring(at + repeatsMs) };
    const put = await putItem(table, item, isNewAt(nowOf(table)));
    return put.done || put.found === undefined ? what : decodeWhat(put.found);
  },
  find: async (organization, uid) => {
    const item = await getItem(table, repeatKey(organization, uid));
    return item && decodeWhat(item);
  },
});
