// What the engine may rely on when it keeps content by its digest, wherever it is kept.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dynamoContents } from '#adapters/dynamodb/contents';
import { memoryContents } from '#adapters/memory/contents';
import { chunkBytes } from '#device/shadow';
import type { Contents } from '#engine/ports';
import { freshTable, localClient } from '#test/support/dynamodb-table';
import { digestOf, range } from './given.ts';

const kilobyte = 1024;

const sizes = {
  'nothing at all': 0,
  'one byte': 1,
  'the most that lies in one small item': 3 * kilobyte,
  'one byte more than that': 3 * kilobyte + 1,
  'exactly one chunk': chunkBytes,
  'one chunk and a byte': chunkBytes + 1,
  'one mebibyte and a byte': kilobyte * kilobyte + 1,
};

const bytesOf = (size: number): Uint8Array => new Uint8Array(randomBytes(size));

const contentsContract = (make: () => Promise<Contents>) => {
  it('answers undefined for what was never put', async () => {
    const contents = await make();
    expect(await contents.get('acme', digestOf('x'))).toBeUndefined();
    expect(await contents.chunk('acme', digestOf('x'), 0)).toBeUndefined();
  });

  it.each(Object.entries(sizes))('gives back %s, whole and in chunks', async (_, size) => {
    const contents = await make();
    const bytes = bytesOf(size);
    const digest = digestOf(bytes);
    await contents.put('acme', digest, bytes);
    const got = await contents.get('acme', digest);
    expect(got?.length).toBe(size);
    expect(digestOf(got ?? 'nothing')).toBe(digest);
    const count = Math.max(1, Math.ceil(size / chunkBytes));
    const chunks = await Promise.all(range(count).map((index) => contents.chunk('acme', digest, index)));
    expect(chunks.every((chunk) => chunk !== undefined && chunk.length <= chunkBytes)).toBe(true);
    expect(digestOf(Buffer.concat(chunks.flatMap((chunk) => chunk ?? [])))).toBe(digest);
    expect(await contents.chunk('acme', digest, count)).toBeUndefined();
    expect(await contents.chunk('acme', digest, -1)).toBeUndefined();
  });

  it('keeps a part of a larger buffer, and not what is written into that later', async () => {
    const contents = await make();
    const buffer = bytesOf(10);
    const part = buffer.subarray(2, 6);
    const before = [...part];
    await contents.put('acme', digestOf('part'), part);
    buffer.fill(0);
    expect([...((await contents.get('acme', digestOf('part'))) ?? [])]).toEqual(before);
  });

  it('stores again without a change', async () => {
    const contents = await make();
    const bytes = bytesOf(chunkBytes * 2);
    const digest = digestOf(bytes);
    await contents.put('acme', digest, bytes);
    await contents.put('acme', digest, bytes);
    expect(digestOf((await contents.get('acme', digest)) ?? 'nothing')).toBe(digest);
  });

  it('shows the content of one organization to no other', async () => {
    const contents = await make();
    const digest = digestOf('secret');
    await contents.put('acme', digest, Buffer.from('secret'));
    expect(await contents.get('globex', digest)).toBeUndefined();
    expect(await contents.chunk('globex', digest, 0)).toBeUndefined();
  });
};

describe('contents in memory', () => contentsContract(async () => memoryContents()));
describe('contents in DynamoDB', () => contentsContract(async () => dynamoContents(await freshTable())));

describe('contents in DynamoDB, when their writer dies', () => {
  const bytes = bytesOf(chunkBytes * 3);
  const digest = digestOf(bytes);

  it('show nothing of what was not finished, and take it when it is put again', async () => {
    const table = await freshTable();
    let putsLeft = 3;
    const dying = localClient((command) => {
      if (command === 'PutItemCommand' && putsLeft-- === 0) throw new Error('out of power');
    });
    const writing = dynamoContents({ ...table, client: dying }).put('acme', digest, bytes);
    await expect(writing).rejects.toThrow('out of power');
    const contents = dynamoContents(table);
    expect(await contents.get('acme', digest)).toBeUndefined();
    expect(await contents.chunk('acme', digest, 0)).toBeUndefined();
    await contents.put('acme', digest, bytes);
    expect(digestOf((await contents.get('acme', digest)) ?? 'nothing')).toBe(digest);
  });
});
