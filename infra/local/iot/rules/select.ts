// What a rule makes of a message: the payload of its actions, or nothing where the message is not meant.
import { decodeUtf8, isObject, type Json, jsonBytes, parseJson } from '../json.ts';
import type { Message } from '../message.ts';
import { matchesFilter } from '../topics.ts';
import type { SqlContext } from './sql-evaluate.ts';
import type { Statement } from './sql-parse.ts';

/** Throws where the statement needs a JSON object and the message is none. */
export const select = (statement: Statement, message: Message, now: number): Uint8Array | undefined => {
  if (!matchesFilter(statement.filter, message.topic)) return undefined;
  const context: SqlContext = { message, document: parseJson(decodeUtf8(message.payload) ?? ''), now };
  if (statement.where !== undefined && statement.where(context) !== true) return undefined;
  // `SELECT *` alone hands on whatever it is, binary too.
  if (statement.isWhole && statement.columns.length === 0) return message.payload;
  return jsonBytes({ ...wholeOf(statement, context), ...columnsOf(statement, context) });
};

const wholeOf = ({ isWhole }: Statement, { document }: SqlContext): object => {
  if (!isWhole) return {};
  if (!isObject(document)) throw new Error('SELECT * with further columns needs a JSON object');
  return document;
};

/** A column without a value is left out. */
const columnsOf = ({ columns }: Statement, context: SqlContext): object =>
  Object.fromEntries(
    columns.flatMap(({ name, value }): [string, Json][] => {
      const result = value(context);
      return result === undefined ? [] : [[name, result]];
    }),
  );
