// The rollouts queue in memory: what is sent waits until somebody takes it.
import type { Clock, FanOut, FanOutMessage } from '#engine/ports';
import { copied } from './copied.ts';

export interface QueuedFanOut {
  readonly message: FanOutMessage;
  /** Nobody gets it before. */
  readonly at: number;
}

export interface MemoryFanOut extends FanOut {
  /** What waits, in the order in which it can be taken. */
  readonly waiting: () => readonly QueuedFanOut[];
  /** The first whose time has come. */
  readonly take: () => FanOutMessage | undefined;
}

export const memoryFanOut = (clock: Pick<Clock, 'now'>): MemoryFanOut => {
  const queue: QueuedFanOut[] = [];
  return {
    send: async (messages, delayMs = 0) => {
      const at = clock.now() + delayMs;
      queue.push(...messages.map((message) => ({ message: copied(message), at })));
      queue.sort((one, other) => one.at - other.at);
    },
    waiting: () => copied(queue),
    take: () => {
      const [first] = queue;
      if (first === undefined || first.at > clock.now()) return undefined;
      queue.shift();
      return first.message;
    },
  };
};
