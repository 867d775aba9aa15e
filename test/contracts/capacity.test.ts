// What each operation costs, counted by DynamoDB itself: the budget of a deployment's life is 8 write units.
import type { ConsumedCapacity } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { dynamoKeys } from '#adapters/dynamodb/api-keys';
import { dynamoCatalog } from '#adapters/dynamodb/catalog';
import { dynamoContents } from '#adapters/dynamodb/contents';
import { dynamoRecords } from '#adapters/dynamodb/records';
import { dynamoSlots } from '#adapters/dynamodb/slots';
import type { Table } from '#adapters/dynamodb/table';
import { dynamoThings } from '#adapters/dynamodb/things';
import { chunkBytes } from '#device/shadow';
import type { Slot } from '#domain/slot';
import { freshTable } from '#test/support/dynamodb-table';
import { lifeOf, newer, older, recordOf } from './a-life.ts';
import { aKey, anEntry, aThing, digestOf, readAll, start } from './given.ts';

const reads: ReadonlySet<string> = new Set(['GetItem', 'BatchGetItem', 'Query']);

/** Units of what was asked since the last look. */
const meter = () => {
  let consumed: { operation: string; units: number }[] = [];
  const unitsOf = (isRead: boolean): number =>
    consumed
      .filter(({ operation }) => reads.has(operation) === isRead)
      .reduce((sum, { units }) => sum + units, 0);
  return {
    onCapacity: ({ CapacityUnits: units = 0 }: ConsumedCapacity, operation: string): void => {
      consumed.push({ operation, units });
    },
    spent: async (ask: () => Promise<unknown>): Promise<{ written: number; read: number }> => {
      consumed = [];
      await ask();
      return { written: unitsOf(false), read: unitsOf(true) };
    },
  };
};

const measured = async (): Promise<{ table: Table; spent: ReturnType<typeof meter>['spent'] }> => {
  const { onCapacity, spent } = meter();
  return { table: await freshTable({ onCapacity }), spent };
};

const settled = ['the older is deployed', 'the older is confirmed'] as const;

it('a deployment that supersedes another is written with 8 units, from created to confirmed', async () => {
  const { table, spent } = await measured();
  const [slots, records] = [dynamoSlots(table), dynamoRecords(table)];
  const life = lifeOf(...settled, 'the newer is deployed', 'the newer is confirmed').map(([, slot]) => slot);
  const [first, confirmed, deployed, over] = life as [Slot, Slot, Slot, Slot];
  await records.file(recordOf(older, start));
  await slots.save(first);
  await slots.save(confirmed);

  expect(await spent(() => records.file(recordOf(newer, start)))).toEqual({ written: 2, read: 0 });
  expect(await spent(() => slots.save(deployed))).toEqual({ written: 2, read: 0 });
  expect(await spent(() => slots.load(deployed.id))).toEqual({ written: 0, read: 1 });
  expect(await spent(() => slots.save(over))).toEqual({ written: 2, read: 0 });
  const [left] = over.leaving;
  if (left === undefined) throw new Error('Nothing left the slot.');
  expect(await spent(() => records.end(over.id, left))).toEqual({ written: 1, read: 0 });
});

it('a slot that is saved without a new time costs one unit, with another time three', async () => {
  const { table, spent } = await measured();
  const slots = dynamoSlots(table);
  const [deployed, offline] = lifeOf('the older is deployed', 'the thing is offline').map(
    ([, slot]) => slot,
  ) as [Slot, Slot];
  await slots.save(deployed);
  const sameTime = { ...deployed, version: deployed.version + 1, seq: deployed.seq + 1 };
  expect((await spent(() => slots.save(sameTime))).written).toBe(1);
  expect((await spent(() => slots.save({ ...offline, version: sameTime.version + 1 }))).written).toBe(3);
});

it('a thing and an entry pay for a transaction only where a claim is made or changed', async () => {
  const { table, spent } = await measured();
  const [things, catalog] = [dynamoThings(table), dynamoCatalog(table)];
  const units = async (ask: () => Promise<unknown>) => (await spent(ask)).written;
  // The first in a list pays for the note that there is this list.
  expect(await units(() => things.save(aThing('the first')))).toBe(6 + 1);
  expect(await units(() => catalog.save(anEntry('the first')))).toBe(2 + 1);
  expect(await units(() => things.save(aThing('robot')))).toBe(6);
  expect(await units(() => things.save(aThing('robot', { version: 2, agentVersion: '2' })))).toBe(1);
  expect(await units(() => catalog.save(anEntry('plain')))).toBe(2);
  expect(await units(() => catalog.save(anEntry('named', { unique: { slug: 'a' } })))).toBe(6);
  expect(await units(() => catalog.save(anEntry('named', { version: 2, unique: { slug: 'a' } })))).toBe(1);
  // And one that the organization is there.
  expect(await units(() => dynamoKeys(table).add(aKey('k')))).toBe(2 + 1);
});

it('content that is stored already costs half a read unit, however large it is', async () => {
  const { table, spent } = await measured();
  const contents = dynamoContents(table);
  const bytes = new Uint8Array(chunkBytes * 2);
  const digest = digestOf(bytes);
  // A head that says that it is begun, and one that says that it is whole.
  expect((await spent(() => contents.put('acme', digest, bytes))).written).toBe(2 * 97 + 2);
  expect(await spent(() => contents.put('acme', digest, bytes))).toEqual({ written: 0, read: 0.5 });
  expect((await spent(() => contents.chunk('acme', digest, 1))).read).toBe(13);
  expect((await spent(() => contents.put('acme', digestOf('x'), Buffer.from('x')))).written).toBe(1);
});

it('the first page of a list costs the same among many as among few', async () => {
  const { table, spent } = await measured();
  const records = dynamoRecords(table);
  const firstPage = () =>
    spent(async () => {
      const list = records.keysOf('org_5k8n2w7d', 'release', 'newest first')[Symbol.asyncIterator]();
      await list.next();
    });
  const file = (number: number) =>
    records.file({
      ...recordOf(`dpl_${number}`, start + number),
      slot: { thing: `t${number}`, channel: 'release' },
    });
  await file(0);
  const amongFew = await firstPage();
  await Promise.all(Array.from({ length: 300 }, (_, number) => file(number)));
  expect((await firstPage()).read).toBeLessThanOrEqual(amongFew.read + 4 * 0.5);
  expect(await readAll(records.keysOf('org_5k8n2w7d', 'release', 'newest first'))).toHaveLength(300);
});

it('what never changes is read for half a unit each', async () => {
  const { table, spent } = await measured();
  const catalog = dynamoCatalog(table);
  await catalog.save(anEntry('r1'));
  await catalog.save(anEntry('r2'));
  const ids = ['r1', 'r2'];
  expect(await spent(() => catalog.loadMany('acme', 'release', ids))).toEqual({ written: 0, read: 2 });
  expect(await spent(() => catalog.loadUnchanging('acme', 'release', ids))).toEqual({ written: 0, read: 1 });
});
