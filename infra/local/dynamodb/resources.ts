// The DynamoDB resources of our templates.
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  type KeySchemaElement,
  ResourceNotFoundException,
  type TableDescription,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { PlainError } from '../plain-error.ts';
import { arnOf, resourceType, withoutEffect } from '../template/resource-type.ts';

const keySchema = z.array(
  z.strictObject({ AttributeName: z.string(), KeyType: z.literal(['HASH', 'RANGE']) }),
);

const index = z.strictObject({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.strictObject({
    ProjectionType: z.literal(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
  ContributorInsightsSpecification: withoutEffect('there is no CloudWatch here'),
});
type Index = z.infer<typeof index>;

const properties = z.strictObject({
  TableName: z.string().optional(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.strictObject({ AttributeName: z.string(), AttributeType: z.literal(['S', 'N', 'B']) }),
  ),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  GlobalSecondaryIndexes: z.array(index).default([]),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string(), Enabled: z.literal(true) }).optional(),
  PointInTimeRecoverySpecification: withoutEffect('there are no backups here; --fresh starts anew'),
  SSESpecification: withoutEffect('nothing is encrypted at rest on this machine'),
  DeletionProtectionEnabled: withoutEffect('--fresh removes everything, and says so'),
  ContributorInsightsSpecification: withoutEffect('there is no CloudWatch here'),
  Tags: withoutEffect('nothing is billed here'),
});
type Table = z.infer<typeof properties>;

const indexInput = ({ IndexName, KeySchema, Projection: { ProjectionType, NonKeyAttributes } }: Index) => ({
  IndexName,
  KeySchema,
  Projection: { ProjectionType, ...(NonKeyAttributes === undefined ? {} : { NonKeyAttributes }) },
});

const createInput = (TableName: string, table: Table): CreateTableCommandInput => ({
  TableName,
  KeySchema: table.KeySchema,
  AttributeDefinitions: table.AttributeDefinitions,
  BillingMode: table.BillingMode,
  ...(table.GlobalSecondaryIndexes.length === 0
    ? {}
    : { GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map(indexInput) }),
});

const describe = async (client: DynamoDBClient, TableName: string): Promise<TableDescription | undefined> => {
  try {
    return (await client.send(new DescribeTableCommand({ TableName }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

const keyText = (schema: readonly KeySchemaElement[] = []): string =>
  schema
    .map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName}`)
    .sort()
    .join(', ');

const refuseOtherKeys = (
  what: string,
  wanted: readonly KeySchemaElement[],
  found: TableDescription['KeySchema'],
) => {
  if (keyText(wanted) === keyText(found)) return;
  throw new PlainError(
    `${what} has the keys ${keyText(found)} on this machine and ${keyText(wanted)} in the template: start with --fresh to make it anew (its data is then gone)`,
  );
};

/** What CloudFormation does without replacing the table: indexes come and go. */
const update = async (client: DynamoDBClient, TableName: string, table: Table, found: TableDescription) => {
  refuseOtherKeys(`the table ${TableName}`, table.KeySchema, found.KeySchema);
  const existing = new Map((found.GlobalSecondaryIndexes ?? []).map((each) => [each.IndexName, each]));
  const wanted = new Set(table.GlobalSecondaryIndexes.map(({ IndexName }) => IndexName));
  for (const IndexName of existing.keys()) {
    if (IndexName === undefined || wanted.has(IndexName)) continue;
    const GlobalSecondaryIndexUpdates = [{ Delete: { IndexName } }];
    await client.send(new UpdateTableCommand({ TableName, GlobalSecondaryIndexUpdates }));
  }
  for (const each of table.GlobalSecondaryIndexes) {
    const present = existing.get(each.IndexName);
    if (present !== undefined) {
      refuseOtherKeys(`the index ${each.IndexName} of ${TableName}`, each.KeySchema, present.KeySchema);
      continue;
    }
    const { AttributeDefinitions } = table;
    const GlobalSecondaryIndexUpdates = [{ Create: indexInput(each) }];
    await client.send(
      new UpdateTableCommand({ TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates }),
    );
  }
};

const expire = async (
  client: DynamoDBClient,
  TableName: string,
  { TimeToLiveSpecification }: Table,
): Promise<void> => {
  if (TimeToLiveSpecification === undefined) return;
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  if (TimeToLiveDescription?.TimeToLiveStatus === 'ENABLED') return;
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
};

const putTable = async (client: DynamoDBClient, TableName: string, table: Table): Promise<void> => {
  const found = await describe(client, TableName);
  if (found !== undefined) await update(client, TableName, table, found);
  else {
    await client.send(new CreateTableCommand(createInput(TableName, table)));
    await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { TableName });
  }
  await expire(client, TableName, table);
};

export const dynamodbTypes = {
  'AWS::DynamoDB::Table': resourceType({
    properties,
    nameProperty: 'TableName',
    attributes: { Arn: arnOf('dynamodb', 'table/') },
    starts: {
      with: 'stores',
      start: (resource, { dynamodb }) => putTable(dynamodb, resource.name, resource.properties),
    },
  }),
};
