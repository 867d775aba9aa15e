// Answers to pings in memory.
import type { Pongs } from '#engine/ports';
import { type Shelf, shelf } from './shelf.ts';

export interface Pong {
  readonly at: number;
}

export const memoryPongs = (pongs: Shelf<Pong> = shelf()): Pongs => ({
  add: async (thing, ping, at) => pongs.put({ at }, thing, ping),
  find: async (thing, ping) => pongs.get(thing, ping)?.at,
});
