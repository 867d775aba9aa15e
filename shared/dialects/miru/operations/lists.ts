// Miru's list envelope, its orders and its pages.
import type { Idempotency } from '#engine/ids';
import { collect, type Page, type Paged } from '#engine/paging';
import type { ListOrder } from '#engine/ports';
import type { Call } from '../../dialect.ts';

export interface ListQuery {
  readonly limit: number;
  readonly offset: number;
  readonly order_by: 'id:asc' | 'id:desc' | 'created_at:asc' | 'created_at:desc';
  readonly expand: readonly string[];
}

export const pageOf = ({ limit, offset, expand }: ListQuery): Page => ({
  limit,
  offset,
  counted: expand.includes('total_count'),
});

const creation: Readonly<Record<ListQuery['order_by'], ListOrder>> = {
  'created_at:asc': 'oldest first',
  'created_at:desc': 'newest first',
  'id:asc': 'oldest first',
  'id:desc': 'newest first',
};

export const orderOf = ({ order_by }: ListQuery): ListOrder => creation[order_by];

const byId = <Item extends { readonly id: string }>(a: Item, b: Item): number => (a.id < b.id ? -1 : 1);

/** Lists come by creation; an order by id is made from them, for the few who ask for it. */
async function* ordered<Item extends { readonly id: string }>(
  source: AsyncIterable<Item>,
  { order_by }: ListQuery,
): AsyncGenerator<Item> {
  if (order_by.startsWith('created_at')) return yield* source;
  const items = (await Array.fromAsync(source)).sort(byId);
  yield* order_by === 'id:asc' ? items : items.reverse();
}

async function* filtered<Item>(
  source: AsyncIterable<Item>,
  keeps: (item: Item) => boolean,
): AsyncGenerator<Item> {
  for await (const item of source) if (keeps(item)) yield item;
}

export const pageOfItems = <Item extends { readonly id: string }>(
  source: AsyncIterable<Item>,
  query: ListQuery,
  keeps: (item: Item) => boolean,
): Promise<Paged<Item>> => collect(ordered(filtered(source, keeps), query), pageOf(query));

/** An absent filter lets everything through. */
export const among = (wanted: readonly string[] | undefined, value: string): boolean =>
  wanted?.includes(value) ?? true;

/** A Lambda's answer ends at 6 MB: a page ends before that, however few objects are on it. */
export const pageBytesMax = 5 * 1024 * 1024;

/** At least one, or a client would ask for the same page for ever. */
const cutByBytes = <Item>(data: readonly Item[]): Item[] => {
  let bytes = 0;
  const tooMuch = data.findIndex((item, at) => {
    bytes += Buffer.byteLength(JSON.stringify(item)) + 1;
    return at > 0 && bytes > pageBytesMax;
  });
  return tooMuch === -1 ? [...data] : data.slice(0, tooMuch);
};

export const tellList = <Item>(
  paged: Paged<unknown>,
  { limit, offset }: Pick<ListQuery, 'limit' | 'offset'>,
  told: readonly Item[],
) => {
  const data = cutByBytes(told);
  return {
    object: 'list' as const,
    limit,
    offset,
    has_more: paged.hasMore || data.length < told.length,
    ...(paged.total === undefined ? {} : { total_count: paged.total }),
    data,
  };
};

/** A list that is told whole, in the envelope of a page. */
export const wholeList = <Item>(data: Item[]) => ({
  object: 'list' as const,
  limit: Math.max(data.length, 1),
  offset: 0,
  has_more: false,
  data,
});

export const idempotencyOf = ({
  idempotencyKey,
  route,
}: Call<unknown, unknown>): { idempotency?: Idempotency } =>
  idempotencyKey === undefined ? {} : { idempotency: { route, key: idempotencyKey } };
