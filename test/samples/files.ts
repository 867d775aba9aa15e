// The samples as files: what was once stored or sent, byte by byte. They are added to, and never changed.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoredItem } from '#adapters/dynamodb/item';
import { scratchTable } from './scratch.ts';
import type { StoredKind } from './stored.ts';

const fileOf = (name: string, number: number): string =>
  join(import.meta.dirname, 'files', `${name}.${number}.json`);

export const sampleOf = (name: string, number: number): unknown =>
  JSON.parse(readFileSync(fileOf(name, number), 'utf8'));

export const hasSample = (name: string, number: number): boolean => existsSync(fileOf(name, number));

/** Bytes are base64 in a file, as AWS itself writes items as JSON. */
export const asJson = (items: unknown): unknown =>
  JSON.parse(
    JSON.stringify(items, (_, value) =>
      value?.B instanceof Uint8Array ? { B: Buffer.from(value.B).toString('base64') } : value,
    ),
  );

export const itemsOf = (sample: unknown): StoredItem[] =>
  JSON.parse(JSON.stringify(sample), (name, value) => (name === 'B' ? Buffer.from(value, 'base64') : value));

/** What one write leaves in the table today, in the order of the keys. */
export const writtenToday = async ({ write }: StoredKind, value: unknown): Promise<unknown> => {
  const { table, written } = scratchTable();
  await write(table, value as never);
  const last = new Map(written.map((item) => [`${item.pk?.S} ${item.sk?.S}`, item]));
  return asJson([...last.keys()].toSorted().map((key) => last.get(key)));
};
