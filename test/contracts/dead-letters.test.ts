// What an operator may rely on before queues in which work waits: listed by stage, looked at without loss, sent back once.
import { CreateQueueCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeadLetterQueue, sqsDeadLetters } from '#adapters/sqs/dead-letters';
import { type SqsLocal, startSqs } from '#test/support/sqs-local';
import { range } from './given.ts';

let sqs: SqsLocal;
beforeAll(async () => {
  sqs = await startSqs();
});
afterAll(() => sqs.close());

let stages = 0;

/** A stage of its own: a queue, its dead letters, and where what devices said ends. */
const givenStage = async () => {
  stages += 1;
  const prefix = `shadowcast-s${stages}`;
  const newQueue = async (name: string): Promise<string> => {
    const { QueueUrl = '' } = await sqs.client.send(new CreateQueueCommand({ QueueName: name }));
    return QueueUrl;
  };
  const source = await newQueue(`${prefix}-transitions`);
  const end = await newQueue(`${prefix}-transitions-dead-letters`);
  const failed = await newQueue(`${prefix}-failed`);
  const letters = sqsDeadLetters(sqs.client, prefix);
  const queueOf = async (url: string): Promise<DeadLetterQueue> => {
    const found = (await letters.list()).find((each) => each.url === url);
    if (found === undefined) throw new Error(`No queue is listed under ${url}.`);
    return found;
  };
  const send = (url: string, body: string) =>
    sqs.client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
  const bodiesIn = async (url: string) => (await sqs.receiveAll(url)).map(({ Body = '' }) => Body).toSorted();
  return { prefix, newQueue, source, end, failed, letters, queueOf, send, bodiesIn };
};

describe('the list', () => {
  it('has the queues in which work waits, where each came from, and how many wait', async () => {
    const { prefix, end, failed, letters, send } = await givenStage();
    await send(end, 'one');
    await send(end, 'two');
    expect(await letters.list()).toEqual([
      { name: `${prefix}-failed`, url: failed, source: null, depth: 0 },
      { name: `${prefix}-transitions-dead-letters`, url: end, source: `${prefix}-transitions`, depth: 2 },
    ]);
  });

  it('has no queue of another stage, not even of one whose name begins as this one does', async () => {
    const { prefix, newQueue, letters } = await givenStage();
    const others = [
      `${prefix}x-transitions-dead-letters`,
      `${prefix}-eu-transitions-dead-letters`,
      `${prefix}-eu-failed`,
      `other-${prefix}-transitions-dead-letters`,
    ];
    for (const other of others) await newQueue(other);
    expect((await letters.list()).map(({ name }) => name)).toEqual([
      `${prefix}-failed`,
      `${prefix}-transitions-dead-letters`,
    ]);
  });
});

// Whoever looks waits for a second until what it has seen is there again: they wait together, each at a stage of its own.

describe.concurrent('a look', () => {
  it('tells what each message says, when it was sent and how often it was received', async () => {
    const { end, letters, queueOf, send } = await givenStage();
    const { MessageId } = await send(end, 'one');
    expect(await letters.peek(await queueOf(end), 10)).toEqual([
      { messageId: MessageId, body: 'one', sentAt: expect.any(Number), receives: 1 },
    ]);
  });

  it('takes nothing away, and the next one finds all of it at once', async () => {
    const { end, letters, queueOf, send } = await givenStage();
    for (const number of range(23)) await send(end, `message ${number}`);
    const queue = await queueOf(end);
    const seen = async () => (await letters.peek(queue, 100)).map(({ body }) => body).toSorted();
    const first = await seen();
    expect(first).toHaveLength(23);
    expect(await seen()).toEqual(first);
    expect((await queueOf(end)).depth).toBe(23);
  });

  it('is at as many as were asked for, and leaves the others', async () => {
    const { end, letters, queueOf, send, bodiesIn } = await givenStage();
    for (const number of range(15)) await send(end, `message ${number}`);
    expect(await letters.peek(await queueOf(end), 3)).toHaveLength(3);
    expect(await bodiesIn(end)).toHaveLength(15);
  });
});

describe.concurrent('a redrive', () => {
  it('sends each back once to where it came from, right after a look', async () => {
    const { end, source, letters, queueOf, send, bodiesIn } = await givenStage();
    const bodies = range(23).map((number) => `message ${number}`);
    for (const body of bodies) await send(end, body);
    const queue = await queueOf(end);
    await letters.peek(queue, 100);
    expect(await letters.redrive(queue)).toBe(23);
    expect(await bodiesIn(source)).toEqual(bodies.toSorted());
    expect((await queueOf(end)).depth).toBe(0);
  });

  it('that is done twice has no second effect', async () => {
    const { end, source, letters, queueOf, send, bodiesIn } = await givenStage();
    await send(end, 'one');
    const queue = await queueOf(end);
    expect(await letters.redrive(queue)).toBe(1);
    expect(await letters.redrive(queue)).toBe(0);
    expect(await bodiesIn(source)).toEqual(['one']);
  });

  it('leaves a queue alone that came from nowhere', async () => {
    const { failed, letters, queueOf, send, bodiesIn } = await givenStage();
    await send(failed, 'in the words of IoT');
    expect(await letters.redrive(await queueOf(failed))).toBe(0);
    expect(await bodiesIn(failed)).toEqual(['in the words of IoT']);
  });

  it('of nothing sends nothing', async () => {
    const { end, source, letters, queueOf, bodiesIn } = await givenStage();
    expect(await letters.redrive(await queueOf(end))).toBe(0);
    expect(await bodiesIn(source)).toEqual([]);
  });
});
