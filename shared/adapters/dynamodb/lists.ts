// Which lists an organization has: a list is named after a kind that a dialect has made up, and an index does not tell its names.
import { table as names } from '#operations/table';
import type { Item } from './item.ts';
import { getItem, putItem } from './items.ts';
import { listKey } from './keys.ts';
import { nowOf, type Table } from './table.ts';

/** Lists that this process has seen noted, and when: an organization may have been removed since, and made anew. */
const noted = new WeakMap<Table, Map<string, number>>();
const notedMax = 10_000;
const trustedMs = 60_000;

const notedIn = (table: Table): Map<string, number> => {
  const lists = noted.get(table) ?? new Map();
  if (lists.size >= notedMax) lists.clear();
  noted.set(table, lists);
  return lists;
};

/** Before the first that stands in it: half a read unit for each list, process and minute, and one write for each list. */
export const noteList = async (table: Table, item: Item): Promise<void> => {
  const list = item[names.indexes.listed.partitionKey];
  const { organization } = item;
  if (typeof list !== 'string' || typeof organization !== 'string') return;
  const lists = notedIn(table);
  const now = nowOf(table);
  if (now - (lists.get(list) ?? 0) < trustedMs) return;
  const key = listKey(organization, list);
  if ((await getItem(table, key, 'eventually consistent')) === undefined) await putItem(table, { ...key });
  lists.set(list, now);
};
