// The order in which a list is answered: by time of creation, then by id as DynamoDB sorts text (UTF-8 bytes).
import type { ListOrder } from '#engine/ports';

export const byBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

interface Created {
  readonly createdAt: number;
}

export const inOrder = <Item extends Created>(
  items: Iterable<Item>,
  idOf: (item: Item) => string,
  order: ListOrder,
): Item[] => {
  const direction = order === 'oldest first' ? 1 : -1;
  return [...items].sort(
    (one, other) => direction * (one.createdAt - other.createdAt || byBytes(idOf(one), idOf(other))),
  );
};
