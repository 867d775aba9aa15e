// Listening on 127.0.0.1 and nowhere else, with a sentence for the port that is taken.
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { PlainError } from './plain-error.ts';

export const loopback = '127.0.0.1';

const portInUse = (port: number, option: string): PlainError =>
  new PlainError(
    `Port ${port} is already in use: stop the program that uses it, or choose another port with ${option} <number>.`,
  );

const isInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES');

/** Resolves with the port; 0 asks for any free one. */
export const listen = (server: Server, port: number, option: string): Promise<number> =>
  new Promise((done, fail) => {
    server.once('error', (error) => fail(isInUse(error) ? portInUse(port, option) : error));
    server.listen(port, loopback, () => {
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

/** For a part that opens its port late: better to know before anything has started. */
export const requireFree = async (port: number, option: string): Promise<void> => {
  const server = createServer();
  await listen(server, port, option);
  await new Promise((done) => server.close(done));
};

/** Below those that systems give to whoever asks for any: nobody is given one of these while a program is on its way to it. */
const told = { first: 20_000, count: 12_000 };

const isFree = (port: number): Promise<boolean> =>
  requireFree(port, '').then(
    () => true,
    () => false,
  );

/** A port for a program that must be told its port, and opens it seconds later. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = told.first + randomInt(told.count);
    if (await isFree(port)) return port;
  }
};
