// Items by their keys: one read, one conditional write; and every AWS error in the engine's words.
import { isDeepStrictEqual } from 'node:util';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { faultOf, inOurWords } from '../fault.ts';
import { type Condition, conditionOf, type Put } from './condition.ts';
import { fromStored, type Item, isThere, type StoredItem, toStored } from './item.ts';
import { type ItemKey, mayExist } from './keys.ts';
import {
  type Consistency,
  countCapacity,
  despiteConflicts,
  nowOf,
  type Table,
  whatToCount,
} from './table.ts';

const readable = (stored: StoredItem | undefined): Item | undefined =>
  stored === undefined ? undefined : fromStored(stored);

const unlessConditionFailed = async (call: string, write: () => Promise<unknown>): Promise<Put> => {
  try {
    await write();
    return { done: true };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { done: false, found: readable(error.Item) };
    throw faultOf(call, error);
  }
};

export const getItem = async (
  table: Table,
  key: ItemKey,
  consistency: Consistency = 'consistent',
): Promise<Item | undefined> => {
  if (!mayExist(key)) return undefined;
  const command = new GetItemCommand({
    TableName: table.name,
    Key: toStored({ ...key }),
    ConsistentRead: consistency === 'consistent',
    ...whatToCount(table),
  });
  const answer = await inOurWords('DynamoDB GetItem', () => table.client.send(command));
  countCapacity(table, 'GetItem', answer.ConsumedCapacity);
  const item = readable(answer.Item);
  return item !== undefined && isThere(nowOf(table))(item) ? item : undefined;
};

/** The SDK wrote it, did not hear of it, and tried again: then what stands in our way is what we wrote. */
const isOwnRepeat = (error: unknown, written: StoredItem): boolean =>
  error instanceof ConditionalCheckFailedException &&
  (error.$metadata.attempts ?? 1) > 1 &&
  isDeepStrictEqual(error.Item, written);

export const putItem = (table: Table, item: Item, condition?: Condition): Promise<Put> => {
  const stored = toStored(item);
  const command = new PutItemCommand({
    TableName: table.name,
    Item: stored,
    ...(condition === undefined ? {} : conditionOf(condition)),
    ...whatToCount(table),
  });
  const write = async (): Promise<void> => {
    try {
      const { ConsumedCapacity: consumed } = await despiteConflicts(table, () => table.client.send(command));
      countCapacity(table, 'PutItem', consumed);
    } catch (error) {
      if (!isOwnRepeat(error, stored)) throw error;
    }
  };
  return unlessConditionFailed('DynamoDB PutItem', write);
};

/** Gone afterwards, whether it was there or not. */
export const removeItem = async (table: Table, key: ItemKey): Promise<void> => {
  const command = new DeleteItemCommand({
    TableName: table.name,
    Key: toStored({ ...key }),
    ...whatToCount(table),
  });
  const { ConsumedCapacity: consumed } = await inOurWords('DynamoDB DeleteItem', () =>
    despiteConflicts(table, () => table.client.send(command)),
  );
  countCapacity(table, 'DeleteItem', consumed);
};

export const removeItemIf = (table: Table, key: ItemKey, condition: Condition): Promise<Put> => {
  const command = new DeleteItemCommand({
    TableName: table.name,
    Key: toStored({ ...key }),
    ...conditionOf(condition),
    ...whatToCount(table),
  });
  return unlessConditionFailed('DynamoDB DeleteItem', async () => {
    const { ConsumedCapacity: consumed } = await despiteConflicts(table, () => table.client.send(command));
    countCapacity(table, 'DeleteItem', consumed);
  });
};

/** Changes part of an item that is there: the names and values of `condition` serve `set` too. */
export const updateItem = (table: Table, key: ItemKey, set: string, condition: Condition): Promise<Put> => {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: toStored({ ...key }),
    UpdateExpression: `SET ${set}`,
    ...conditionOf(condition),
    ...whatToCount(table),
  });
  return unlessConditionFailed('DynamoDB UpdateItem', async () => {
    const { ConsumedCapacity: consumed } = await despiteConflicts(table, () => table.client.send(command));
    countCapacity(table, 'UpdateItem', consumed);
  });
};
