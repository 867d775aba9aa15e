// Uses of idempotency keys in memory.
import type { Repeats } from '#engine/ports';
import { shelf } from './shelf.ts';

export const memoryRepeats = (): Repeats => {
  const repeats = shelf<{ readonly what: string }>();
  return {
    first: async (organization, uid, what) => {
      const there = repeats.get(organization, uid);
      if (there !== undefined) return there.what;
      repeats.put({ what }, organization, uid);
      return what;
    },
    find: async (organization, uid) => repeats.get(organization, uid)?.what,
  };
};
