// Between the functions and DynamoDB Local: every request is asked what it consumed, and what it was about.
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as send,
} from 'node:http';
import * as z from 'zod';
import type { Tally } from './tally.ts';

const loopback = '127.0.0.1';

const amounts = z.looseObject({ CapacityUnits: z.number() });
const capacity = z.looseObject({
  CapacityUnits: z.number(),
  Table: amounts.optional(),
  GlobalSecondaryIndexes: z.record(z.string(), amounts).default({}),
});
type Capacity = z.infer<typeof capacity>;
const answered = z.looseObject({
  ConsumedCapacity: z
    .union([capacity, z.array(capacity)])
    .transform((one) => [one].flat())
    .default([]),
});

const reads: ReadonlySet<string> = new Set(['GetItem', 'BatchGetItem', 'Query', 'TransactGetItems']);

/** Every key that a request names, wherever it stands: `{ pk: { S }, sk: { S } }`. */
const keysIn = (value: unknown): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const { pk, sk } = value as { pk?: { S?: string }; sk?: { S?: string } };
  if (pk?.S !== undefined && sk?.S !== undefined) return [kindOf(pk.S, sk.S)];
  return Object.values(value).flatMap(keysIn);
};

/** Kinds that are a list of their own carry whose they are: a digest, an id. */
const ownPart = /(_[0-9a-f-]{32,}|@[^@]*)$/;

/** What all items of a partition are, whatever their sort key says. */
const wholePartitions: ReadonlySet<string> = new Set(['audit', 'content', 'taken', 'repeat']);

/** `thing#abc, slot#release` is a slot; `entry#acme#miru_release#rls_1` an entry of that kind. */
const kindOf = (pk: string, sk: string): string => {
  const [first = '', , kind] = pk.split('#');
  const [place = ''] = sk.split('#');
  if (first === 'entry') return `entry ${kind?.replace(ownPart, '')}`;
  if (wholePartitions.has(first)) return first;
  if (first === 'shard') return sk.endsWith('#mark') ? 'delivery, its mark' : place;
  return place === 'claim' ? `${first}, claim` : place;
};

const listOf = (asked: Readonly<Record<string, unknown>>): string => {
  const values = Object.values((asked.ExpressionAttributeValues ?? {}) as Record<string, { S?: string }>);
  const [first = ''] = values.flatMap(({ S }) => (S === undefined ? [] : [S]));
  return `${String(asked.IndexName ?? 'list')} ${first.split('#')[0]}`;
};

const aboutOf = (call: string, asked: Readonly<Record<string, unknown>>): string =>
  call === 'Query' ? listOf(asked) : [...new Set(keysIn(asked))].sort().join(' + ');

const bodyOf = async (request: IncomingMessage): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(request));

type Forwarded = { readonly status: number; readonly body: Buffer };

const forwardTo = (endpoint: string, agent: Agent) => {
  const once = (headers: IncomingHttpHeaders, body: string): Promise<Forwarded> =>
    new Promise((resolve, reject) => {
      const answered = (answer: IncomingMessage): void => {
        bodyOf(answer).then((told) => resolve({ status: answer.statusCode ?? 0, body: told }), reject);
      };
      const asking = send(
        endpoint,
        {
          method: 'POST',
          agent,
          headers: {
            'content-type': headers['content-type'],
            'content-length': Buffer.byteLength(body),
            'x-amz-target': headers['x-amz-target'],
            'x-amz-date': headers['x-amz-date'],
            authorization: headers.authorization,
          },
        },
        answered,
      );
      // A connection that has been idle for long may be closed in the moment in which it is used again: nobody has read the request.
      asking.on('error', (error) => {
        if (asking.reusedSocket) once(headers, body).then(resolve, reject);
        else reject(error);
      });
      asking.end(body);
    });
  return once;
};

/** A refused condition consumes what the item takes, and its answer does not say how much: at least one unit. */
const refusedWrite = /ConditionalCheckFailed|TransactionCanceled/;

const count = (tally: Tally, call: string, item: string, consumed: readonly Capacity[]): void => {
  const meter = reads.has(call) ? 'readUnits' : 'writeUnits';
  for (const { Table, GlobalSecondaryIndexes, CapacityUnits } of consumed) {
    tally.add(call, item, meter, Table?.CapacityUnits ?? CapacityUnits);
    for (const [index, { CapacityUnits: units }] of Object.entries(GlobalSecondaryIndexes))
      if (Table !== undefined) tally.add(call, `${item}, index ${index}`, meter, units);
  }
};

export interface Wire {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

export const startDynamoDbWire = async (endpoint: string, tally: Tally): Promise<Wire> => {
  const agent = new Agent({ keepAlive: true });
  const forward = forwardTo(endpoint, agent);
  const server = createServer(async (request, response) => {
    const call = String(request.headers['x-amz-target'] ?? '').split('.')[1] ?? '';
    const asked = JSON.parse((await bodyOf(request)).toString() || '{}') as Record<string, unknown>;
    const end = tally.begin();
    const { status, body: told } = await forward(
      request.headers,
      JSON.stringify({ ...asked, ReturnConsumedCapacity: 'INDEXES' }),
    );
    end();
    const item = aboutOf(call, asked);
    if (status === 200)
      count(tally, call, item, answered.parse(JSON.parse(told.toString())).ConsumedCapacity);
    else if (refusedWrite.test(told.toString())) tally.add(`${call}, refused`, item, 'writeUnits', 1);
    if (call === 'TransactWriteItems') tally.add(call, item, 'transactions', 1);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(told);
  });
  await new Promise<void>((listening) => {
    server.listen(0, loopback, listening);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The wire has no port.');
  return {
    endpoint: `http://${loopback}:${address.port}`,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((closed) => {
        server.close(closed);
      });
    },
  };
};
