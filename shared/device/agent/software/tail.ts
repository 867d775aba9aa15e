// Keeps the end of a stream, however long it is: a script that prints for a day costs no more memory than one that prints a page.
import type { Readable } from 'node:stream';
import { resultBytesMax } from '../../result.ts';
import { type Text, textOf } from './text.ts';

/** More can never be reported. */
const bytesMax = resultBytesMax;

export const keepTail = (stream: Readable): (() => Text) => {
  let chunks: Buffer[] = [];
  let bytes = 0;
  let isTrimmed = false;

  const dropFirst = () => {
    while (bytes - (chunks[0]?.length ?? 0) >= bytesMax) {
      bytes -= chunks.shift()?.length ?? 0;
      isTrimmed = true;
    }
  };
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    dropFirst();
    // Many tiny chunks are as large as few long ones.
    if (chunks.length > 1024) chunks = [Buffer.concat(chunks)];
  });
  // A stream that breaks has ended: how the process ended is said by the process.
  stream.on('error', () => {});

  return () => {
    const all = Buffer.concat(chunks);
    return textOf(all.subarray(-bytesMax), isTrimmed || all.length > bytesMax);
  };
};
