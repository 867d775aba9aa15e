// Items that lie beside each other, page by page, as far as somebody reads.
import { QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type { ListOrder } from '#engine/ports';
import { table as names } from '#operations/table';
import { inOurWords } from '../fault.ts';
import { fromStored, type Item, isThere, toStored } from './item.ts';
import { mayExist } from './keys.ts';
import { countCapacity, nowOf, type Table, whatToCount } from './table.ts';

type Question = Omit<QueryCommandInput, 'TableName' | 'ExclusiveStartKey' | 'Limit'>;

/** Most readers want one page of theirs; those who want all of it should not ask a thousand times. */
const firstPageItems = 25;
const pageItemsMax = 800;

async function* ask(table: Table, question: Question, firstItems: number): AsyncIterable<Item> {
  let start: QueryCommandInput['ExclusiveStartKey'];
  let items = firstItems;
  do {
    const page = new QueryCommand({
      TableName: table.name,
      ...question,
      ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      Limit: items,
      ...whatToCount(table),
    });
    const answer = await inOurWords('DynamoDB Query', () => table.client.send(page));
    countCapacity(table, 'Query', answer.ConsumedCapacity);
    yield* (answer.Items ?? []).map(fromStored);
    start = answer.LastEvaluatedKey;
    items = Math.min(items * 2, pageItemsMax);
  } while (start !== undefined);
}

/** Without what has expired and still lies there. */
async function* askForThose(table: Table, question: Question, firstItems: number): AsyncIterable<Item> {
  for await (const item of ask(table, question, firstItems)) if (isThere(nowOf(table))(item)) yield item;
}

/** What lies in one partition, by its sort keys; strongly consistent. */
const beside = (pk: string, sortKeys: string, values: Readonly<Record<`:${string}`, string>>): Question => ({
  KeyConditionExpression: `#pk = :pk AND ${sortKeys}`,
  ExpressionAttributeNames: { '#pk': names.partitionKey, '#sk': names.sortKey },
  ExpressionAttributeValues: toStored({ ':pk': pk, ...values }),
  ConsistentRead: true,
});

/** Strongly consistent. */
export async function* itemsBeside(
  table: Table,
  { pk, skPrefix }: { readonly pk: string; readonly skPrefix: string },
): AsyncIterable<Item> {
  if (!mayExist({ pk, sk: skPrefix })) return;
  yield* askForThose(table, beside(pk, 'begins_with(#sk, :prefix)', { ':prefix': skPrefix }), pageItemsMax);
}

/** Those after one, or all of them, also what has expired: whoever removes all must see it. Strongly consistent. */
export const itemsAfter = (
  table: Table,
  { pk, skPrefix, skAfter = skPrefix }: { pk: string; skPrefix: string; skAfter?: string },
  limit: number,
): AsyncIterable<Item> => ask(table, beside(pk, '#sk > :after', { ':after': skAfter }), limit);

/** Both ends included; strongly consistent. */
export const itemsBetween = (
  table: Table,
  { pk, skFrom, skTo }: { readonly pk: string; readonly skFrom: string; readonly skTo: string },
): AsyncIterable<Item> =>
  askForThose(
    table,
    beside(pk, '#sk BETWEEN :from AND :to', { ':from': skFrom, ':to': skTo }),
    2 * pageItemsMax,
  );

const listed = names.indexes.listed;

/** Both ends included. */
export interface Range {
  readonly from: string;
  readonly to: string;
}

/** From the first character to the last that a sort key of ours can have. */
const everything: Range = { from: ' ', to: '~' };

export const itemsListed = (
  table: Table,
  list: string,
  order: ListOrder,
  { from, to }: Range = everything,
): AsyncIterable<Item> =>
  ask(
    table,
    {
      IndexName: listed.name,
      KeyConditionExpression: '#list = :list AND #place BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#list': listed.partitionKey, '#place': listed.sortKey },
      ExpressionAttributeValues: toStored({ ':list': list, ':from': from, ':to': to }),
      ScanIndexForward: order === 'oldest first',
    },
    firstPageItems,
  );

/** Eventually consistent: half the price. */
export const itemsInOrder = (
  table: Table,
  { pk, skFrom, skTo }: { readonly pk: string; readonly skFrom: string; readonly skTo: string },
  order: ListOrder,
): AsyncIterable<Item> =>
  askForThose(
    table,
    {
      KeyConditionExpression: '#pk = :pk AND #sk BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#pk': names.partitionKey, '#sk': names.sortKey },
      ExpressionAttributeValues: toStored({ ':pk': pk, ':from': skFrom, ':to': skTo }),
      ScanIndexForward: order === 'oldest first',
    },
    firstPageItems,
  );

const due = names.indexes.due;

/** Most overdue first. */
export const itemsDue = (table: Table, list: string, now: number, limit: number): AsyncIterable<Item> =>
  ask(
    table,
    {
      IndexName: due.name,
      KeyConditionExpression: '#list = :list AND #dueAt <= :now',
      ExpressionAttributeNames: { '#list': due.partitionKey, '#dueAt': due.sortKey },
      ExpressionAttributeValues: toStored({ ':list': list, ':now': now }),
    },
    limit,
  );
