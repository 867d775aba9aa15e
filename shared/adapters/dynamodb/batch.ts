// Many items at once, however many: in groups as large as DynamoDB takes, asking again for what it left out.
import { BatchGetItemCommand, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { groupsOf } from '#engine/in-batches';
import { Unavailable } from '#engine/ports';
import { inOurWords } from '../fault.ts';
import { fromStored, type Item, isThere, toStored } from './item.ts';
import { type ItemKey, mayExist } from './keys.ts';
import { type Consistency, countCapacity, nowOf, pauseOf, type Table, whatToCount } from './table.ts';

const keysMax = 100;
const attemptsMax = 8;

/** DynamoDB refuses a batch that asks for an item twice. */
const distinct = (keys: readonly ItemKey[]): ItemKey[] => [
  ...new Map(keys.map((key) => [JSON.stringify([key.pk, key.sk]), key])).values(),
];

type Asked = Record<string, KeysAndAttributes>;

const askOnce = async (table: Table, asked: Asked): Promise<{ found: Item[]; left: Asked }> => {
  const command = new BatchGetItemCommand({ RequestItems: asked, ...whatToCount(table) });
  const answer = await inOurWords('DynamoDB BatchGetItem', () => table.client.send(command));
  countCapacity(table, 'BatchGetItem', answer.ConsumedCapacity);
  return {
    found: (answer.Responses?.[table.name] ?? []).map(fromStored).filter(isThere(nowOf(table))),
    left: answer.UnprocessedKeys ?? {},
  };
};

const getGroup = async (
  table: Table,
  keys: readonly ItemKey[],
  consistency: Consistency,
): Promise<Item[]> => {
  const items: Item[] = [];
  let asked: Asked = {
    [table.name]: {
      Keys: keys.map((key) => toStored({ ...key })),
      ConsistentRead: consistency === 'consistent',
    },
  };
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const { found, left } = await askOnce(table, asked);
    items.push(...found);
    if (Object.keys(left).length === 0) return items;
    asked = left;
    await pauseOf(table)(attempt);
  }
  throw new Unavailable(`DynamoDB left out items of a batch ${attemptsMax} times.`);
};

/** Those that exist, each once, in any order. */
export const getItems = async (
  table: Table,
  keys: readonly ItemKey[],
  consistency: Consistency = 'consistent',
): Promise<Item[]> => {
  const groups = groupsOf(distinct(keys.filter(mayExist)), keysMax);
  return (await Promise.all(groups.map((group) => getGroup(table, group, consistency)))).flat();
};
