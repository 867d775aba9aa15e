// The one table: where it is, how patient we are with it, and who counts what it costs.
import {
  type ConsumedCapacity,
  type DynamoDBClient,
  type ReturnConsumedCapacity,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { longest, type Retention } from '#operations/retention';
import { backOff, type Pause } from '../backoff.ts';

export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
  /** Told what each request consumed, by table and index. Without it nothing is asked for. */
  readonly onCapacity?: (consumed: ConsumedCapacity, operation: string) => void;
  /** How long what is over is kept; absent: as long as anywhere. */
  readonly retention?: Retention;
  /** The time, for what is noted of when it was used; absent: the machine's. */
  readonly now?: () => number;
  /** Between two attempts of what may work later. */
  readonly pause?: Pause;
}

export type Consistency = 'consistent' | 'eventually consistent';

export const conflictsMax = 5;

export const retentionOf = ({ retention = longest }: Table): Retention => retention;

export const nowOf = ({ now = Date.now }: Table): number => now();

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
