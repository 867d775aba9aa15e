// Carries messages from a queue to a function, as an SQS event source mapping does.

import { setTimeout as wait } from 'node:timers/promises';
import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { doneMessages } from './batch-outcome.ts';
import type { LocalFunction } from './local-function.ts';
import { type Outcome, throttledType } from './messages.ts';

export type EventSource = {
  queueUrl: string;
  queueArn: string;
  region: string;
  batchSize: number;
  /** How long a batch that is not yet full may be held back. */
  windowMs: number;
  reportsFailures: boolean;
  /** Batches in flight at one time. */
  concurrencyMax: number;
  target: LocalFunction;
  /** By how much the functions' time is ahead of the queue's. */
  aheadMs?: () => number;
  log: (line: string) => void;
};

/** SQS's own limit for one receive and one delete. */
const sqsBatchMax = 10;
const longPollSeconds = 20;
const afterErrorMs = 1000;
/** Lambda's pollers wait longer and longer; here nobody competes for the room that they wait for. */
const afterThrottleMs = 25;

const attributeOf = ({ StringValue, BinaryValue, DataType }: MessageAttributeValue) => ({
  stringValue: StringValue,
  binaryValue: BinaryValue === undefined ? undefined : Buffer.from(BinaryValue).toString('base64'),
  stringListValues: [],
  binaryListValues: [],
  dataType: DataType,
});

const timestamps = new Set(['SentTimestamp', 'ApproximateFirstReceiveTimestamp']);

/** The queue goes by the machine's time, whoever reads this by the cloud's. */
const inTimeOf = ({ aheadMs = () => 0 }: EventSource, attributes: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      timestamps.has(name) ? String(Number(value) + aheadMs()) : value,
    ]),
  );

const recordOf = (message: Message, source: EventSource) => ({
  messageId: message.MessageId,
  receiptHandle: message.ReceiptHandle,
  body: message.Body,
  attributes: inTimeOf(source, message.Attributes ?? {}),
  messageAttributes: Object.fromEntries(
    Object.entries(message.MessageAttributes ?? {}).map(([name, value]) => [name, attributeOf(value)]),
  ),
  md5OfBody: message.MD5OfBody,
  md5OfMessageAttributes: message.MD5OfMessageAttributes,
  eventSource: 'aws:sqs',
  eventSourceARN: source.queueArn,
  awsRegion: source.region,
});

const receiver =
  (sqs: SQSClient, source: EventSource, abortSignal: AbortSignal) =>
  async (count: number, waitSeconds: number): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: source.queueUrl,
        MaxNumberOfMessages: Math.min(count, sqsBatchMax),
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal },
    );
    return Messages;
  };

/** A first receive that waits long; then, within the window, as many more as fit. */
const receiveBatch = async (
  receive: ReturnType<typeof receiver>,
  source: EventSource,
): Promise<Message[]> => {
  const batch = await receive(source.batchSize, longPollSeconds);
  const until = Date.now() + source.windowMs;
  while (batch.length > 0 && batch.length < source.batchSize && Date.now() < until) {
    const seconds = Math.min(longPollSeconds, Math.ceil((until - Date.now()) / 1000));
    batch.push(...(await receive(source.batchSize - batch.length, seconds)));
  }
  return batch;
};

const remove = async (
  sqs: SQSClient,
  { queueUrl }: EventSource,
  messages: readonly Message[],
): Promise<void> => {
  for (let start = 0; start < messages.length; start += sqsBatchMax) {
    const Entries = messages.slice(start, start + sqsBatchMax).map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
    }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
};

/** A call that there is no room for is no failure of its messages: it is tried again. */
const untilThereIsRoom = async (
  { target }: EventSource,
  event: string,
  stopped: AbortSignal,
): Promise<Outcome> => {
  for (;;) {
    const outcome = await target.invoke(event);
    const isThrottled = !outcome.ok && outcome.error.errorType === throttledType;
    if (!isThrottled || stopped.aborted) return outcome;
    await wait(afterThrottleMs, undefined, { signal: stopped }).catch(() => {});
  }
};

/** What is not deleted comes back when its visibility ends, and goes to the dead letters by the queue's own policy. */
const handle = async (
  sqs: SQSClient,
  source: EventSource,
  batch: readonly Message[],
  stopped: AbortSignal,
): Promise<void> => {
  const event = JSON.stringify({ Records: batch.map((message) => recordOf(message, source)) });
  const outcome = await untilThereIsRoom(source, event, stopped);
  const ids = batch.map(({ MessageId }) => MessageId ?? '');
  const done = new Set(doneMessages(ids, outcome, source.reportsFailures));
  await remove(
    sqs,
    source,
    batch.filter(({ MessageId }) => done.has(MessageId ?? '')),
  );
};

/** Counts batches in flight; `free` waits until there is room for one more. */
const slots = (max: number) => {
  const running = new Set<Promise<void>>();
  return {
    free: async () => {
      while (running.size >= max) await Promise.race(running);
    },
    start: (work: Promise<void>) => {
      const tracked = work.finally(() => running.delete(tracked));
      running.add(tracked);
    },
  };
};

/** Runs until it is stopped; stopping does not wait for batches in flight, they come back by themselves. */
export const startEventSource = (sqs: SQSClient, source: EventSource): { stop: () => Promise<void> } => {
  const stopped = new AbortController();
  const receive = receiver(sqs, source, stopped.signal);
  const inFlight = slots(source.concurrencyMax);
  const complain = (error: unknown): void => {
    if (!stopped.signal.aborted) source.log(`event source ${source.queueArn}: ${String(error)}`);
  };

  const once = async (): Promise<void> => {
    await inFlight.free();
    const batch = await receiveBatch(receive, source);
    if (batch.length > 0 && !stopped.signal.aborted)
      inFlight.start(handle(sqs, source, batch, stopped.signal).catch(complain));
  };

  const run = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await once().catch(async (error: unknown) => {
        complain(error);
        await wait(afterErrorMs, undefined, { signal: stopped.signal }).catch(() => {});
      });
    }
  };

  const ended = run();
  return {
    stop: async () => {
      stopped.abort();
      await ended;
    },
  };
};
