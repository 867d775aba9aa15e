// Asks the cloud for chunks until they come: MQTT at QoS 0 may lose the question or the answer, and a lost one is no attempt.
import * as z from 'zod';
import { digest, type FetchRequest, fetchRequest, type RejectionCode } from '../../shadow.ts';
import { backoffs, repeat } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { deviceError } from '../errors.ts';

/** The one refusal that no asking again can mend. */
const purgedCode: RejectionCode = 'purged';

const rejection = z.object({ digest, chunk: z.number(), code: z.unknown(), message: z.unknown() });

interface Waiter {
  readonly request: FetchRequest;
  /** Asks now, and then again and again. */
  ask(): void;
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

export interface Fetcher {
  chunk(request: FetchRequest, signal: AbortSignal): Promise<Uint8Array>;
  received(request: FetchRequest, bytes: Uint8Array): void;
  rejected(payload: unknown): void;
  /** The connection is up again: whatever was asked before it went is asked anew. */
  connected(): void;
}

interface Dependencies {
  readonly clock: Clock;
  readonly inFlightMax: number;
  readonly ask: (request: FetchRequest) => void;
}

/** Lets so many through at a time; the others wait in order. */
const createGate = (free: number) => {
  const queue: (() => void)[] = [];
  const enter = (): Promise<void> =>
    new Promise((resolve) => {
      if (free === 0) return void queue.push(resolve);
      free -= 1;
      resolve();
    });
  const leave = (): void => {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  };
  return { enter, leave };
};

const matches = (request: FetchRequest) => (waiter: Waiter) =>
  waiter.request.digest === request.digest && waiter.request.chunk === request.chunk;

export const createFetcher = ({ clock, inFlightMax, ask }: Dependencies): Fetcher => {
  const gate = createGate(inFlightMax);
  const waiters = new Set<Waiter>();
  // Two channels may wait for the same chunk, and a duplicate finds nobody waiting.
  const waitingFor = (request: FetchRequest) => [...waiters].filter(matches(request));

  const answer = (request: FetchRequest, signal: AbortSignal): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      let stopAsking = () => {};
      const end = () => {
        stopAsking();
        waiters.delete(waiter);
        signal.removeEventListener('abort', aborted);
      };
      const waiter: Waiter = {
        request,
        ask: () => {
          stopAsking();
          stopAsking = repeat(clock, backoffs.ask, () => ask(request));
        },
        resolve: (bytes) => {
          end();
          resolve(bytes);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      const aborted = () => waiter.reject(signal.reason);
      signal.addEventListener('abort', aborted);
      waiters.add(waiter);
      waiter.ask();
    });

  return {
    chunk: async (request, signal) => {
      await gate.enter();
      try {
        signal.throwIfAborted();
        return await answer(request, signal);
      } finally {
        gate.leave();
      }
    },
    received: (request, bytes) => {
      for (const waiter of waitingFor(request)) waiter.resolve(bytes);
    },
    rejected: (payload) => {
      const { success, data } = rejection.safeParse(payload);
      if (!success) return;
      const error = deviceError(
        data.code === purgedCode ? 'content_purged' : 'content_refused',
        `${data.digest}: ${String(data.code)} ${String(data.message)}`,
      );
      for (const waiter of waitingFor(fetchRequest.parse(data))) waiter.reject(error);
    },
    connected: () => {
      for (const waiter of waiters) waiter.ask();
    },
  };
};
