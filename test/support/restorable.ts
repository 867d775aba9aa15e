// The whole system over a table that can be copied and put back, as a restore does: shadows, queues and things are not.

import {
  type AttributeValue,
  BatchWriteItemCommand,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { it } from 'vitest';
import { dynamoStores } from '#adapters/dynamodb/stores';
import type { Table } from '#adapters/dynamodb/table';
import { groupsOf } from '#engine/in-batches';
import { table as names } from '#operations/table';
import { freshTable } from './dynamodb-table.ts';
import { strideOf } from './share.ts';
import { type SmallSystem, smallSystem } from './small-system.ts';

type Item = Record<string, AttributeValue>;

const itemsOf = async ({ client, name }: Table): Promise<Item[]> => {
  const items: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName: name, ConsistentRead: true, ExclusiveStartKey }),
    );
    items.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey !== undefined);
  return items;
};

const keyIn = (item: Item): Item =>
  Object.fromEntries(
    [names.partitionKey, names.sortKey].map((key) => [key, item[key] as AttributeValue] as const),
  );

const writeAll = async ({ client, name }: Table, requests: readonly WriteRequest[]): Promise<void> => {
  for (const group of groupsOf(requests, 25))
    await client.send(new BatchWriteItemCommand({ RequestItems: { [name]: group } }));
};

/** Returns what makes it again what it was. */
export type Remember = () => Promise<() => Promise<void>>;

export type RestorableSystem = SmallSystem & { readonly remember: Remember };

/** Where a story is told. */
export type Restorable = () => Promise<RestorableSystem>;

const inMemory: Restorable = async () => {
  const system = smallSystem();
  return {
    ...system,
    remember: async () => {
      const restore = system.rememberStores();
      return async () => restore();
    },
  };
};

const inDynamoDb: Restorable = async () => {
  const table = await freshTable({ now: () => system.clock.now() });
  const system: SmallSystem = smallSystem((world) => ({ ...world, ...dynamoStores(table) }));
  return {
    ...system,
    remember: async () => {
      const then = await itemsOf(table);
      return async () => {
        const now = await itemsOf(table);
        await writeAll(
          table,
          now.map((item) => ({ DeleteRequest: { Key: keyIn(item) } })),
        );
        await writeAll(
          table,
          then.map((Item) => ({ PutRequest: { Item } })),
        );
      };
    },
  };
};

/** Each is told in memory, and a share of them, which each run draws anew, over DynamoDB Local too; with `CRASH_POINTS=all` every one. */
export const storyTeller = () => {
  const { start, stride } = strideOf(14);
  let told = 0;
  return (name: string, story: (restorable: Restorable) => Promise<void>): void => {
    it(name, () => story(inMemory));
    if (told % stride === start) it(`${name}, in DynamoDB Local`, () => story(inDynamoDb));
    told += 1;
  };
};
