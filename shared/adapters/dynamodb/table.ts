// The one table as the stores see it: items by key, conditional writes, pages; and every AWS error in the engine's words.
import { isDeepStrictEqual } from 'node:util';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type ConsumedCapacity,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type ReturnConsumedCapacity,
  TransactionConflictException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { backOff, type Pause } from '../backoff.ts';
import { faultOf } from '../fault.ts';
import { fromStored, type Item, type StoredItem, toStored } from './item.ts';
import { type ItemKey, mayExist } from './keys.ts';

export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
  /** Told what each request consumed, by table and index. Without it nothing is asked for. */
  readonly onCapacity?: (consumed: ConsumedCapacity, operation: string) => void;
  /** Between two attempts of what may work later. */
  readonly pause?: Pause;
}

export interface Condition {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Item;
}

export const isNew: Condition = { expression: 'attribute_not_exists(pk)' };

/** `found` is what stood in the way; undefined: nothing was there. */
export type Put = { readonly done: true } | { readonly done: false; readonly found: Item | undefined };

export const conflictsMax = 5;

export const pauseOf = ({ pause = backOff }: Table): Pause => pause;

export const whatToCount = ({ onCapacity }: Table): { ReturnConsumedCapacity?: ReturnConsumedCapacity } =>
  onCapacity === undefined ? {} : { ReturnConsumedCapacity: 'INDEXES' };

export const countCapacity = (
  { onCapacity }: Table,
  operation: string,
  consumed: ConsumedCapacity | readonly ConsumedCapacity[] | undefined,
): void => {
  if (onCapacity === undefined || consumed === undefined) return;
  for (const one of [consumed].flat()) onCapacity(one, operation);
};

const namesAndValues = ({ names, values }: Condition) => ({
  ...(names === undefined ? {} : { ExpressionAttributeNames: { ...names } }),
  ...(values === undefined ? {} : { ExpressionAttributeValues: toStored(values) }),
});

export const conditionOf = (condition: Condition) => ({
  ConditionExpression: condition.expression,
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  ...namesAndValues(condition),
});

/** Asks again while somebody else's transaction holds the item. */
export const despiteConflicts = async <Answer>(table: Table, ask: () => Promise<Answer>): Promise<Answer> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof TransactionConflictException) || attempt === conflictsMax) throw error;
      await pauseOf(table)(attempt);
    }
  }
};

const readable = (stored: Record<string, AttributeValue> | undefined): Item | undefined =>
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

export type Consistency = 'consistent' | 'eventually consistent';

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
  try {
    const { Item: stored, ConsumedCapacity: consumed } = await table.client.send(command);
    countCapacity(table, 'GetItem', consumed);
    return readable(stored);
  } catch (error) {
    throw faultOf('DynamoDB GetItem', error);
  }
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
