// Receivers over HTTPS. Which address is called is decided where it is connected to: a name that was harmless when it was kept may lead
// elsewhere today, and what is looked up first and connected to later could be two different things.
import { type LookupAddress, lookup as lookUp } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Letter, Posted, PostFailure, Receivers } from '#engine/ports';
import { isAllowed, objectionIn, type Reach, urlOf } from '#engine/receivers';

export interface Limits {
  readonly connectMs: number;
  /** From the first look at the name to the end of the answer. */
  readonly totalMs: number;
}

/** What is read of an answer; it is dropped in any case. */
const answerBytesMax = 16 * 1024;

const usual: Limits = { connectMs: 5_000, totalMs: 10_000 };

/** All addresses of a name, as `dns.lookup` finds them. */
export type Resolve = (
  name: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

const systemResolve: Resolve = (name, done) =>
  lookUp(name, { all: true }, (error, addresses) => done(error, addresses));

class Refused extends Error {
  override readonly name = 'Refused';
}

/** One address that is not allowed condemns the name: which of them is used would be chance. */
const guardedLookup =
  (resolve: Resolve, allowed: (address: string) => boolean): LookupFunction =>
  (name, options, done) =>
    resolve(name, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined)
        return done(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }), '');
      if (!addresses.every(({ address }) => allowed(address))) return done(new Refused(), '');
      return options.all === true ? done(null, [...addresses]) : done(null, first.address, first.family);
    });

const notFoundCodes: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA']);

const failureOf = (error: Error & { readonly code?: string }): PostFailure => {
  if (error instanceof Refused) return 'address not allowed';
  if (error.name === 'AbortError' || error.name === 'TimeoutError') return 'timed out';
  return notFoundCodes.has(error.code ?? '') ? 'name not found' : 'connection failed';
};

type Ask = (url: URL, letter: Letter) => Promise<Posted>;

const asking =
  (lookup: LookupFunction, { connectMs, totalMs }: Limits): Ask =>
  (url, { headers, body }) =>
    new Promise((done) => {
      const ending = new AbortController();
      const end = () => ending.abort();
      const late = setTimeout(end, totalMs);
      const unconnected = setTimeout(end, connectMs);
      let status: number | undefined;
      const settle = (posted: Posted): void => {
        clearTimeout(late);
        clearTimeout(unconnected);
        // An answer that has begun is an answer, however its body ended.
        done(status === undefined ? posted : { status });
      };
      const request = (url.protocol === 'http:' ? requestHttp : requestHttps)(url, {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
        lookup,
        // A connection of its own: none is left over from a time when the name led elsewhere.
        agent: false,
        signal: ending.signal,
      });
      request.on('socket', (socket) =>
        socket.once(url.protocol === 'http:' ? 'connect' : 'secureConnect', () => clearTimeout(unconnected)),
      );
      request.on('response', (response) => {
        let bytes = 0;
        status = response.statusCode ?? 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > answerBytesMax) response.destroy();
        });
        response.on('error', end);
        response.on('close', () => settle({ failure: 'connection failed' }));
      });
      request.on('error', (error) => settle({ failure: failureOf(error) }));
      request.end(body);
    });

export const httpsReceivers = (
  reach: Reach,
  { resolve = systemResolve, limits = usual }: { readonly resolve?: Resolve; readonly limits?: Limits } = {},
): Receivers => {
  const objection = objectionIn(reach);
  const ask = asking(guardedLookup(resolve, isAllowed(reach)), limits);
  return {
    objection,
    // No name, no look-up: an address in a URL is judged here and nowhere else.
    post: async (letter) => {
      const url = urlOf(letter.url);
      if (url === undefined || objection(letter.url) !== undefined) return { failure: 'address not allowed' };
      return ask(url, letter);
    },
  };
};
