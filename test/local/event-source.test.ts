// A queue feeds a function: partial failures, thrown errors, and the way to the dead letters, against a real queue.
import {
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { doneMessages } from '#infra/local/lambda/batch-outcome';
import { type EventSource, startEventSource } from '#infra/local/lambda/event-source';
import type { LocalFunction } from '#infra/local/lambda/local-function';
import type { Outcome } from '#infra/local/lambda/messages';
import { type Queues, startQueues } from '#infra/local/sqs/queues';
import { eventually, testFolder } from './support/folder.ts';

const region = 'us-east-1';
const arnOf = (name: string) => `arn:aws:sqs:${region}:000000000000:${name}`;
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

type Record = { messageId: string; body: string; attributes: { ApproximateReceiveCount: string } };
type Work = (records: Record[]) => unknown;

const outcomeOf = async (work: Work, event: string): Promise<Outcome> => {
  try {
    return {
      ok: true,
      payload: JSON.stringify((await work((JSON.parse(event) as { Records: Record[] }).Records)) ?? null),
    };
  } catch (error) {
    return { ok: false, error: { errorType: 'Error', errorMessage: String(error) } };
  }
};

const functionOf = (work: Work): LocalFunction => ({
  name: 'worker',
  arn: 'arn:aws:lambda:us-east-1:000000000000:function:worker',
  timeoutMs: 1000,
  concurrencyMax: 4,
  invoke: (event) => outcomeOf(work, event),
  stop: async () => {},
});

const givenQueues = async (dataDir = testFolder()): Promise<{ queues: Queues; sqs: SQSClient }> => {
  const queues = await startQueues({ dataDir, region });
  const sqs = new SQSClient({ region, endpoint: queues.endpoint, credentials });
  queues.put('dead', arnOf('dead'), {});
  queues.put('jobs', arnOf('jobs'), {
    VisibilityTimeout: '0',
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf('dead'), maxReceiveCount: 2 }),
  });
  return { queues, sqs };
};

const feed = (queues: Queues, sqs: SQSClient, work: Work, given: Partial<EventSource> = {}) => {
  const source = startEventSource(sqs, {
    queueUrl: queues.url('jobs'),
    queueArn: arnOf('jobs'),
    region,
    batchSize: 10,
    windowMs: 0,
    reportsFailures: true,
    concurrencyMax: 1,
    target: functionOf(work),
    log: () => {},
    ...given,
  });
  onTestFinished(async () => {
    await source.stop();
    await queues.close();
  });
};

const send = (queues: Queues, sqs: SQSClient, bodies: readonly string[]) =>
  sqs.send(
    new SendMessageBatchCommand({
      QueueUrl: queues.url('jobs'),
      Entries: bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody })),
    }),
  );

const countOf = async (queues: Queues, sqs: SQSClient, name: string): Promise<number> => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queues.url(name), AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes?.ApproximateNumberOfMessages) +
    Number(Attributes?.ApproximateNumberOfMessagesNotVisible)
  );
};

describe('a batch', () => {
  const ids = ['a', 'b', 'c'];
  const answered = (value: unknown): Outcome => ({ ok: true, payload: JSON.stringify(value) });
  const failures = (...itemIdentifiers: unknown[]) => ({
    batchItemFailures: itemIdentifiers.map((itemIdentifier) => ({ itemIdentifier })),
  });

  it.each<[string, Outcome, string[]]>([
    ['is done where nothing is answered', answered(null), ids],
    ['is done with an empty report', answered({}), ids],
    ['is done with an empty list', answered(failures()), ids],
    ['is done with a null list', answered({ batchItemFailures: null }), ids],
    ['keeps what is reported', answered(failures('b')), ['a', 'c']],
    ['fails as a whole with an empty name', answered(failures('')), []],
    ['fails as a whole with a null name', answered(failures(null)), []],
    ['fails as a whole with a wrong key', answered({ batchItemFailures: [{ id: 'a' }] }), []],
    ['fails as a whole with an unknown name', answered(failures('z')), []],
    ['fails as a whole with an answer of another kind', answered('done'), []],
    ['fails as a whole with an error', { ok: false, error: { errorType: 'Error', errorMessage: 'x' } }, []],
  ])('%s', (_what, outcome, expected) => {
    expect(doneMessages(ids, outcome, true)).toEqual(expected);
  });

  it('is done whatever is answered, where reports are not asked for', () => {
    expect(doneMessages(ids, answered(failures('b')), false)).toEqual(ids);
  });
});

