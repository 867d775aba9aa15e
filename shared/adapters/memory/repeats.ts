// Uses of idempotency keys in memory.
import type { Repeats } from '#engine/ports';
import { type Owned, type Shelf, shelf } from './shelf.ts';

export type Repeat = Owned<{ readonly what: string }>;

export const memoryRepeats = (repeats: Shelf<Repeat> = shelf()): Repeats => {
  return {
    first: async (organization, uid, what) => {
      const there = repeats.get(organization, uid);
      if (there !== undefined) return there.what;
      repeats.put({ organization, what }, organization, uid);
      return what;
    },
    find: async (organization, uid) => repeats.get(organization, uid)?.what,
  };
};
