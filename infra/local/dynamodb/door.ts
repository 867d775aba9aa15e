// The door in front of DynamoDB Local, a Java process that lets everybody in: each request is judged here and then handed on.
// Whoever wants an answer other than the table's, such as a test that lets the table be throttled, gives an `Instead`: it sees each
// allowed request, and what it answers is answered in the table's place. The last one that was given is asked first.
import { randomUUID } from 'node:crypto';
import {
  Agent,
  type ClientRequest,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { type Access, accessKeyOf } from '../iam/access.ts';
import { dynamodbRefusal } from '../iam/answers.ts';
import { dynamodbNeeds } from '../iam/calls/dynamodb.ts';
import type { Place } from '../iam/calls/place.ts';
import { inPlace } from '../in-place.ts';
import { listen, loopback } from '../ports.ts';

export type DynamoDbRequest = {
  /** `PutItem` */
  readonly operation: string;
  readonly body: () => Readonly<Record<string, unknown>>;
  /** The access key of whoever asks: functions have one each, the administrator another. */
  readonly accessKeyId: string;
};

/** For an error, `body` is `{ __type, message }`, as DynamoDB words it. */
export type DynamoDbAnswer = { readonly status: number; readonly body: object };

/** `undefined` leaves the request to the next one, and to the table at last. */
export type Instead = (
  request: DynamoDbRequest,
) => DynamoDbAnswer | undefined | Promise<DynamoDbAnswer | undefined>;

export type DynamoDbDoor = {
  endpoint: string;
  /** Returns what takes it away again. */
  answerInstead: (instead: Instead) => () => void;
  close: () => Promise<void>;
};

export type DynamoDbDoorParts = {
  /** Where DynamoDB Local listens. */
  endpoint: string;
  access: Access;
  place: Place;
  /** DynamoDB Local keeps a database per access key: all requests go on under this one. */
  accessKeyId: string;
};

/** Longer than any client keeps an idle connection: the client shall be the one to close it. */
const keepAliveMs = 120_000;

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const send = (response: ServerResponse, { status, body }: DynamoDbAnswer): void => {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': bytes.length,
    'x-amzn-requestid': randomUUID(),
  });
  response.end(bytes);
};

const errorAnswer = ({ status, name, message }: ReturnType<typeof dynamodbRefusal>): DynamoDbAnswer => ({
  status,
  body: { __type: `com.amazon.coral.service#${name}`, message },
});

/** `DynamoDB_20120810.PutItem` */
const operationOf = ({ headers }: IncomingMessage): string =>
  String(headers['x-amz-target'] ?? '')
    .split('.')
    .at(-1) ?? '';

/** The body is read once and kept: a request on a connection that had just been closed is sent a second time. */
const forwarder = ({ endpoint, accessKeyId }: DynamoDbDoorParts) => {
  const { hostname, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });

  const ask = ({ method, url, headers }: IncomingMessage, body: Buffer): ClientRequest => {
    const authorization = headers.authorization?.replace(/Credential=[^/]+/, `Credential=${accessKeyId}`);
    const { connection: _, ...kept } = headers;
    return httpRequest({
      agent,
      hostname,
      port,
      method,
      path: url,
      headers: { ...kept, 'content-length': body.length, ...(authorization && { authorization }) },
    }).end(body);
  };

  const forward = (request: IncomingMessage, body: Buffer, response: ServerResponse): void => {
    const asked = ask(request, body);
    asked.once('response', (answer) => {
      const { connection: _, 'transfer-encoding': __, ...headers } = answer.headers;
      response.writeHead(answer.statusCode ?? 500, headers);
      answer.pipe(response);
      answer.once('error', () => response.destroy());
    });
    asked.once('error', () => {
      if (asked.reusedSocket && !response.headersSent) forward(request, body, response);
      else response.destroy();
    });
  };
  return { forward, close: () => agent.destroy() };
};

export const startDynamoDbDoor = async (parts: DynamoDbDoorParts): Promise<DynamoDbDoor> => {
  const insteads = inPlace<Parameters<Instead>, ReturnType<Instead>>();
  const needsOf = dynamodbNeeds(parts.place);
  const { forward, close } = forwarder(parts);

  const answerOf = async (request: IncomingMessage, content: Buffer): Promise<DynamoDbAnswer | undefined> => {
    const { authorization } = request.headers;
    const operation = operationOf(request);
    const body = () => JSON.parse(content.toString('utf8')) as Readonly<Record<string, unknown>>;
    const verdict = parts.access.judge(authorization, () => needsOf(operation, body()));
    if (!verdict.allowed) return errorAnswer(dynamodbRefusal(verdict));
    return insteads.askEach({ operation, body, accessKeyId: accessKeyOf(authorization) ?? '' });
  };

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const content = await readBody(request);
    const answer = await answerOf(request, content);
    if (answer === undefined) forward(request, content, response);
    else send(response, answer);
  };

  const server = createServer({ keepAliveTimeout: keepAliveMs }, (request, response) => {
    take(request, response).catch(() => response.destroy());
  });
  const port = await listen(server, 0, '');

  return {
    endpoint: `http://${loopback}:${port}`,
    answerInstead: insteads.put,
    close: async () => {
      server.closeAllConnections();
      close();
      await new Promise((done) => server.close(done));
    },
  };
};
