// Content in DynamoDB: a small head says that it is begun, then come the chunks, then the head says that it is whole. What is not
// whole is not seen, and found all the same by whoever cleans up.
import * as z from 'zod';
import { chunkBytes } from '#device/shadow';
import { type Contents, type StoredContent, Unavailable } from '#engine/ports';
import { getItems } from './batch.ts';
import { type Item, reading } from './item.ts';
import { getItem, putItem, updateItem } from './items.ts';
import { chunkKey, contentKey, contentOf, type ItemKey } from './keys.ts';
import { type Consistency, nowOf, type Table } from './table.ts';

/** What still fits into a head that is read for half a unit (4 KB, eventually consistent). */
const inlineBytesMax = 3 * 1024;
/** Chunks written at the same time: 97 write units each. */
const chunksAtOnce = 4;

const bytes = z.instanceof(Uint8Array);
const storedHead = z.object({
  pk: z.string(),
  sk: z.string(),
  format: z.literal(2),
  size: z.int(),
  inline: bytes.optional(),
  /** When it was last put, give or take `refreshMs`. */
  usedAt: z.int(),
  isBegun: z.boolean().optional(),
  /** Since when somebody takes it away. */
  removing: z.int().optional(),
});
const storedChunk = z.object({ index: z.int(), bytes });

/** A use is written down at most so often: content that is put by the second must not be written by the second. */
const refreshMs = 24 * 60 * 60 * 1000;
/** Whoever takes content away is done by then, or dead. */
const removingMs = 15 * 60 * 1000;

export const decodeHead = reading('head of a content', storedHead, (stored) => stored);
export const decodeContent = (item: Item): StoredContent => {
  const { pk, sk, size, usedAt } = decodeHead(item);
  return { digest: contentOf({ pk, sk }), size, usedAt };
};

type Head = ReturnType<typeof decodeHead>;

const isWhole = ({ isBegun, removing }: Head): boolean => isBegun === undefined && removing === undefined;
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

const putAll = async (
  table: Table,
  [organization, digest, content]: Parameters<Contents['put']>,
  usedAt: number,
): Promise<void> => {
  const head = { ...contentKey(organization, digest), format: 2, size: content.length, usedAt };
  if (content.length <= inlineBytesMax) {
    await putItem(table, { ...head, inline: content });
    return;
  }
  await putItem(table, { ...head, isBegun: true });
  await putChunks(table, organization, digest, content);
  await putItem(table, head);
};

/** False: it is not what was read any more. */
const refresh = async (table: Table, { pk, sk, usedAt }: Head, now: number): Promise<boolean> => {
  const { done } = await updateItem(table, { pk, sk }, '#usedAt = :now', {
    expression: '#usedAt = :before AND attribute_not_exists(#removing)',
    names: { '#usedAt': 'usedAt', '#removing': 'removing' },
    values: { ':now': now, ':before': usedAt },
  });
  return done;
};

const headOf = async (table: Table, key: ItemKey, consistency: Consistency): Promise<Head | undefined> => {
  const item = await getItem(table, key, consistency);
  return item && decodeHead(item);
};

/** What is taken away at this moment must not be written at the same time. */
const refuseWhileRemoved = ({ sk, removing }: Head, now: number): void => {
  if (removing !== undefined && now - removing < removingMs)
    throw new Unavailable(`Content ${sk} is being taken away.`);
};

const put =
  (table: Table): Contents['put'] =>
  async (organization, digest, content) => {
    const now = nowOf(table);
    const key = contentKey(organization, digest);
    const found = await headOf(table, key, 'eventually consistent');
    if (found !== undefined && isWhole(found)) {
      if (now - found.usedAt < refreshMs || (await refresh(table, found, now))) return;
    }
    const certain = await headOf(table, key, 'consistent');
    if (certain !== undefined) refuseWhileRemoved(certain, now);
    if (certain !== undefined && isWhole(certain) && now - certain.usedAt < refreshMs) return;
    await putAll(table, [organization, digest, content], now);
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
      const [head] = items.filter(isHead).map(decodeHead).filter(isWhole);
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
      const head = await headOf(table, contentKey(organization, digest), consistency);
      if (head === undefined || !isWhole(head)) return undefined;
      const { inline, size } = head;
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
