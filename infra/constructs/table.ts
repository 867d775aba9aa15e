// How our house builds its one table: encrypted with our own key, restorable to any second, without streams.
import { Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { table as names } from '#operations/table';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import type { Permission } from './permission.ts';
import { named, type Stage } from './stage.ts';

const readings = ['GetItem', 'BatchGetItem', 'Query'] as const;
const writings = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'ConditionCheckItem'] as const;
/** TransactWriteItems and TransactGetItems have no action of their own: they use these. */
export type TableAction = (typeof readings)[number] | (typeof writings)[number];
export type IndexName = keyof typeof names.indexes;

const keyActions = {
  read: ['kms:Decrypt', 'kms:DescribeKey'],
  write: [
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:GenerateDataKeyWithoutPlaintext',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ],
};

const writes = (actions: readonly TableAction[]): boolean =>
  actions.some((action) => (writings as readonly string[]).includes(action));

/** What changing a slot takes, wherever it is changed: slot, records and ends in one go. */
export const changesSlots = [
  'GetItem',
  'BatchGetItem',
  'PutItem',
  'UpdateItem',
] as const satisfies readonly TableAction[];

export class HouseTable extends Construct {
  readonly name: string;
  readonly #table: Table;
  readonly #key: Key;

  constructor(scope: Construct, id: string, { stage, errorImpact }: { readonly stage: Stage } & ErrorImpact) {
    super(scope, id);
    this.#key = new Key(this, 'Key', {
      description: `Encrypts the table ${named(stage)}`,
      enableKeyRotation: true,
      removalPolicy: stage.removalPolicy,
    });
    this.#table = new Table(this, 'Table', {
      // Named, because the keys CLI finds the table of a stage by this convention alone.
      tableName: named(stage),
      billingMode: BillingMode.PAY_PER_REQUEST,
      partitionKey: { name: names.partitionKey, type: AttributeType.STRING },
      sortKey: { name: names.sortKey, type: AttributeType.STRING },
      timeToLiveAttribute: names.expiresAt,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.#key,
      deletionProtection: stage.isProduction,
      removalPolicy: stage.removalPolicy,
    });
    this.name = this.#table.tableName;
    this.#indexBy('listed', AttributeType.STRING);
    this.#indexBy('due', AttributeType.NUMBER);
    saysWhoIsHurt(this.#table, { errorImpact });
  }

  /** Keys only: both indexes are lists of where to look, and each projected byte would be written twice. */
  #indexBy(index: IndexName, sortKeyType: AttributeType): void {
    const { name, partitionKey, sortKey } = names.indexes[index];
    this.#table.addGlobalSecondaryIndex({
      indexName: name,
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: sortKeyType },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }

  /** Actions on the items themselves, with the key that these actions need. */
  allows(...actions: readonly TableAction[]): Permission[] {
    return [this.#actions(actions, this.#table.tableArn), this.#keyFor(actions)];
  }

  /** Each index by its name: no wildcard, and the sweeper can be given one of them without the other. */
  allowsQueryOf(...indexes: readonly IndexName[]): Permission {
    const arns = indexes.map((index) => `${this.#table.tableArn}/index/${names.indexes[index].name}`);
    return this.#actions(['Query'], ...arns);
  }

  #actions(actions: readonly TableAction[], ...resources: readonly string[]): Permission {
    return { actions: actions.map((action) => `dynamodb:${action}`), resources };
  }

  /** Only through DynamoDB: nobody can use the key on anything else that it might once have encrypted. */
  #keyFor(actions: readonly TableAction[]): Permission {
    return {
      actions: [...keyActions.read, ...(writes(actions) ? keyActions.write : [])],
      resources: [this.#key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${Stack.of(this).region}.amazonaws.com` } },
    };
  }
}
