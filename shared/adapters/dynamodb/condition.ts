// What must hold for a write, and what stood in its way.
import { table as names } from '#operations/table';
import { type Item, toStored } from './item.ts';

export interface Condition {
  readonly expression: string;
  readonly names?: Readonly<Record<string, string>>;
  readonly values?: Item;
}

export const isNew: Condition = { expression: 'attribute_not_exists(pk)' };

/** What has expired may still lie there. */
export const isNewAt = (now: number): Condition => ({
  expression: 'attribute_not_exists(pk) OR #expiresAt < :now',
  names: { '#expiresAt': names.expiresAt },
  values: { ':now': Math.floor(now / 1000) },
});

/** What lies there is of this version (its attribute `v`); 0: nothing lies there. */
export const overVersion = (version: number): Condition =>
  version === 0
    ? isNew
    : { expression: '#v = :before', names: { '#v': 'v' }, values: { ':before': version } };

/** `found` is what stood in the way; undefined: nothing was there. */
export type Put = { readonly done: true } | { readonly done: false; readonly found: Item | undefined };

const namesAndValues = ({ names, values }: Condition) => ({
  ...(names === undefined ? {} : { ExpressionAttributeNames: { ...names } }),
  ...(values === undefined ? {} : { ExpressionAttributeValues: toStored(values) }),
});

export const conditionOf = (condition: Condition) => ({
  ConditionExpression: condition.expression,
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  ...namesAndValues(condition),
});
