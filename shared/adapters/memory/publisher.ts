// What was published, kept for tests to look at.
import type { Publisher } from '#engine/ports';

export interface Published {
  readonly topic: string;
  readonly payload: Uint8Array;
}

export interface MemoryPublisher extends Publisher {
  /** Oldest first. */
  readonly published: () => readonly Published[];
  /** Called with each message, as a subscriber would be; answers how to stop. */
  readonly onPublish: (listener: (message: Published) => void) => () => void;
}

export const memoryPublisher = (): MemoryPublisher => {
  const published: Published[] = [];
  const listeners = new Set<(message: Published) => void>();
  return {
    publish: async (topic, payload) => {
      const message = { topic, payload: new Uint8Array(payload) };
      published.push(message);
      for (const listener of listeners) listener(structuredClone(message));
    },
    published: () => structuredClone(published),
    onPublish: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
