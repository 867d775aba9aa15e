// What an expression of a rule is worth for one message.
import type { Message } from '../message.ts';
import { both, either, isEqual, not, type SqlValue, valueAt } from './sql-value.ts';

export interface SqlContext {
  message: Message;
  /** Undefined where the payload is not JSON. */
  document: SqlValue;
  now: number;
}

export type Expression = (context: SqlContext) => SqlValue;

export const literal =
  (value: SqlValue): Expression =>
  () =>
    value;

export const path =
  (keys: readonly string[]): Expression =>
  ({ document }) =>
    valueAt(document, keys);

export const wholeTopic: Expression = ({ message }) => message.topic;

/** Counted from 1. */
export const topicSegment =
  (position: number): Expression =>
  ({ message }) =>
    message.topic.split('/')[position - 1];

export const timestamp: Expression = ({ now }) => now;
export const clientId: Expression = ({ message }) => message.clientId ?? 'n/a';
export const payloadBase64: Expression = ({ message }) => Buffer.from(message.payload).toString('base64');

const lift =
  (act: (left: SqlValue, right: SqlValue) => SqlValue) =>
  (left: Expression, right: Expression): Expression =>
  (context) =>
    act(left(context), right(context));

export const and = lift(both);
export const or = lift(either);
export const equal = lift(isEqual);
export const different = lift((left, right) => not(isEqual(left, right)));

export const negated =
  (inner: Expression): Expression =>
  (context) =>
    not(inner(context));

export const isUndefined =
  (inner: Expression): Expression =>
  (context) =>
    inner(context) === undefined;

export const isNull =
  (inner: Expression): Expression =>
  (context) =>
    inner(context) === null;
