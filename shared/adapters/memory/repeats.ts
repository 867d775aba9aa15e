// Uses of idempotency keys in memory.
import type { Clock, Repeats } from '#engine/ports';
import { repeatsMs } from '#operations/retention';
import { never } from './never.ts';
import { type Owned, type Shelf, shelf } from './shelf.ts';

export type Repeat = Owned<{ readonly what: string; readonly at: number }>;

export const memoryRepeats = (
  repeats: Shelf<Repeat> = shelf(),
  clock: Pick<Clock, 'now'> = never,
): Repeats => {
  const there = (organization: string, uid: string): string | undefined => {
    const found = repeats.get(organization, uid);
    return found !== undefined && clock.now() <= found.at + repeatsMs ? found.what : undefined;
  };
  return {
    first: async (organization, uid, what, at) => {
      const before = there(organization, uid);
      if (before !== undefined) return before;
      repeats.put({ organization, what, at }, organization, uid);
      return what;
    },
    find: async (organization, uid) => there(organization, uid),
  };
};
