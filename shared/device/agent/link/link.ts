// Keeps one connection to the cloud: connect, subscribe, say that it is up; when it goes, wait longer each time and connect again.
import { backoffs, delayAfter, goodConnectionMs, withJitter } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { OnEvent } from '../events.ts';
import type { Connection, Transport } from './transport.ts';

export interface Link {
  start(): void;
  /** Lost in silence while there is no connection. */
  publish(topic: string, payload: string): void;
  stop(): Promise<void>;
}

interface Dependencies {
  readonly transport: Transport;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly topics: readonly string[];
  readonly onReady: () => void;
  readonly onDown: () => void;
  readonly onMessage: (topic: string, payload: Uint8Array) => void;
  readonly onEvent: OnEvent;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const createLink = (needs: Dependencies): Link => {
  const { transport, clock, random, topics, onEvent } = needs;
  let connection: Connection | undefined;
  let ready = false;
  let stopped = false;
  let failures = 0;
  let cancel = () => {};

  const reconnectLater = (reason: string, upSince: number | undefined) => {
    if (upSince !== undefined && clock.now() - upSince >= goodConnectionMs) failures = 0;
    failures += 1;
    const retryInMs = withJitter(delayAfter(backoffs.connect, failures), random);
    cancel = clock.after(retryInMs, connect);
    onEvent({ event: 'disconnected', reason, retryInMs });
  };

  const connect = () => {
    let upSince: number | undefined;
    let refused: string | undefined;
    const mine: Connection = transport.connect({
      up: () => {
        upSince = clock.now();
        // Ready only when every answer would be heard: subscribe first, then speak.
        mine.subscribe(topics).then(
          () => {
            if (stopped || connection !== mine) return;
            ready = true;
            onEvent({ event: 'connected', host: transport.host });
            needs.onReady();
          },
          (error: unknown) => {
            refused = reasonOf(error);
            void mine.close();
          },
        );
      },
      message: (topic, payload) => needs.onMessage(topic, payload),
      down: (reason) => {
        if (connection !== mine) return;
        connection = undefined;
        ready = false;
        needs.onDown();
        if (!stopped) reconnectLater(refused ?? reason, upSince);
      },
    });
    connection = mine;
  };

  return {
    start: connect,
    publish: (topic, payload) => {
      if (ready) connection?.publish(topic, payload);
    },
    stop: async () => {
      stopped = true;
      cancel();
      await connection?.close();
    },
  };
};
