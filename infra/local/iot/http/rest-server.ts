// A REST-JSON service on the loopback address that an unmodified AWS SDK can talk to.

import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { jsonBytes } from '../json.ts';
import { AwsError } from './aws-error.ts';
import { createRouter, type Found, type RestRequest, type Routes } from './routes.ts';

export interface RestServer {
  endpoint: string;
  close(): Promise<void>;
}

export interface RestServerParts {
  routes: Routes;
  accessKeyId: string;
  /** What this service throws when the access key is another one. */
  refusal: AwsError;
  /** Whether whoever has another key may do this; without it, nobody else may do anything. */
  objection?: Objection;
  log: (line: string) => void;
}

/** What to answer in place of the route's own answer, if anything. */
export type Objection = (
  authorization: string | undefined,
  route: string,
  request: RestRequest,
) => AwsError | undefined;

const bodyBytesMax = 512 * 1024;

export const startRestServer = async (parts: RestServerParts): Promise<RestServer> => {
  const find = createRouter(parts.routes);
  const server = createServer((request, response) => {
    answer(parts, find, request)
      .catch((error: unknown) => toErrorAnswer(error, parts.log))
      .then((result) => send(response, result))
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { endpoint: endpointOf(server), close: () => shut(server) };
};

interface RestAnswer {
  status: number;
  errorType?: string;
  body: Uint8Array;
}

const answer = async (
  { accessKeyId, refusal, objection = () => refusal }: RestServerParts,
  find: (method: string, path: string) => Found | undefined,
  request: IncomingMessage,
): Promise<RestAnswer> => {
  // The body is read in any case: an answer before its end would break the client's connection.
  const body = await readBody(request);
  const isAdministrator = carriesKey(request, accessKeyId);
  if (!isAdministrator && request.headers.authorization === undefined) throw refusal;
  const url = new URL(request.url ?? '/', 'http://localhost');
  const found = find(request.method ?? 'GET', url.pathname);
  if (found === undefined) throw isAdministrator ? notServed(request.method, url.pathname) : refusal;
  const asked: RestRequest = {
    params: found.params,
    query: url.searchParams,
    header: (name) => [request.headers[name]].flat()[0],
    body,
  };
  const objected = isAdministrator ? undefined : objection(request.headers.authorization, found.route, asked);
  if (objected !== undefined) throw objected;
  const result = await found.handler(asked);
  return { status: 200, body: result instanceof Uint8Array ? result : jsonBytes(result) };
};

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= bodyBytesMax) chunks.push(chunk);
  }
  if (size > bodyBytesMax)
    throw new AwsError('RequestEntityTooLargeException', 413, 'The request is too large');
  return Buffer.concat(chunks);
};

/** Signatures are not checked: everything is on one machine, and the key only keeps strangers' requests out. */
const carriesKey = ({ headers }: IncomingMessage, accessKeyId: string) =>
  headers.authorization?.includes(`Credential=${accessKeyId}/`) ?? false;

const notServed = (method: string | undefined, path: string) =>
  new AwsError('UnknownOperationException', 404, `${method} ${path} is not served by the local AWS IoT`);

const toErrorAnswer = (error: unknown, log: (line: string) => void): RestAnswer => {
  if (error instanceof AwsError) {
    return { status: error.status, errorType: error.name, body: jsonBytes({ message: error.message }) };
  }
  if (error instanceof URIError) {
    return {
      status: 400,
      errorType: 'InvalidRequestException',
      body: jsonBytes({ message: 'The path is not valid' }),
    };
  }
  log(`iot: ${error instanceof Error ? error.stack : String(error)}`);
  return {
    status: 500,
    errorType: 'InternalFailureException',
    body: jsonBytes({ message: 'Internal service failure' }),
  };
};

const send = (response: ServerResponse, { status, errorType, body }: RestAnswer) => {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': body.byteLength,
    'x-amzn-requestid': randomUUID(),
    ...(errorType !== undefined && { 'x-amzn-errortype': errorType }),
  });
  response.end(body);
};

const endpointOf = (server: Server): string => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The HTTP server has no port');
  return `http://127.0.0.1:${address.port}`;
};

const shut = async (server: Server) => {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
};
