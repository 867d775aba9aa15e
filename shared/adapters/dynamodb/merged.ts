// Several lists that are each in order, as one that is.
import type { ListOrder } from '#engine/ports';
import { table } from '#operations/table';
import type { Item } from './item.ts';

const placeOf = (item: Item): string => String(item[table.indexes.listed.sortKey]);

const comesFirst = (one: Item, other: Item, order: ListOrder): boolean => {
  const difference = Buffer.compare(Buffer.from(placeOf(one)), Buffer.from(placeOf(other)));
  return order === 'oldest first' ? difference < 0 : difference > 0;
};

interface Head {
  readonly list: AsyncIterator<Item>;
  readonly item: Item;
}

const headOf = async (list: AsyncIterator<Item>): Promise<Head[]> => {
  const { done, value } = await list.next();
  return done ? [] : [{ list, item: value }];
};

export async function* merged(lists: readonly AsyncIterable<Item>[], order: ListOrder): AsyncIterable<Item> {
  const started = lists.map((list) => list[Symbol.asyncIterator]());
  let heads = (await Promise.all(started.map(headOf))).flat();
  for (;;) {
    const [first, ...others] = heads;
    if (first === undefined) return;
    const next = others.reduce(
      (best, head) => (comesFirst(head.item, best.item, order) ? head : best),
      first,
    );
    yield next.item;
    const following = await headOf(next.list);
    heads = heads.flatMap((head) => (head === next ? following : [head]));
  }
}