describe('a queue with a worker', () => {
  it('hands over records as Lambda does, and deletes what succeeded', async () => {
    const { queues, sqs } = await givenQueues();
    const seen: Record[] = [];
    feed(queues, sqs, (records) => void seen.push(...records));

    await send(queues, sqs, ['one', 'two']);
    await eventually(
      () => seen.length,
      (count) => count === 2,
    );

    expect(seen.map(({ body }) => body).sort()).toEqual(['one', 'two']);
    expect(seen[0]).toMatchObject({
      messageId: expect.any(String),
      receiptHandle: expect.any(String),
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: expect.any(String) },
      messageAttributes: {},
      eventSource: 'aws:sqs',
      eventSourceARN: arnOf('jobs'),
      awsRegion: region,
    });
    expect(
      await eventually(
        () => countOf(queues, sqs, 'jobs'),
        (count) => count === 0,
      ),
    ).toBe(0);
  });

  it('gives only the failed ones again, and in the end to the dead letters', async () => {
    const { queues, sqs } = await givenQueues();
    const tries: string[] = [];
    feed(queues, sqs, (records) => {
      tries.push(...records.map(({ body }) => body));
      const failed = records.filter(({ body }) => body === 'poison');
      return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });

    await send(queues, sqs, ['good', 'poison', 'fine']);
    await eventually(
      () => countOf(queues, sqs, 'dead'),
      (count) => count === 1,
    );

    expect(tries.sort()).toEqual(['fine', 'good', 'poison', 'poison']);
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queues.url('dead') }));
    expect(Messages?.map(({ Body }) => Body)).toEqual(['poison']);
  });

  it('gives the whole batch again when the function throws', async () => {
    const { queues, sqs } = await givenQueues();
    const tries: string[] = [];
    feed(queues, sqs, (records) => {
      tries.push(...records.map(({ body }) => body));
      if (records.some(({ attributes }) => attributes.ApproximateReceiveCount === '1'))
        throw new Error('not yet');
    });

    await send(queues, sqs, ['a', 'b']);
    await eventually(
      () => tries.length,
      (count) => count >= 4,
    );

    expect(tries.sort()).toEqual(['a', 'a', 'b', 'b']);
    expect(await countOf(queues, sqs, 'dead')).toBe(0);
  });

  it('takes no more than a batch at once', async () => {
    const { queues, sqs } = await givenQueues();
    const sizes: number[] = [];
    await send(queues, sqs, ['1', '2', '3', '4', '5']);

    feed(queues, sqs, (records) => void sizes.push(records.length), { batchSize: 2 });
    await eventually(
      () => sizes.reduce((sum, size) => sum + size, 0),
      (sum) => sum === 5,
    );

    expect(Math.max(...sizes)).toBe(2);
  });

  it('holds a batch back for its window', async () => {
    const { queues, sqs } = await givenQueues();
    const sizes: number[] = [];
    queues.put('jobs', arnOf('jobs'), { VisibilityTimeout: '30' });
    feed(queues, sqs, (records) => void sizes.push(records.length), { batchSize: 3, windowMs: 5000 });

    for (const body of ['1', '2', '3']) await send(queues, sqs, [body]);
    await eventually(
      () => sizes.length,
      (count) => count > 0,
    );

    expect(sizes).toEqual([3]);
  });
});

describe('a queue', () => {
  it('keeps its messages when it is closed, and shows those that somebody held at once', async () => {
    const dataDir = testFolder();
    const before = await givenQueues(dataDir);
    before.queues.put('jobs', arnOf('jobs'), { VisibilityTimeout: '600' });
    await send(before.queues, before.sqs, ['held', 'waiting']);
    await before.sqs.send(new ReceiveMessageCommand({ QueueUrl: before.queues.url('jobs') }));
    await before.queues.close();

    const after = await givenQueues(dataDir);
    const { Messages } = await after.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: after.queues.url('jobs'), MaxNumberOfMessages: 10 }),
    );
    await after.queues.close();

    expect(Messages?.map(({ Body }) => Body).sort()).toEqual(['held', 'waiting']);
  });

  it('listens on this machine only', async () => {
    const { queues } = await givenQueues();
    await queues.close();

    expect(new URL(queues.endpoint).hostname).toBe('127.0.0.1');
  });
});
