// The door behind a real HTTP server, for clients that know nothing else.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { Ask } from '#test/support/small-system';

const headersOf = ({ headers }: IncomingMessage): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(',')]));

const respond = async (ask: Ask, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { method = '', url = '' } = request;
  const { status, headers, raw } = await ask(`${method} ${url}`, await buffer(request), headersOf(request));
  response.writeHead(status, headers).end(raw);
};

/** Where it is reached. What goes wrong in answering is kept, since a client would hide it behind a 500. */
export const listen = async (ask: Ask): Promise<{ readonly url: string; readonly faults: unknown[] }> => {
  const faults: unknown[] = [];
  const server = createServer((request, response) => {
    respond(ask, request, response).catch((fault) => {
      faults.push(fault);
      response.writeHead(500).end();
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, faults };
};
