// Notices in memory: what is sent waits until somebody takes it, whatever its delay.
import type { Notice, Notices } from '#engine/ports';
import { copied } from './copied.ts';

export interface WaitingNotice {
  readonly notice: Notice;
  readonly delayMs: number;
}

export interface MemoryNotices extends Notices {
  /** What waits, oldest first. */
  readonly waiting: () => readonly WaitingNotice[];
  readonly take: () => WaitingNotice | undefined;
}

export const memoryNotices = (): MemoryNotices => {
  const queue: WaitingNotice[] = [];
  return {
    send: async (notice, delayMs) => {
      queue.push({ notice: copied(notice), delayMs });
    },
    waiting: () => copied(queue),
    take: () => queue.shift(),
  };
};
