// The local HTTP API: does to a request and its answer what API Gateway does, on 127.0.0.1 only.
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Outcome } from '../lambda/messages.ts';
import { listen, loopback } from '../ports.ts';
import { type Answer, answerOf, gatewayAnswers } from './answer.ts';
import { eventOf, type Received, type Stage, splitTarget } from './event.ts';
import { type Route, routeTable } from './routes.ts';

export type Gateway = {
  port: number;
  url: string;
  /** From now on requests are answered by these routes; before, they wait. */
  open: (api: Stage, routes: readonly Route[]) => void;
  close: () => Promise<void>;
};

export type GatewayOptions = {
  port: number;
  invoke: (functionArn: string, event: string) => Promise<Outcome>;
  log: (line: string) => void;
  now?: () => number;
  answered?: (answered: { apiId: string; status: number; ms: number }) => void;
};

const bodyBytesMax = 10 * 1024 * 1024;
const headerBytesMax = 10_240;
/** Lambda's own limit for the event; API Gateway's answer to it is the same 413. */
const eventBytesMax = 6 * 1024 * 1024;

/** The request line counts, too. */
const headerBytes = ({ method = '', url = '', rawHeaders }: IncomingMessage): number =>
  rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text), method.length + Buffer.byteLength(url));

/** Undefined when it is too long; the rest is read and dropped, so that the client hears the answer. */
const readBody = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= bodyBytesMax) chunks.push(chunk);
  }
  return size > bodyBytesMax ? undefined : Buffer.concat(chunks);
};

const receivedOf = (request: IncomingMessage, body: Buffer, port: number): Received => ({
  method: request.method ?? 'GET',
  target: request.url ?? '/',
  rawHeaders: request.rawHeaders,
  headers: request.headers,
  body,
  sourceIp: request.socket.remoteAddress ?? loopback,
  port,
});

const within = async (ms: number, outcome: Promise<Outcome>): Promise<Outcome | undefined> => {
  const late = new AbortController();
  const timeout = wait(ms, undefined, { signal: late.signal }).catch(() => undefined);
  return Promise.race([outcome, timeout]).finally(() => late.abort());
};

const send = (response: ServerResponse, requestId: string, { status, headers, body }: Answer): void => {
  const flat = [...headers, ['apigw-requestid', requestId], ['content-length', String(body.length)]].flat();
  response.writeHead(status, flat);
  response.end(response.req.method === 'HEAD' ? undefined : body);
};

export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { now = Date.now } = options;
  const { promise: opened, resolve: openDoor } = Promise.withResolvers<{
    api: Stage;
    routes: readonly Route[];
  }>();
  const ready = opened.then(({ api, routes }) => ({ api, match: routeTable(routes) }));

  const answer = async (request: IncomingMessage, requestId: string): Promise<Answer> => {
    const { api, match } = await ready;
    if (headerBytes(request) > headerBytesMax) return gatewayAnswers.headersTooLarge;
    const body = await readBody(request);
    if (body === undefined) return gatewayAnswers.tooLarge;
    const received = receivedOf(request, body, port);
    const found = match(received.method, splitTarget(received.target).path);
    if (found === undefined) return gatewayAnswers.notFound;
    const event = JSON.stringify(eventOf(received, found, api, requestId, new Date()));
    if (Buffer.byteLength(event) > eventBytesMax) return gatewayAnswers.tooLarge;
    const outcome = await within(found.route.timeoutMs, options.invoke(found.route.functionArn, event));
    return outcome === undefined ? gatewayAnswers.tooLate : answerOf(outcome);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    const started = now();
    const given = await answer(request, requestId).catch((error: unknown) => {
      options.log(`${requestId} ${String(error)}`);
      return gatewayAnswers.functionFailed;
    });
    send(response, requestId, given);
    const ms = Math.round(now() - started);
    options.answered?.({ apiId: (await opened).api.apiId, status: given.status, ms });
    options.log(
      `${requestId} ${request.method} ${splitTarget(request.url ?? '/').path} ${given.status} ${ms} ms`,
    );
  };

  // Node's own limit would answer before ours does.
  const server = createServer(
    { maxHeaderSize: 64 * 1024 },
    (request, response) => void serve(request, response),
  );
  const port = await listen(server, options.port, '--port');
  return {
    port,
    url: `http://${loopback}:${port}`,
    open: (api, routes) => openDoor({ api, routes }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
};
