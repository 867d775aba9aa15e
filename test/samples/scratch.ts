// A table and a queue that hold only what a sample says, and remember what is written: the adapters themselves read and write it.
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { StoredItem } from '#adapters/dynamodb/item';
import type { Table } from '#adapters/dynamodb/table';
import { start } from '../contracts/given.ts';

const name = 'shadowcast-prod';

const isAt =
  (key: StoredItem) =>
  (item: StoredItem): boolean =>
    item.pk?.S === key.pk?.S && item.sk?.S === key.sk?.S;

const answerOf = (command: unknown, items: readonly StoredItem[]): object => {
  if (command instanceof GetItemCommand) return { Item: items.find(isAt(command.input.Key ?? {})) };
  if (command instanceof QueryCommand) return { Items: items };
  if (!(command instanceof BatchGetItemCommand)) return {};
  const keys = command.input.RequestItems?.[name]?.Keys ?? [];
  return {
    Responses: { [name]: keys.map((key) => items.find(isAt(key))).filter((item) => item !== undefined) },
  };
};

const writtenBy = (command: unknown): readonly (StoredItem | undefined)[] => {
  if (command instanceof PutItemCommand) return [command.input.Item];
  if (command instanceof TransactWriteItemsCommand)
    return command.input.TransactItems?.map(({ Put }) => Put?.Item) ?? [];
  return command instanceof BatchWriteItemCommand
    ? (command.input.RequestItems?.[name] ?? []).map(({ PutRequest }) => PutRequest?.Item)
    : [];
};

/** What is there already stands in the way of who wants to be the first. */
const refuseSecond = (command: unknown, items: readonly StoredItem[]): void => {
  if (!(command instanceof PutItemCommand)) return;
  const { Item: wanted = {}, ConditionExpression = '' } = command.input;
  const found = items.find(isAt(wanted));
  if (found === undefined || !ConditionExpression.startsWith('attribute_not_exists')) return;
  throw new ConditionalCheckFailedException({ message: 'It is there.', $metadata: {}, Item: found });
};

export const scratchTable = (items: readonly StoredItem[] = []) => {
  const written: StoredItem[] = [];
  const client = new DynamoDBClient({ region: 'us-east-1' });
  client.send = async (command: unknown) => {
    refuseSecond(command, items);
    for (const item of writtenBy(command)) if (item !== undefined) written.push(item);
    return answerOf(command, items);
  };
  const table: Table = { client, name, now: () => start };
  return { table, written };
};

export const scratchQueue = () => {
  const sent: unknown[] = [];
  const client = new SQSClient({ region: 'us-east-1' });
  client.send = async (command: unknown) => {
    if (command instanceof SendMessageCommand) sent.push(JSON.parse(command.input.MessageBody ?? ''));
    if (command instanceof SendMessageBatchCommand)
      for (const { MessageBody = '' } of command.input.Entries ?? []) sent.push(JSON.parse(MessageBody));
    return {};
  };
  return { client, sent };
};
