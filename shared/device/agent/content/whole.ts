// Puts whole contents together from chunks. Nothing leaves this file whose digest was not verified.
import { chunkBytes } from '../../shadow.ts';
import { digestOf } from '../digest.ts';
import { deviceError } from '../errors.ts';
import type { Fetcher } from './fetcher.ts';

export interface Wanted {
  readonly digest: string;
  readonly size: number;
}

/** How many bytes each chunk of a content must have; an empty content has no chunk. */
const chunkSizes = (size: number): number[] =>
  Array.from({ length: Math.ceil(size / chunkBytes) }, (_, chunk) =>
    Math.min(chunkBytes, size - chunk * chunkBytes),
  );

export const verified = <Content extends Uint8Array>(content: Content, digest: string): Content => {
  const found = digestOf(content);
  if (found !== digest) throw deviceError('content_mismatch', `${digest} wanted, ${found} received`);
  return content;
};

/** A content whose size is known. */
export const fetchContent =
  (fetcher: Fetcher) =>
  async ({ digest, size }: Wanted, signal: AbortSignal): Promise<Uint8Array> => {
    const chunks = await Promise.all(
      chunkSizes(size).map(async (expected, chunk) => {
        const bytes = await fetcher.chunk({ digest, chunk }, signal);
        if (bytes.byteLength === expected) return bytes;
        throw deviceError(
          'content_mismatch',
          `${digest}: chunk ${chunk} has ${bytes.byteLength} bytes, not ${expected}`,
        );
      }),
    );
    return verified(Buffer.concat(chunks), digest);
  };

/** A content whose size nobody told: it ends with a chunk that is not full, or when its digest is right. */
export const fetchUnsized =
  (fetcher: Fetcher, bytesMax: number) =>
  async (digest: string, signal: AbortSignal): Promise<Uint8Array> => {
    let content = Buffer.alloc(0);
    for (let chunk = 0; ; chunk += 1) {
      const bytes = await fetcher.chunk({ digest, chunk }, signal);
      content = Buffer.concat([content, bytes]);
      if (content.byteLength > bytesMax)
        throw deviceError('too_large', `${digest}: more than ${bytesMax} bytes`);
      if (bytes.byteLength < chunkBytes || digestOf(content) === digest) return verified(content, digest);
    }
  };
