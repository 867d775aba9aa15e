// Offset and limit over anything that comes in order, with one look beyond the page.

export interface Page {
  readonly offset: number;
  readonly limit: number;
  /** Counting reads everything: only when asked for. */
  readonly counted: boolean;
}

export interface Paged<Item> {
  readonly items: readonly Item[];
  readonly hasMore: boolean;
  readonly total: number | undefined;
}

export const collect = async <Item>(
  source: AsyncIterable<Item>,
  { offset, limit, counted }: Page,
): Promise<Paged<Item>> => {
  const items: Item[] = [];
  let seen = 0;
  for await (const item of source) {
    if (seen >= offset && items.length < limit) items.push(item);
    seen += 1;
    if (!counted && seen > offset + limit) break;
  }
  return { items, hasMore: seen > offset + items.length, total: counted ? seen : undefined };
};
