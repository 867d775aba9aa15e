// Devices by the thousand: what the table has of one that has lived, under other names, written around the meters.
import { randomBytes } from 'node:crypto';
import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { fromStored, type Item } from '#adapters/dynamodb/item';
import type { Table } from '#adapters/dynamodb/table';
import { serverHash } from '#dialects/heat/pointers';
import { newUid } from '#engine/ids';
import type { Device } from './devices.ts';
import { write } from './fill.ts';

const chance = { bytes: (length: number) => randomBytes(length) };
const devicesAtOnce = 200;

/** What a device is called in the table; of a server that has any text for a name, Heat keeps the digest as well. */
const namesOf = ({ thing, label }: Device): readonly string[] => [thing, serverHash(label), label];

const itemsOf = async ({ client, name }: Table, { thing, label }: Device): Promise<readonly Item[]> => {
  const found: Item[] = [];
  let after: Record<string, AttributeValue> | undefined;
  do {
    const scanned = await client.send(new ScanCommand({ TableName: name, ExclusiveStartKey: after }));
    found.push(...(scanned.Items ?? []).map(fromStored));
    after = scanned.LastEvaluatedKey;
  } while (after !== undefined);
  const names = new RegExp(`\\b${label}\\b|${thing}|${serverHash(label)}`);
  return found.filter(({ pk, sk }) => names.test(`${pk} ${sk}`));
};

/** In every text, wherever it stands: ids of deployments have their thing's name in them. Bytes are digests, and stay. */
const renaming = (from: Device, to: Device) => {
  const after = namesOf(to);
  const pairs = namesOf(from).map((name, index) => [name, after[index] ?? ''] as const);
  const renamed = (value: unknown): unknown => {
    if (typeof value === 'string')
      return pairs.reduce((text, [name, other]) => text.replaceAll(name, other), value);
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
    if (Array.isArray(value)) return value.map(renamed);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, renamed(one)]));
  };
  return (item: Item): Item => renamed(item) as Item;
};

export const copiesOf =
  (table: Table) =>
  async (first: Device, count: number): Promise<readonly Device[]> => {
    if (count <= 0) return [];
    const items = await itemsOf(table, first);
    const copies = Array.from({ length: count }, (_, index) => ({
      thing: newUid(chance),
      label: `copy-${index}`,
    }));
    for (let at = 0; at < copies.length; at += devicesAtOnce)
      await write(
        table,
        copies.slice(at, at + devicesAtOnce).flatMap((copy) => items.map(renaming(first, copy))),
      );
    return copies;
  };
