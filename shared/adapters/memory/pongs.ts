// Answers to pings in memory.
import type { Pongs } from '#engine/ports';
import { shelf } from './shelf.ts';

export const memoryPongs = (): Pongs => {
  const pongs = shelf<{ readonly at: number }>();
  return {
    add: async (thing, ping, at) => pongs.put({ at }, thing, ping),
    find: async (thing, ping) => pongs.get(thing, ping)?.at,
  };
};
