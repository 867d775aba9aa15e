// What a request to DynamoDB needs to be allowed: operations on several items need an action for each kind of them.

import type { Need } from '../evaluate.ts';
import type { Place } from './place.ts';

type Body = Readonly<Record<string, unknown>>;
type Read = (arns: Arns, operation: string, body: Body) => Need[];
type Arns = { table: (name: unknown) => string; index: (table: unknown, name: unknown) => string };

const arnsOf = ({ partition, region, accountId }: Place): Arns => {
  // A request may name a table by its ARN as well.
  const table = (name: unknown): string =>
    String(name).startsWith('arn:')
      ? String(name)
      : `arn:${partition}:dynamodb:${region}:${accountId}:table/${String(name)}`;
  return { table, index: (of, name) => `${table(of)}/index/${String(name)}` };
};

const onTable: Read = ({ table }, operation, { TableName }) => [
  { action: `dynamodb:${operation}`, resource: TableName === undefined ? '*' : table(TableName) },
];

/** Of an index only the index is asked about, not its table. */
const onTableOrIndex: Read = (arns, operation, body) =>
  body.IndexName === undefined
    ? onTable(arns, operation, body)
    : [{ action: `dynamodb:${operation}`, resource: arns.index(body.TableName, body.IndexName) }];

const onEachTable: Read = ({ table }, operation, { RequestItems }) =>
  Object.keys(Object(RequestItems)).map((name) => ({
    action: `dynamodb:${operation}`,
    resource: table(name),
  }));

/** Transactions have no action of their own. */
const actionsInTransaction: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  ConditionCheck: 'ConditionCheckItem',
};

const onEachItem: Read = ({ table }, _operation, { TransactItems }) => {
  const items = Array.isArray(TransactItems) ? TransactItems : [];
  return items.flatMap((item: Record<string, Body>) =>
    Object.entries(item).map(([kind, { TableName }]) => ({
      action: `dynamodb:${actionsInTransaction[kind] ?? kind}`,
      resource: table(TableName),
    })),
  );
};

const reads: Readonly<Record<string, Read>> = {
  Query: onTableOrIndex,
  Scan: onTableOrIndex,
  BatchGetItem: onEachTable,
  BatchWriteItem: onEachTable,
  TransactWriteItems: onEachItem,
  TransactGetItems: onEachItem,
};

export const dynamodbNeeds =
  (place: Place) =>
  (operation: string, body: Body): Need[] =>
    (reads[operation] ?? onTable)(arnsOf(place), operation, body);
