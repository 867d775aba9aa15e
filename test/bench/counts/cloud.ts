// A metered cloud in one process: the templates' functions, rules and feeds, on DynamoDB Local, with everything that AWS would bill counted.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayProxyStructuredResultV2, SQSRecord } from 'aws-lambda';
import { dynamoKeys } from '#adapters/dynamodb/api-keys';
import type { Table } from '#adapters/dynamodb/table';
import { createKey } from '#engine/keys';
import { closers } from '#infra/local/closers';
import { startDynamoDbInMemory } from '#infra/local/dynamodb/dynamodb-local';
import type { Deliver } from '#infra/local/iot/rules/engine';
import type { Parts } from '#infra/local/parts';
import { sdkEnvironment } from '#infra/local/runtime-environment';
import { localRegion } from '#infra/local/state';
import { httpEvent, sqsRecord } from '#test/functions/given';
import { matchRoute } from '#test/support/route';
import { startDynamoDbWire } from './dynamodb-wire.ts';
import { handlersOf, setEnvironment } from './handlers.ts';
import { type Iot, startIot } from './iot.ts';
import { type Plan, readPlan, shortName } from './plan.ts';
import { startQueues, type Waiting } from './queues.ts';
import { createTally, type Tally } from './tally.ts';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a bench looks into answers of every shape
  readonly body: any;
}

/** Where a dialect answers: the function behind it, its routes, and what every request carries. */
export interface Door {
  readonly functionName: string;
  readonly routes: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
}

export interface MeteredCloud {
  readonly tally: Tally;
  readonly plan: Plan;
  readonly iot: Iot;
  /** Around the meters: what is stored through it is nobody's consumption. */
  readonly table: Table;
  readonly directory: string;
  readonly newKey: (organization: string) => Promise<string>;
  readonly ask: (door: Door) => (request: string, body?: unknown) => Promise<Answer>;
  /** Takes everything that waits in a queue to its function, in batches as large as the templates say; how many messages. */
  readonly drain: (queueName: string) => Promise<number>;
  /** The same, and waits for what is held back, until nothing is left. */
  readonly drainPatiently: (queueName: string) => Promise<void>;
  readonly invoke: (name: string, event: unknown) => Promise<unknown>;
  readonly close: () => Promise<void>;
}

const organizationClock = { now: () => Date.now(), sleep: async () => {} };
const chance = { bytes: (length: number) => randomBytes(length) };

const putTables = async (plan: Plan, dynamodb: DynamoDBClient): Promise<string> => {
  const tables = plan.planned.filter(({ resource }) => resource.type === 'AWS::DynamoDB::Table');
  for (const { resource, type } of tables) await type.start(resource, { dynamodb } as Parts);
  const [first] = tables;
  if (first === undefined) throw new Error('The templates declare no table.');
  return first.resource.name;
};

const requestEvent = ({ routes, headers }: Door, request: string, body: unknown) => {
  const [method = '', url = ''] = request.split(' ');
  const [path = '', query = ''] = url.split('?');
  const { route, params } = matchRoute(routes, method, path);
  if (route === undefined) throw new Error(`No route for ${request}.`);
  return httpEvent(route, {
    rawPath: path,
    rawQueryString: query,
    pathParameters: params,
    headers: { 'content-type': 'application/json', host: 'api.shadowcast.test', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
};

const answerOf = ({ statusCode = 0, body = '' }: APIGatewayProxyStructuredResultV2): Answer => {
  try {
    return { status: statusCode, body: JSON.parse(body) };
  } catch {
    return { status: statusCode, body };
  }
};

/** As SQS hands it out: sent a moment ago. */
const recordOf = ({ id, body }: Waiting): SQSRecord => {
  const record = sqsRecord(id, body);
  const now = String(Date.now());
  const times = { SentTimestamp: now, ApproximateFirstReceiveTimestamp: now };
  return { ...record, attributes: { ...record.attributes, ...times } };
};

export const startMeteredCloud = async (): Promise<MeteredCloud> => {
  const { add: onClose, open, close } = closers();
  try {
    const directory = mkdtempSync(join(tmpdir(), 'shadowcast-bench-'));
    onClose(() => rmSync(directory, { recursive: true, force: true }));
    mkdirSync(join(directory, 'iot'));
    const tally = createTally();
    const identity = { accessKeyId: 'BENCH', secretAccessKey: 'bench' };
    const local = await open(startDynamoDbInMemory({ logFile: join(directory, 'dynamodb.log') }));
    const queues = await open(startQueues(tally));
    const wire = await open(startDynamoDbWire(local.endpoint, tally));
    const plan = readPlan(queues.base);
    const client = new DynamoDBClient({
      region: localRegion,
      credentials: identity,
      endpoint: local.endpoint,
    });
    onClose(() => client.destroy());
    const table: Table = { client, name: await putTables(plan, client) };

    const deliver: Deliver = async (action, payload) => {
      const text = Buffer.from(payload).toString();
      if (action.kind === 'sqs') queues.send(action.queueUrl, text);
      else await invoke(shortName(action.functionArn), JSON.parse(text));
    };
    const iot = await open(
      startIot({
        tally,
        deliver,
        directory: join(directory, 'iot'),
        accessKeyId: identity.accessKeyId,
        log: (line) => {
          throw new Error(line);
        },
      }),
    );
    for (const { name, payload } of plan.rules) iot.putRule(name, payload);
    const endpoints = {
      dynamodb: wire.endpoint,
      sqs: new URL(queues.base).origin,
      iotData: iot.endpoint,
      iot: iot.endpoint,
    };
    const call = handlersOf(plan, tally);
    onClose(setEnvironment(sdkEnvironment(localRegion, identity, endpoints)));
    const invoke: MeteredCloud['invoke'] = async (name, event) => (await call(name, event)).answer;

    const feedOf = (queueName: string) => {
      const feed = plan.feeds.find(({ queueUrl }) => queueUrl.endsWith(`-${queueName}`));
      if (feed === undefined) throw new Error(`Nothing takes from the queue ${queueName}.`);
      return feed;
    };
    const drain: MeteredCloud['drain'] = async (queueName) => {
      const { queueUrl, functionName, batchSize } = feedOf(queueName);
      let taken = 0;
      for (;;) {
        const batch = queues.takeBatch(queueUrl, batchSize);
        if (batch.length === 0) return taken;
        taken += batch.length;
        const answer = (await invoke(functionName, {
          Records: batch.map(recordOf),
        })) as { batchItemFailures: unknown[] };
        if (answer.batchItemFailures.length > 0) throw new Error(`${functionName} failed on ${queueName}.`);
      }
    };

    return {
      tally,
      plan,
      iot,
      table,
      directory,
      newKey: async (organization) =>
        (
          await createKey({ clock: organizationClock, chance, keys: dynamoKeys(table) })({
            organization,
            scopes: ['*'],
          })
        ).key,
      ask: (door) => async (request, body) => {
        tally.add('request', door.functionName, 'httpRequests', 1);
        return answerOf(
          (await invoke(
            door.functionName,
            requestEvent(door, request, body),
          )) as APIGatewayProxyStructuredResultV2,
        );
      },
      drain,
      drainPatiently: async (queueName) => {
        const { queueUrl } = feedOf(queueName);
        while (queues.size(queueUrl) > 0) {
          await queues.untilDue(queueUrl);
          await drain(queueName);
        }
      },
      invoke,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
