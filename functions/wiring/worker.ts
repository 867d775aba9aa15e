// A worker: takes messages in batches and gives back only those that failed.
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';

export interface Work {
  /** Throws when the message must come again. */
  readonly take: (body: unknown, record: SQSRecord) => Promise<void>;
  /** Says what went wrong, and does what is left to be done when the message will not come again. */
  readonly failed: (body: unknown, record: SQSRecord, cause: unknown) => Promise<void>;
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

const takeOne = async ({ take, failed }: Work, record: SQSRecord): Promise<string | undefined> => {
  const body = readBody(record);
  try {
    await take(body, record);
    return undefined;
  } catch (cause) {
    // Should even that fail, only this message comes again, not its neighbours.
    await failed(body, record, cause).catch(() => undefined);
    return record.messageId;
  }
};

export const worker = (work: Work) =>
  middy<SQSEvent, SQSBatchResponse>().handler(async ({ Records }) => {
    const failed = await Promise.all(Records.map((record) => takeOne(work, record)));
    return {
      batchItemFailures: failed.flatMap((itemIdentifier) =>
        itemIdentifier === undefined ? [] : { itemIdentifier },
      ),
    };
  });
