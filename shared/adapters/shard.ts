// Which shard of the due index a slot stands in: every adapter and every year the same, so that nothing has to move.
import { dueShards } from '#operations/table';

/** FNV-1a over UTF-16 units: only has to be stable and even, not secret. */
const hashOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
};

export const shardOf = (text: string, shards: number): number => hashOf(text) % shards;

/** All slots of a thing share a shard. */
export const dueShardOf = (thing: string): number => shardOf(thing, dueShards);
