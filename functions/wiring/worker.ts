// A worker: takes messages in batches and gives back only those that failed.
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Log } from './log.ts';
import { observed } from './observed.ts';
import { tellingTogether } from './together.ts';
import { inUnit } from './unit.ts';

export interface Work {
  /** Throws when the message must come again. */
  readonly take: (body: unknown, record: SQSRecord, log: Log) => Promise<void>;
  /** Says what went wrong, and does what is left to be done when the message will not come again. */
  readonly failed: (body: unknown, record: SQSRecord, cause: unknown, log: Log) => Promise<void>;
}

const readBody = ({ body }: SQSRecord): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    // Not ours: `take` refuses what it does not know, and the message ends where somebody can look at it.
    return body;
  }
};

/** How often this message has been received, this time included. */
export const receivesOf = ({ attributes }: SQSRecord): number => Number(attributes.ApproximateReceiveCount);

/** Since it was sent, waiting and earlier receives included. */
export const ageMsOf = ({ attributes }: SQSRecord, now: number): number =>
  Math.max(0, now - Number(attributes.SentTimestamp));

const takeOne = async ({ take, failed }: Work, record: SQSRecord, log: Log): Promise<string | undefined> => {
  const body = readBody(record);
  try {
    await take(body, record, log);
    return undefined;
  } catch (cause) {
    // Should even that fail, only this message comes again, not its neighbours.
    await failed(body, record, cause, log).catch(() => undefined);
    return record.messageId;
  }
};

export const worker = (log: Log, work: Work) =>
  middy<SQSEvent, SQSBatchResponse>()
    .use(observed(log))
    .handler(async ({ Records }) => {
      const batch = tellingTogether(log, Records.length);
      const failed = await Promise.all(
        Records.map((record) => inUnit(batch.log, (log) => takeOne(work, record, log))),
      );
      batch.tellRest();
      return {
        batchItemFailures: failed.flatMap((itemIdentifier) =>
          itemIdentifier === undefined ? [] : { itemIdentifier },
        ),
      };
    });
