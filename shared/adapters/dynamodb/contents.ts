// Content in DynamoDB: chunks first, and last a small head without which nothing of it is seen.
import * as z from 'zod';
import { chunkBytes } from '#device/shadow';
import type { Contents } from '#engine/ports';
import { getItems } from './batch.ts';
import { type Item, reading } from './item.ts';
import { getItem, putItem } from './items.ts';
import { chunkKey, contentKey, type ItemKey } from './keys.ts';
import type { Consistency, Table } from './table.ts';

/** What still fits into a head that is read for half a unit (4 KB, eventually consistent). */
const inlineBytesMax = 3 * 1024;
/** Chunks written at the same time: 97 write units each. */
const chunksAtOnce = 4;

const bytes = z.instanceof(Uint8Array);
const storedHead = z.object({ format: z.literal(1), size: z.int(), inline: bytes.optional() });
const storedChunk = z.object({ index: z.int(), bytes });

const decodeHead = reading('head of a content', storedHead, (stored) => stored);
const decodeChunk = reading('chunk of a content', storedChunk, (stored) => stored);

const chunkCount = (size: number): number => Math.ceil(size / chunkBytes);
const chunkOf = (content: Uint8Array, index: number): Uint8Array =>
  content.subarray(index * chunkBytes, (index + 1) * chunkBytes);

// ---- writing

const putChunks = async (
  table: Table,
  organization: string,
  digest: string,
  content: Uint8Array,
): Promise<void> => {
  const count = chunkCount(content.length);
  for (let first = 0; first < count; first += chunksAtOnce) {
    const indexes = Array.from(
      { length: Math.min(chunksAtOnce, count - first) },
      (_, place) => first + place,
    );
    await Promise.all(
      indexes.map((index) =>
        putItem(table, {
          ...chunkKey(organization, digest, index),
          index,
          bytes: chunkOf(content, index),
        }),
      ),
    );
  }
};

const put =
  (table: Table): Contents['put'] =>
  async (organization, digest, content) => {
    const head = contentKey(organization, digest);
    if ((await getItem(table, head, 'eventually consistent')) !== undefined) return;
    const isSmall = content.length <= inlineBytesMax;
    if (!isSmall) await putChunks(table, organization, digest, content);
    await putItem(table, {
      ...head,
      format: 1,
      size: content.length,
      ...(isSmall ? { inline: content } : {}),
    });
  };

// ---- reading

/** Half the price, and asked again for certain only where something was missing: what is there never changes. */
const twice = async <Answer>(
  ask: (consistency: Consistency) => Promise<Answer | undefined>,
): Promise<Answer | undefined> => (await ask('eventually consistent')) ?? (await ask('consistent'));

const isHead = (item: Item): boolean => item.index === undefined;

/** Without its head, a chunk is part of something that was never finished. */
const chunk =
  (table: Table): Contents['chunk'] =>
  (organization, digest, index) =>
    twice(async (consistency) => {
      const keys = [contentKey(organization, digest), chunkKey(organization, digest, index)];
      const items = await getItems(table, keys, consistency);
      const [head] = items.filter(isHead).map(decodeHead);
      if (head === undefined || head.inline !== undefined) return index === 0 ? head?.inline : undefined;
      return items.filter((item) => !isHead(item)).map(decodeChunk)[0]?.bytes;
    });

const bytesOf = async (
  table: Table,
  keys: readonly ItemKey[],
  consistency: Consistency,
): Promise<Uint8Array> => {
  const chunks = (await getItems(table, keys, consistency)).map(decodeChunk);
  const inOrder = chunks.sort((one, other) => one.index - other.index);
  return new Uint8Array(Buffer.concat(inOrder.map((one) => one.bytes)));
};

const get =
  (table: Table): Contents['get'] =>
  (organization, digest) =>
    twice(async (consistency) => {
      const item = await getItem(table, contentKey(organization, digest), consistency);
      if (item === undefined) return undefined;
      const { inline, size } = decodeHead(item);
      if (inline !== undefined) return inline;
      const keys = Array.from({ length: chunkCount(size) }, (_, index) =>
        chunkKey(organization, digest, index),
      );
      const content = await bytesOf(table, keys, consistency);
      if (content.length === size) return content;
      if (consistency === 'eventually consistent') return undefined;
      throw new Error(`Of the content ${digest} only ${content.length} of ${size} bytes are stored.`);
    });

export const dynamoContents = (table: Table): Contents => ({
  put: put(table),
  chunk: chunk(table),
  get: get(table),
});
