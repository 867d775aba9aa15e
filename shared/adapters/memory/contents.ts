// Content in memory, cut into chunks as it is everywhere.
import { chunkBytes } from '#device/shadow';
import type { Clock, Contents, StoredContent } from '#engine/ports';
import { type Owned, type Shelf, shelf } from './shelf.ts';

export type Content = Owned<StoredContent & { readonly bytes: Uint8Array }>;

/** Content of no bytes still has one chunk, or nobody could fetch it. */
const chunkOf = (bytes: Uint8Array, index: number): Uint8Array | undefined => {
  const start = index * chunkBytes;
  return index === 0 || (start > 0 && start < bytes.length)
    ? bytes.slice(start, start + chunkBytes)
    : undefined;
};

/** As everywhere: a use is written down once a day. */
const refreshMs = 24 * 60 * 60 * 1000;

export const memoryContents = (
  { now }: Pick<Clock, 'now'> = { now: Date.now },
  contents: Shelf<Content> = shelf(),
): Contents => ({
  put: async (organization, digest, bytes) => {
    const there = contents.get(organization, digest);
    if (there !== undefined && now() - there.usedAt < refreshMs) return;
    const content = { organization, digest, size: bytes.length, usedAt: now(), bytes: new Uint8Array(bytes) };
    contents.put(content, organization, digest);
  },
  chunk: async (organization, digest, index) => {
    const content = contents.get(organization, digest);
    return content === undefined ? undefined : chunkOf(content.bytes, index);
  },
  get: async (organization, digest) => contents.get(organization, digest)?.bytes,
});
