// API keys in memory.
import type { Key, Keys } from '#engine/ports';
import { inOrder } from './order.ts';
import { type Shelf, shelf } from './shelf.ts';

export const memoryKeys = (keys: Shelf<Key> = shelf()): Keys => {
  return {
    load: async (id) => keys.get(id),
    add: async (key) => {
      if (keys.get(key.id) !== undefined) throw new Error(`There is a key ${key.id} already.`);
      keys.put(key, key.id);
    },
    revoke: async (id, at) => {
      const key = keys.get(id);
      if (key === undefined) return false;
      keys.put({ ...key, revokedAt: key.revokedAt ?? at }, id);
      return true;
    },
    ofOrganization: async (organization) =>
      inOrder(
        keys.those((key) => key.organization === organization),
        (key) => key.id,
        'oldest first',
      ),
  };
};
