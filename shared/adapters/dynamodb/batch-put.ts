// Many items written at once, without conditions: in groups as large as DynamoDB takes, again what it left over.
import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { groupsOf } from '#engine/in-batches';
import { Unavailable } from '#engine/ports';
import { inOurWords } from '../fault.ts';
import { type Item, toStored } from './item.ts';
import { countCapacity, pauseOf, type Table, whatToCount } from './table.ts';

const itemsMax = 25;
const attemptsMax = 8;

const putOnce = async (table: Table, requests: WriteRequest[]): Promise<WriteRequest[]> => {
  const command = new BatchWriteItemCommand({
    RequestItems: { [table.name]: requests },
    ...whatToCount(table),
  });
  const answer = await inOurWords('DynamoDB BatchWriteItem', () => table.client.send(command));
  countCapacity(table, 'BatchWriteItem', answer.ConsumedCapacity);
  return answer.UnprocessedItems?.[table.name] ?? [];
};

const putGroup = async (table: Table, items: readonly Item[]): Promise<void> => {
  let left: WriteRequest[] = items.map((item) => ({ PutRequest: { Item: toStored(item) } }));
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    left = await putOnce(table, left);
    if (left.length === 0) return;
    await pauseOf(table)(attempt);
  }
  throw new Unavailable(`DynamoDB left items of a batch unwritten ${attemptsMax} times.`);
};

/** Whole items over whatever was there; no key twice. */
export const putItems = async (table: Table, items: readonly Item[]): Promise<void> => {
  await Promise.all(groupsOf(items, itemsMax).map((group) => putGroup(table, group)));
};
