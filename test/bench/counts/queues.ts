// The queues, as billed: what functions send comes over SQS's own protocol, what rules send comes from inside, and batches are taken by hand.
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { Tally } from './tally.ts';

const loopback = '127.0.0.1';
/** A request of more is billed as several. */
const requestBytes = 64 * 1024;

const entry = z.looseObject({ MessageBody: z.string(), DelaySeconds: z.number().default(0) });
const single = entry.extend({ QueueUrl: z.string() });
const batch = z.looseObject({
  QueueUrl: z.string(),
  Entries: z.array(entry.extend({ Id: z.string() })),
});

export interface Waiting {
  readonly id: string;
  readonly body: string;
  /** Nobody gets it before. */
  readonly dueAt: number;
}

export interface Queues {
  /** Where queues are: the URL of one is this and its name. */
  readonly base: string;
  readonly send: (queueUrl: string, body: string, delaySeconds?: number) => Waiting;
  readonly size: (queueUrl: string) => number;
  /** Until somebody may take something; at once where nothing waits. */
  readonly untilDue: (queueUrl: string) => Promise<void>;
  /** As the event source takes them: received and, once they are done, deleted together. */
  readonly takeBatch: (queueUrl: string, count: number) => readonly Waiting[];
  readonly close: () => Promise<void>;
}

/** What anybody may have, in its order, and what is held back: the first are many, the second few. */
interface Queue {
  readonly ready: Waiting[];
  held: readonly Waiting[];
}

const release = (queue: Queue, now: number): void => {
  const { true: due = [], false: held = [] } = Object.groupBy(queue.held, ({ dueAt }) =>
    dueAt <= now ? 'true' : 'false',
  );
  queue.ready.push(...due);
  queue.held = held;
};

const bytesOf = (messages: readonly Waiting[]): number =>
  messages.reduce((sum, { body }) => sum + body.length, 0);

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const nameOf = (queueUrl: string): string =>
  queueUrl.slice(queueUrl.lastIndexOf('/') + 1).replace(/^shadowcast-dev-/, '');

export const startQueues = async (tally: Tally): Promise<Queues> => {
  const queues = new Map<string, Queue>();
  const of = (queueUrl: string): Queue => {
    const queue = queues.get(queueUrl) ?? { ready: [], held: [] };
    queues.set(queueUrl, queue);
    return queue;
  };
  const put = (queueUrl: string, body: string, delaySeconds = 0): Waiting => {
    const message = { id: randomUUID(), body, dueAt: Date.now() + 1000 * delaySeconds };
    const queue = of(queueUrl);
    if (delaySeconds === 0) queue.ready.push(message);
    else queue.held = [...queue.held, message];
    return message;
  };
  const billed = (call: string, queueUrl: string, bytes: number, who?: string): void => {
    const requests = Math.max(1, Math.ceil(bytes / requestBytes));
    tally.add(call, `queue ${nameOf(queueUrl)}`, 'sqsRequests', requests, who);
  };

  const answers: Readonly<Record<string, (body: unknown) => unknown>> = {
    SendMessage: (body) => {
      const { QueueUrl, MessageBody, DelaySeconds } = single.parse(body);
      billed('SendMessage', QueueUrl, MessageBody.length);
      return { MessageId: put(QueueUrl, MessageBody, DelaySeconds).id, MD5OfMessageBody: md5(MessageBody) };
    },
    SendMessageBatch: (body) => {
      const { QueueUrl, Entries } = batch.parse(body);
      billed(
        'SendMessageBatch',
        QueueUrl,
        Entries.reduce((sum, { MessageBody }) => sum + MessageBody.length, 0),
      );
      const Successful = Entries.map(({ Id, MessageBody, DelaySeconds }) => ({
        Id,
        MessageId: put(QueueUrl, MessageBody, DelaySeconds).id,
        MD5OfMessageBody: md5(MessageBody),
      }));
      return { Successful, Failed: [] };
    },
    GetQueueAttributes: () => ({ Attributes: { ApproximateNumberOfMessages: '0' } }),
  };

  const server = createServer(async (request, response) => {
    const call = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const body = Buffer.concat(await Array.fromAsync(request)).toString();
    const end = tally.begin();
    const answer = answers[call];
    response.writeHead(answer === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(answer?.(JSON.parse(body)) ?? { message: `${call} is not served.` }));
    end();
  });
  await new Promise<void>((listening) => {
    server.listen(0, loopback, listening);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The queues have no port.');

  return {
    base: `http://${loopback}:${address.port}/queues`,
    send: (queueUrl, body, delaySeconds = 0) => {
      billed('SendMessage', queueUrl, body.length, 'IoT rule');
      return put(queueUrl, body, delaySeconds);
    },
    size: (queueUrl) => of(queueUrl).ready.length + of(queueUrl).held.length,
    untilDue: async (queueUrl) => {
      const { ready, held } = of(queueUrl);
      const soonest = ready.length > 0 ? 0 : Math.min(...held.map(({ dueAt }) => dueAt));
      if (Number.isFinite(soonest)) await wait(Math.max(0, soonest - Date.now()) + 1);
    },
    takeBatch: (queueUrl, count) => {
      release(of(queueUrl), Date.now());
      const taken = of(queueUrl).ready.splice(0, count);
      if (taken.length === 0) return taken;
      billed('ReceiveMessage', queueUrl, bytesOf(taken), 'event source');
      billed('DeleteMessageBatch', queueUrl, 0, 'event source');
      return taken;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((closed) => {
        server.close(closed);
      });
    },
  };
};
