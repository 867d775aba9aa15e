// Items as plain values: what the stores put in and get out of the table.
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type * as z from 'zod';
import { table as names } from '#operations/table';

export type Item = Readonly<Record<string, unknown>>;
export type StoredItem = Record<string, AttributeValue>;

export const toStored = (item: Item): StoredItem => marshall(item, { removeUndefinedValues: true });
export const fromStored = (stored: StoredItem): Item => unmarshall(stored);

/** The date that an item removes itself by. */
export const expiring = (at: number): Item => ({ [names.expiresAt]: Math.ceil(at / 1000) });

/** DynamoDB takes up to two days to remove what has expired: nobody sees it meanwhile. */
export const isThere =
  (now: number) =>
  ({ [names.expiresAt]: expiresAt }: Item): boolean =>
    typeof expiresAt !== 'number' || expiresAt * 1000 >= now;

/** How an item is read: nothing that we do not know is guessed at, it is a fault that names the item. */
export const reading =
  <Schema extends z.ZodType, Value>(
    what: string,
    schema: Schema,
    decode: (stored: z.output<Schema>) => Value,
  ) =>
  (item: Item): Value => {
    try {
      return decode(schema.parse(item));
    } catch (cause) {
      throw new Error(`The stored ${what} (${item.pk}, ${item.sk}) is not one that this version knows.`, {
        cause,
      });
    }
  };
