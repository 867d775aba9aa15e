// Tables as infra declares them, made in DynamoDB Local, one for each test that asks.
import { randomUUID } from 'node:crypto';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  type GlobalSecondaryIndex,
} from '@aws-sdk/client-dynamodb';
import { inject } from 'vitest';
import type { Table } from '#adapters/dynamodb/table';
import { table as names } from '#operations/table';

const keySchema = (partitionKey: string, sortKey: string): GlobalSecondaryIndex['KeySchema'] => [
  { AttributeName: partitionKey, KeyType: 'HASH' },
  { AttributeName: sortKey, KeyType: 'RANGE' },
];

const indexes = Object.values(names.indexes);

const texts = [
  names.partitionKey,
  names.sortKey,
  names.indexes.listed.partitionKey,
  names.indexes.listed.sortKey,
  names.indexes.due.partitionKey,
];

const definition = (name: string): CreateTableCommandInput => ({
  TableName: name,
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: keySchema(names.partitionKey, names.sortKey),
  AttributeDefinitions: [
    ...texts.map((text) => ({ AttributeName: text, AttributeType: 'S' as const })),
    { AttributeName: names.indexes.due.sortKey, AttributeType: 'N' },
  ],
  GlobalSecondaryIndexes: indexes.map((index) => ({
    IndexName: index.name,
    KeySchema: keySchema(index.partitionKey, index.sortKey),
    Projection: { ProjectionType: 'KEYS_ONLY' },
  })),
});

/** What may happen to a request before it is sent: a throw is what the caller gets. */
export type OnRequest = (commandName: string) => void;

export const localClient = (onRequest?: OnRequest): DynamoDBClient => {
  const client = new DynamoDBClient({
    endpoint: inject('dynamodbEndpoint'),
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        onRequest?.(commandName);
        return next(args);
      },
    { step: 'initialize' },
  );
  return client;
};

let shared: DynamoDBClient | undefined;

/** When the tests' own times begin: nothing of theirs expires by the calendar on the wall. */
const now = () => Date.UTC(2026, 0, 1);

export const freshTable = async (changes: Partial<Omit<Table, 'name'>> = {}): Promise<Table> => {
  const name = `test-${randomUUID()}`;
  shared ??= localClient();
  await shared.send(new CreateTableCommand(definition(name)));
  return { client: shared, name, now, ...changes };
};
