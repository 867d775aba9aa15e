// Many items written at once, without conditions: in groups as large as DynamoDB takes, again what it left over.
import { BatchWriteItemCommand, type WriteRequest } from '@aws-sdk/client-dynamodb';
import { groupsOf } from '#engine/in-batches';
import { Unavailable } from '#engine/ports';
import { inOurWords } from '../fault.ts';
import { type Item, toStored } from './item.ts';
import type { ItemKey } from './keys.ts';
import { countCapacity, pauseOf, type Table, whatToCount } from './table.ts';

const itemsMax = 25;
const attemptsMax = 8;

const writeOnce = async (table: Table, requests: WriteRequest[]): Promise<WriteRequest[]> => {
  const command = new BatchWriteItemCommand({
    RequestItems: { [table.name]: requests },
    ...whatToCount(table),
  });
  const answer = await inOurWords('DynamoDB BatchWriteItem', () => table.client.send(command));
  countCapacity(table, 'BatchWriteItem', answer.ConsumedCapacity);
  return answer.UnprocessedItems?.[table.name] ?? [];
};

const writeGroup = async (table: Table, requests: WriteRequest[]): Promise<void> => {
  let left = requests;
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    left = await writeOnce(table, left);
    if (left.length === 0) return;
    await pauseOf(table)(attempt);
  }
  throw new Unavailable(`DynamoDB left items of a batch unwritten ${attemptsMax} times.`);
};

export const removeItems = async (table: Table, keys: readonly ItemKey[]): Promise<void> => {
  const requests = keys.map((key): WriteRequest => ({ DeleteRequest: { Key: toStored({ ...key }) } }));
  await Promise.all(groupsOf(requests, itemsMax).map((group) => writeGroup(table, group)));
};

/** Whole items over whatever was there; no key twice. */
export const putItems = async (table: Table, items: readonly Item[]): Promise<void> => {
  const requests = items.map((item): WriteRequest => ({ PutRequest: { Item: toStored(item) } }));
  await Promise.all(groupsOf(requests, itemsMax).map((group) => writeGroup(table, group)));
};
