// Several items in one all-or-nothing write: which condition failed, retried while another transaction is in the way.
import {
  type CancellationReason,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { Unavailable } from '#engine/ports';
import { faultOf } from '../fault.ts';
import { type Condition, conditionOf } from './condition.ts';
import { type Item, toStored } from './item.ts';
import type { ItemKey } from './keys.ts';
import { conflictsMax, countCapacity, pauseOf, type Table, whatToCount } from './table.ts';

export type Write =
  | { readonly put: Item; readonly condition: Condition }
  | { readonly remove: ItemKey; readonly condition?: Condition };

/** `failed`: the places of the writes whose conditions did not hold, in the order given. */
export type Transacted =
  | { readonly done: true }
  | { readonly done: false; readonly failed: readonly number[] };

const asTransactItem = (table: Table, write: Write): TransactWriteItem =>
  'put' in write
    ? { Put: { TableName: table.name, Item: toStored(write.put), ...conditionOf(write.condition) } }
    : {
        Delete: {
          TableName: table.name,
          Key: toStored({ ...write.remove }),
          ...(write.condition === undefined ? {} : conditionOf(write.condition)),
        },
      };

const busyCodes: ReadonlySet<string> = new Set([
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

const failedIn = (reasons: readonly CancellationReason[]): number[] =>
  reasons.flatMap(({ Code }, place) => (Code === 'ConditionalCheckFailed' ? [place] : []));

/** Busy only if nothing else is wrong: a validation error does not go away by waiting. */
const isBusy = (reasons: readonly CancellationReason[]): boolean =>
  reasons.some(({ Code = '' }) => busyCodes.has(Code)) &&
  reasons.every(({ Code = 'None' }) => Code === 'None' || busyCodes.has(Code));

type Attempt = Transacted | { readonly busy: unknown };

const call = 'DynamoDB TransactWriteItems';

const outcomeOf = (error: unknown): Attempt => {
  if (error instanceof TransactionConflictException) return { busy: error };
  if (!(error instanceof TransactionCanceledException)) throw faultOf(call, error);
  const reasons = error.CancellationReasons ?? [];
  const failed = failedIn(reasons);
  if (failed.length > 0) return { done: false, failed };
  if (isBusy(reasons)) return { busy: error };
  throw faultOf(call, error);
};

const attempt = async (table: Table, writes: readonly Write[]): Promise<Attempt> => {
  // A new command each time: it carries the token by which the SDK's own retries are known as repeats.
  const command = new TransactWriteItemsCommand({
    TransactItems: writes.map((write) => asTransactItem(table, write)),
    ...whatToCount(table),
  });
  try {
    const { ConsumedCapacity: consumed } = await table.client.send(command);
    countCapacity(table, 'TransactWriteItems', consumed);
    return { done: true };
  } catch (error) {
    return outcomeOf(error);
  }
};

export const transact = async (table: Table, writes: readonly Write[]): Promise<Transacted> => {
  for (let number = 1; ; number++) {
    const outcome = await attempt(table, writes);
    if (!('busy' in outcome)) return outcome;
    if (number === conflictsMax)
      throw new Unavailable(`${call}: still in conflict after ${number} attempts.`, { cause: outcome.busy });
    await pauseOf(table)(number);
  }
};
