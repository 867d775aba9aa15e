// The queues of the local cloud: fauxqs on 127.0.0.1, with its messages on disk.
import { mkdirSync } from 'node:fs';
import { buildApp } from 'fauxqs';
// Its own server listens on all interfaces, and the class of its store is not exported: so the store and the persistence are
// put together here, from the exact version that package.json pins.
import { PersistenceManager } from '../../../node_modules/fauxqs/dist/persistence.js';
import { S3Store } from '../../../node_modules/fauxqs/dist/s3/s3Store.js';
import { SnsStore } from '../../../node_modules/fauxqs/dist/sns/snsStore.js';
import { type SqsQueue, SqsStore } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import { loopback } from '../ports.ts';
import { localAccount } from '../state.ts';

export type QueueAttributes = Readonly<Record<string, string>>;

export type Queues = {
  endpoint: string;
  url: (name: string) => string;
  urlOf: (arn: string) => string;
  visibilityMsOf: (arn: string) => number;
  /** Makes the queue, or gives an existing one these attributes; its messages stay. */
  put: (name: string, arn: string, attributes: QueueAttributes) => void;
  send: (queueUrl: string, body: string) => Promise<void>;
  depths: () => readonly Depth[];
  /** As if so much time had passed: messages are older by it, and what was held back or in flight may be visible again. */
  pass: (ms: number) => void;
  close: () => Promise<void>;
};

export type Depth = {
  name: string;
  visible: number;
  inFlight: number;
  delayed: number;
  /** 0 where there is none. */
  oldestAgeMs: number;
};

/** Write-ahead without a flush per message: it survives the end of our process, not the end of the machine's power. */
const relaxed = (persistence: PersistenceManager): PersistenceManager => {
  const { db } = persistence as unknown as { db: { exec: (sql: string) => void } };
  db.exec('PRAGMA synchronous = NORMAL');
  return persistence;
};

/**
 * Its own version clears the receive count in a column that may not be empty, and fails. Nothing needs to be written:
 * `handBack` shows every message after a restart.
 */
class Persistence extends PersistenceManager {
  override updateMessageReady(): void {}
}

/** Whoever held these messages ended with the last run: they are visible at once, with their receive count. */
const handBack = (queue: SqsQueue): void => {
  for (const entry of queue.inflightMessages.values()) entry.visibilityDeadline = 0;
};

const restore = (dataDir: string): { store: SqsStore; persistence: PersistenceManager } => {
  mkdirSync(dataDir, { recursive: true });
  const persistence = relaxed(new Persistence(dataDir));
  const store = new SqsStore();
  persistence.loadSqsAndSns(store, new SnsStore());
  store.persistence = persistence;
  for (const queue of store.allQueues()) {
    queue.persistence = persistence;
    handBack(queue);
  }
  return { store, persistence };
};

const oldestAgeMs = (messages: readonly { sentTimestamp: number }[]): number =>
  messages.reduce((oldest, { sentTimestamp }) => Math.max(oldest, Date.now() - sentTimestamp), 0);

const depthOf = (queue: SqsQueue): Depth => {
  queue.processTimers();
  const { ready, delayed, inflight } = queue.inspectMessages();
  return {
    name: queue.name,
    visible: ready.length,
    inFlight: inflight.length,
    delayed: delayed.length,
    oldestAgeMs: oldestAgeMs([...ready, ...inflight.map(({ message }) => message)]),
  };
};

const pass = (queue: SqsQueue, ms: number): void => {
  const { ready, delayed, inflight } = queue.inspectMessages();
  for (const message of [...ready, ...delayed, ...inflight.map((entry) => entry.message)]) {
    message.sentTimestamp -= ms;
    if (message.delayUntil !== undefined) message.delayUntil -= ms;
  }
  for (const entry of queue.inflightMessages.values()) entry.visibilityDeadline -= ms;
  queue.processTimers();
};

/** A message that goes to the dead letters by itself is not sent there, as CloudWatch counts. */
const countSent = (store: SqsStore, onSent: (queueName: string) => void): void => {
  const moved = new Set<string>();
  const addMessage = (seen: { queueName: string; messageId: string; status: string }): void => {
    if (seen.status === 'dlq') moved.add(seen.messageId);
    if (seen.status === 'published' && !moved.delete(seen.messageId)) onSent(seen.queueName);
  };
  store.spy = { addMessage } as unknown as NonNullable<SqsStore['spy']>;
  for (const queue of store.allQueues()) queue.spy = store.spy;
};

const nameOf = (arn: string): string => arn.split(':').at(-1) ?? '';

/** What is answered in place of the queue's own answer, if anything. */
export type QueueObjection = (
  authorization: string | undefined,
  operation: string,
  body: Readonly<Record<string, unknown>>,
) => { status: number; name: string; message: string } | undefined;

/** Only the JSON protocol, which is what the SDKs speak: the older one has no operation in its header, and is served to nobody. */
const guard = (app: ReturnType<typeof buildApp>, objection: QueueObjection): void => {
  app.addHook('preHandler', async ({ headers, body }, reply) => {
    const operation =
      String(headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) ?? '';
    const objected = objection(headers.authorization, operation, Object(body));
    if (objected === undefined) return;
    const { status, name, message } = objected;
    reply
      .header('x-amzn-query-error', `${name.replace(/Exception$/, '')};Sender`)
      .type('application/x-amz-json-1.0');
    return reply.code(status).send(JSON.stringify({ __type: `com.amazonaws.sqs#${name}`, message }));
  });
};

export const startQueues = async (options: {
  dataDir: string;
  region: string;
  /** Without it, everybody may do everything. */
  objection?: QueueObjection;
  onSent?: (queueName: string) => void;
}): Promise<Queues> => {
  const { store, persistence } = restore(options.dataDir);
  if (options.onSent !== undefined) countSent(store, options.onSent);
  const stores = { sqsStore: store, snsStore: new SnsStore(), s3Store: new S3Store() };
  const app = buildApp({ logger: false, defaultRegion: options.region, stores });
  app.addHook('onClose', async () => persistence.close());
  if (options.objection !== undefined) guard(app, options.objection);
  const endpoint = await app.listen({ port: 0, host: loopback });

  const url = (name: string): string => `${endpoint}/${localAccount}/${name}`;

  return {
    endpoint,
    url,
    urlOf: (arn) => url(nameOf(arn)),
    visibilityMsOf: (arn) => Number(store.getQueueByArn(arn)?.getAttribute('VisibilityTimeout') ?? 0) * 1000,
    put: (name, arn, attributes) => {
      const existing = store.getQueueByName(name);
      if (existing === undefined) store.createQueue(name, url(name), arn, { ...attributes });
      else existing.setAttributes({ RedrivePolicy: '', ...attributes });
    },
    send: async (queueUrl, body) => {
      const queue = store.getQueue(queueUrl);
      if (queue === undefined) throw new Error(`There is no queue ${queueUrl}`);
      const delaySeconds = Number(queue.getAttribute('DelaySeconds') ?? 0);
      queue.enqueue(SqsStore.createMessage(body, {}, delaySeconds));
    },
    depths: () => [...store.allQueues()].map(depthOf),
    pass: (ms) => {
      for (const queue of store.allQueues()) pass(queue, ms);
    },
    close: () => app.close(),
  };
};
