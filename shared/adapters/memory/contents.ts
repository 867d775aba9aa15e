// Content in memory, cut into chunks as it is everywhere.
import { chunkBytes } from '#device/shadow';
import type { Contents } from '#engine/ports';
import { shelf } from './shelf.ts';

/** Content of no bytes still has one chunk, or nobody could fetch it. */
const chunkOf = (bytes: Uint8Array, index: number): Uint8Array | undefined => {
  const start = index * chunkBytes;
  return index === 0 || (start > 0 && start < bytes.length)
    ? bytes.slice(start, start + chunkBytes)
    : undefined;
};

export const memoryContents = (): Contents => {
  const contents = shelf<Uint8Array>();
  return {
    put: async (organization, digest, bytes) => {
      if (contents.get(organization, digest) === undefined)
        contents.put(new Uint8Array(bytes), organization, digest);
    },
    chunk: async (organization, digest, index) => {
      const bytes = contents.get(organization, digest);
      return bytes === undefined ? undefined : chunkOf(bytes, index);
    },
    get: async (organization, digest) => contents.get(organization, digest),
  };
};
