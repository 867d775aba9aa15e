// What the engine may rely on when it says that somebody wants to be told, whatever carries the message.
import { type SendMessageCommandInput, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryNotices } from '#adapters/memory/notices';
import { noticeMessage, sqsNotices } from '#adapters/sqs/notices';
import { type Notice, type Notices, Unavailable } from '#engine/ports';
import { type SqsLocal, startSqs } from '#test/support/sqs-local';
import { range, start } from './given.ts';

interface Queue {
  readonly notices: Notices;
  /** All that waits, as its reader gets it. */
  readonly received: () => Promise<readonly Notice[]>;
}

const aNotice = (changes: Partial<Notice> = {}): Notice => ({
  organization: 'acme',
  app: '7hq2m9x4k1c8v5bn',
  webhook: 'my-hook',
  event: 'evt_1',
  deployment: 'd1',
  type: 'deployment_started',
  attempt: 1,
  announcedAt: start,
  due: start + 1000,
  ...changes,
});

const noticesContract = (make: () => Promise<Queue>) => {
  it('brings the notice as it was sent', async () => {
    const { notices, received } = await make();
    await notices.send(aNotice({ attempt: 7, webhook: 'hook_ü' }), 0);
    expect(await received()).toEqual([aNotice({ attempt: 7, webhook: 'hook_ü' })]);
  });

  it('loses nothing of what is sent at the same time, and nothing that is sent twice', async () => {
    const { notices, received } = await make();
    const events = [...range(15).map((number) => `evt_${number}`), 'evt_0'];
    await Promise.all(events.map((event) => notices.send(aNotice({ event }), 0)));
    expect((await received()).map(({ event }) => event).toSorted()).toEqual(events.toSorted());
  });
};

describe('notices in memory', () =>
  noticesContract(async () => {
    const notices = memoryNotices();
    return { notices, received: async () => notices.waiting().flatMap(() => notices.take()?.notice ?? []) };
  }));

describe('notices in SQS', () => {
  let sqs: SqsLocal;
  beforeAll(async () => {
    sqs = await startSqs();
  });
  afterAll(() => sqs.close());

  noticesContract(async () => {
    const queueUrl = await sqs.newQueue();
    return {
      notices: sqsNotices(sqs.client, queueUrl),
      received: async () =>
        (await sqs.receiveAll(queueUrl)).map(({ Body = '' }) => {
          const { v: _, ...notice } = noticeMessage.parse(JSON.parse(Body));
          return notice;
        }),
    };
  });

  it.each([
    [0, 0],
    [1, 1],
    [1_000, 1],
    [1_001, 2],
    [900_000, 900],
    [30_720_000, 900],
    [-5, 0],
  ])('hold a message back for %d ms as SQS can: %d s', async (delayMs, seconds) => {
    // Seen on the way out, with the group: the local queue does not keep it in a queue without order.
    const sent: SendMessageCommandInput[] = [];
    const { credentials, region, endpoint } = sqs.client.config;
    const client = new SQSClient({ credentials, region, ...(endpoint === undefined ? {} : { endpoint }) });
    client.middlewareStack.add(
      (next) => async (args) => {
        sent.push(args.input as SendMessageCommandInput);
        return next(args);
      },
      { step: 'initialize' },
    );
    await sqsNotices(client, await sqs.newQueue()).send(aNotice(), delayMs);
    expect(sent).toEqual([expect.objectContaining({ DelaySeconds: seconds, MessageGroupId: 'acme' })]);
  });

  it('may work later when nobody answers', async () => {
    const { credentials, region } = sqs.client.config;
    const client = new SQSClient({ endpoint: 'http://127.0.0.1:1', credentials, region, maxAttempts: 1 });
    const notices = sqsNotices(client, 'http://127.0.0.1:1/000000000000/none');
    await expect(notices.send(aNotice(), 0)).rejects.toThrow(Unavailable);
  });

  it.each([
    ['of another version', { v: 2 }],
    ['to nobody', { webhook: '' }],
    ['without an attempt', { attempt: 0 }],
  ])('have no message %s', (_, change) => {
    expect(noticeMessage.safeParse({ v: 1, ...aNotice(), ...change }).success).toBe(false);
    expect(noticeMessage.safeParse({ v: 1, ...aNotice() }).success).toBe(true);
  });
});
