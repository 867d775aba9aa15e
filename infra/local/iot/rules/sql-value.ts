// Values of AWS IoT SQL: JSON, or Undefined, which is what every path that leads nowhere has.
import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json } from '../json.ts';

export type SqlValue = Json | undefined;

export const valueAt = (document: SqlValue, path: readonly string[]): SqlValue =>
  path.reduce<SqlValue>(
    (value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    document,
  );

/** Undefined on either side gives Undefined, in the logic too; only `true` lets a message pass. */
export const isEqual = (left: SqlValue, right: SqlValue): boolean | undefined =>
  left === undefined || right === undefined ? undefined : isDeepStrictEqual(left, right);

export const not = (value: SqlValue): boolean | undefined =>
  typeof value === 'boolean' ? !value : undefined;

export const both = (left: SqlValue, right: SqlValue): boolean | undefined =>
  typeof left === 'boolean' && typeof right === 'boolean' ? left && right : undefined;

export const either = (left: SqlValue, right: SqlValue): boolean | undefined =>
  typeof left === 'boolean' && typeof right === 'boolean' ? left || right : undefined;
