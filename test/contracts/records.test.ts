// What the engine may rely on when it files deployments and how they ended, wherever they are kept.
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoRecords } from '#adapters/dynamodb/records';
import { memoryRecords } from '#adapters/memory/records';
import type { Clock, DeploymentRecord, ListOrder, RecordKey, Records } from '#engine/ports';
import { longest } from '#operations/retention';
import { testClock } from '#test/support/clock';
import { freshTable } from '#test/support/dynamodb-table';
import { aDeployment, aRecord, hostileNames, range, readAll, start } from './given.ts';

const slot = { thing: 'robot', channel: 'release' } as const;

const idsOf = async (records: Records, order: ListOrder, organization = 'acme'): Promise<string[]> =>
  (await readAll(records.keysOf(organization, 'release', order))).map(({ id }) => id);

const recordsContract = (make: () => Promise<Records>) => {
  it('answers undefined for what was never filed', async () => {
    expect(await (await make()).load('robot', 'dpl_1')).toBeUndefined();
  });

  it('loads what was filed, with every word of it', async () => {
    const records = await make();
    const record = aRecord('robot', 'dpl_1', { track: 'rls_1', restores: 'dpl_0', request: 'any text' });
    expect(await records.file(record)).toEqual(record);
    expect(await records.load('robot', 'dpl_1')).toEqual(record);
  });

  it('keeps the first when it is filed twice, and answers it', async () => {
    const records = await make();
    const first = aRecord('robot', 'dpl_1', { createdBy: 'key:ada' });
    await records.file(first);
    expect(await records.file(aRecord('robot', 'dpl_1', { createdBy: 'key:bob' }))).toEqual(first);
    expect(await records.load('robot', 'dpl_1')).toEqual(first);
  });

  it('answers the same one to all who file it at the same time', async () => {
    const records = await make();
    const filed = await Promise.all(
      range(20).map((number) => records.file(aRecord('robot', 'dpl_1', { createdBy: `key:${number}` }))),
    );
    expect(new Set(filed.map(({ createdBy }) => createdBy)).size).toBe(1);
  });

  it('writes how it ended, once', async () => {
    const records = await make();
    const record = aRecord('robot', 'dpl_1');
    const ended = aDeployment('dpl_1', { phase: 'archived' });
    await records.file(record);
    await records.end(slot, ended);
    await records.end(slot, { ...ended, phase: 'failed' });
    expect(await records.load('robot', 'dpl_1')).toEqual({ ...record, ended });
  });

  it('refuses to end what was never filed', async () => {
    const records = await make();
    await expect(records.end(slot, aDeployment('dpl_1'))).rejects.toThrow(/dpl_1/);
    expect(await records.load('robot', 'dpl_1')).toBeUndefined();
  });

  it('keeps how it ended when it is filed again', async () => {
    const records = await make();
    await records.file(aRecord('robot', 'dpl_1'));
    await records.end(slot, aDeployment('dpl_1'));
    expect((await records.file(aRecord('robot', 'dpl_1'))).ended).toEqual(aDeployment('dpl_1'));
  });

  it('loads 250 at once, each once, and leaves out those that are not there', async () => {
    const records = await make();
    const filed = range(250).map((number) => aRecord(`robot-${number % 7}`, `dpl_${number}`));
    await Promise.all(filed.map(records.file));
    const keys: RecordKey[] = filed.map(({ id, slot: { thing } }) => ({ thing, id }));
    const found = await records.loadMany([
      ...keys,
      ...keys.slice(0, 9),
      { thing: 'robot-1', id: 'dpl_none' },
    ]);
    expect(found).toHaveLength(250);
    expect(new Map(found.map((record) => [record.id, record]))).toEqual(
      new Map(filed.map((record) => [record.id, record])),
    );
  });

  it('lists the keys of an organization on one channel by time, then by id, in both directions', async () => {
    const records = await make();
    const times = range(60).map((number) => start + 1000 * Math.floor(number / 3));
    const filed = times.map((createdAt, number) =>
      aRecord(`robot-${number}`, `dpl_${String(number % 3)}_${number}`, { createdAt }),
    );
    for (const record of filed.toReversed()) await records.file(record);
    await records.file(aRecord('robot', 'other organization', { organization: 'globex' }));
    await records.file(aRecord('robot', 'other channel', { slot: { thing: 'robot', channel: 'software' } }));
    const expected = filed.map(({ id }) => id);
    expect(await idsOf(records, 'oldest first')).toEqual(expected);
    expect(await idsOf(records, 'newest first')).toEqual(expected.toReversed());
    expect(await idsOf(records, 'oldest first', 'globex')).toEqual(['other organization']);
    expect(await idsOf(records, 'oldest first', 'initech')).toEqual([]);
  });

  it('lists things with their ids, as far as somebody reads', async () => {
    const records = await make();
    for (const number of range(10))
      await records.file(aRecord(`robot-${number}`, `dpl_${number}`, { createdAt: start + number }));
    for await (const key of records.keysOf('acme', 'release', 'newest first')) {
      expect(key).toEqual({ thing: 'robot-9', id: 'dpl_9' });
      break;
    }
  });

  it('does not move in the list when it ends', async () => {
    const records = await make();
    for (const number of range(3))
      await records.file(aRecord('robot', `dpl_${number}`, { createdAt: start + number }));
    await records.end(slot, aDeployment('dpl_0', { createdAt: start + 99 }));
    expect(await idsOf(records, 'oldest first')).toEqual(['dpl_0', 'dpl_1', 'dpl_2']);
  });

  it('finds every record of a slot, and no other', async () => {
    const records = await make();
    await records.file(aRecord('robot', 'dpl_1'));
    await records.file(aRecord('robot', 'dpl_2'));
    await records.file(aRecord('robot', 'sw_1', { slot: { thing: 'robot', channel: 'software' } }));
    await records.file(aRecord('robot2', 'dpl_3'));
    const ids = (await readAll(records.ofSlot(slot))).map(({ id }) => id);
    expect(ids.toSorted()).toEqual(['dpl_1', 'dpl_2']);
  });

  it('tells things, ids and organizations of any name apart', async () => {
    const records = await make();
    for (const name of hostileNames)
      await records.file(aRecord(name, name, { organization: name, createdBy: `key:${name.length}` }));
    for (const name of hostileNames) {
      expect(await records.load(name, name)).toMatchObject({ id: name, slot: { thing: name } });
      expect(await readAll(records.keysOf(name, 'release', 'oldest first'))).toEqual([
        { thing: name, id: name },
      ]);
    }
  });
};

