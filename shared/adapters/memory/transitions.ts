// The transitions queue in memory: what is sent waits until somebody takes it.
import type { SlotId } from '#domain/slot';
import type { Transitions } from '#engine/ports';
import { copied } from './copied.ts';

export interface QueuedTransition {
  readonly slot: SlotId;
  readonly organization: string;
}

export interface MemoryTransitions extends Transitions {
  /** What waits, oldest first. */
  readonly waiting: () => readonly QueuedTransition[];
  /** Takes the oldest, or the one at `index`: a standard queue keeps no order. */
  readonly take: (index?: number) => QueuedTransition | undefined;
}

export const memoryTransitions = (): MemoryTransitions => {
  const queue: QueuedTransition[] = [];
  return {
    send: async (slot, organization) => {
      queue.push({ slot: copied(slot), organization });
    },
    backlog: async () => queue.length,
    waiting: () => copied(queue),
    take: (index = 0) => queue.splice(index, 1)[0],
  };
};