describe('records in memory', () => recordsContract(async () => memoryRecords()));
describe('records in DynamoDB', () => recordsContract(async () => dynamoRecords(await freshTable())));

describe('a record whose deployment is over', () => {
  const over = aDeployment('d1', { phase: 'archived', updatedAt: start });

  const makers = {
    memory: async (clock: Clock) => memoryRecords(undefined, clock),
    DynamoDB: async ({ now }: Clock) => dynamoRecords(await freshTable({ now })),
  };

  it.each(Object.entries(makers))(
    'is not there any more in %s when its retention is over, and one that is not over always is',
    async (_, make) => {
      const clock = testClock(start);
      const records = await make(clock);
      const ids = (found: readonly DeploymentRecord[]) => found.map(({ id }) => id).toSorted();
      const both = ['d1', 'd2'].map((id) => ({ thing: 'robot', id }));
      for (const { thing, id } of both) await records.file(aRecord(thing, id));
      await records.end(slot, over);
      clock.pass(longest.endedMs);
      expect(ids(await records.loadMany(both))).toEqual(['d1', 'd2']);
      // DynamoDB counts in seconds, and removes it days later.
      clock.pass(1000);
      expect(await records.load('robot', 'd1')).toBeUndefined();
      expect(ids(await records.loadMany(both))).toEqual(['d2']);
      expect(ids(await readAll(records.ofSlot(slot)))).toEqual(['d2']);
    },
  );

  it('removes itself from DynamoDB when its retention is over; one that is not over has no such time', async () => {
    const table = await freshTable({ retention: { ...longest, endedMs: 5000 } });
    const records = dynamoRecords(table);
    await records.file(aRecord('robot', 'd1'));
    await records.file(aRecord('robot', 'd2'));
    await records.end(slot, over);
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'thing#robot' } },
      }),
    );
    expect(Items.map(({ sk, expiresAt }) => [sk?.S, expiresAt?.N])).toEqual([
      ['deployment#d1', String(start / 1000 + 5)],
      ['deployment#d2', undefined],
    ]);
  });
});
