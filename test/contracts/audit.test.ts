// What everybody may rely on when it is written down who did what.
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoAudit } from '#adapters/dynamodb/audit';
import { memoryAudit } from '#adapters/memory/audit';
import { refusalCodes } from '#domain/refusal';
import type { Audit, AuditEntry, Clock } from '#engine/ports';
import { longest } from '#operations/retention';
import { testClock } from '#test/support/clock';
import { freshTable } from '#test/support/dynamodb-table';
import { hostileNames, range, readAll, start } from './given.ts';

const anEntry = (id: string, changes: Partial<AuditEntry> = {}): AuditEntry => ({
  id,
  organization: 'acme',
  at: start,
  by: 'api_key_ada',
  method: 'POST',
  route: 'POST /beta/devices',
  path: '/beta/devices',
  target: null,
  outcome: 'granted',
  status: 200,
  ...changes,
});

const ever = { from: 0, to: start * 2 };

const auditContract = (make: (clock: Clock) => Promise<Audit>, clock = testClock(start)) => {
  const idsOf = async (
    audit: Audit,
    between = ever,
    order: 'oldest first' | 'newest first' = 'oldest first',
  ) => (await readAll(audit.entriesOf('acme', between, order))).map(({ id }) => id);

  it('tells what was written, whatever came of it', async () => {
    const audit = await make(clock);
    const entries = ['granted' as const, 'failed' as const, ...refusalCodes].map((outcome, at) =>
      anEntry(`e${at}`, { at: start + at, outcome, target: at === 0 ? null : 'dvc_1', status: 200 + at }),
    );
    for (const entry of entries) await audit.write(entry);
    expect(await readAll(audit.entriesOf('acme', ever, 'oldest first'))).toEqual(entries);
  });

  it('puts what came of it in the place of what was expected', async () => {
    const audit = await make(clock);
    await audit.write(anEntry('e1'));
    await audit.write(anEntry('e1', { outcome: 'slot_full', status: 409 }));
    expect(await readAll(audit.entriesOf('acme', ever, 'oldest first'))).toEqual([
      anEntry('e1', { outcome: 'slot_full', status: 409 }),
    ]);
  });

  it('tells them by time, and where that is equal by id, from either end', async () => {
    const audit = await make(clock);
    for (const [id, at] of [
      ['b', 1],
      ['a', 1],
      ['z', 0],
      ['c', 2],
    ] as const)
      await audit.write(anEntry(id, { at: start + at }));
    expect(await idsOf(audit)).toEqual(['z', 'a', 'b', 'c']);
    expect(await idsOf(audit, ever, 'newest first')).toEqual(['c', 'b', 'a', 'z']);
  });

  it('tells those of a time: its beginning belongs to it, its end does not', async () => {
    const audit = await make(clock);
    for (const at of range(5)) await audit.write(anEntry(`e${at}`, { at: start + at }));
    expect(await idsOf(audit, { from: start + 1, to: start + 3 })).toEqual(['e1', 'e2']);
    expect(await idsOf(audit, { from: start + 1, to: start + 1 })).toEqual([]);
    expect(await idsOf(audit, { from: start + 4, to: start + 100 })).toEqual(['e4']);
    expect(await idsOf(audit, { from: start + 3, to: start + 1 })).toEqual([]);
  });

  it('tells nobody of another organization’s', async () => {
    const audit = await make(clock);
    await audit.write(anEntry('e1', { organization: 'globex' }));
    await audit.write(anEntry('e2', { organization: 'acme#globex' }));
    expect(await idsOf(audit)).toEqual([]);
  });

  it('tells a thousand of them one page after the other', async () => {
    const audit = await make(clock);
    await Promise.all(range(1000).map((at) => audit.write(anEntry(`e${at}`, { at: start + at }))));
    expect(await idsOf(audit)).toEqual(range(1000).map((at) => `e${at}`));
  });

  it.each(hostileNames.filter((name) => name.isWellFormed()))(
    'takes any path and target: %j',
    async (name) => {
      const audit = await make(clock);
      const entry = anEntry('e1', { path: `/beta/devices/${name}`, target: name });
      await audit.write(entry);
      expect(await readAll(audit.entriesOf('acme', ever, 'newest first'))).toEqual([entry]);
    },
  );

  it('forgets what is older than its retention', async () => {
    const own = testClock(start);
    const audit = await make(own);
    await audit.write(anEntry('e1'));
    await audit.write(anEntry('e2', { at: start + 5000 }));
    own.pass(longest.auditMs);
    expect(await idsOf(audit)).toEqual(['e1', 'e2']);
    own.pass(1000);
    expect(await idsOf(audit)).toEqual(['e2']);
  });
};

describe('the audit in memory', () => {
  auditContract(async (clock) => memoryAudit(clock));
});

describe('the audit in DynamoDB', () => {
  auditContract(async ({ now }) => dynamoAudit(await freshTable({ now })));

  it('is one write unit an entry, however long its names are', async () => {
    const units: number[] = [];
    const onCapacity = ({ CapacityUnits = 0 }) => void units.push(CapacityUnits);
    const audit = dynamoAudit(await freshTable({ onCapacity }));
    await audit.write(anEntry('e'.repeat(16), { path: 'x'.repeat(300), target: 'y'.repeat(100) }));
    expect(units).toEqual([1]);
  });

  it('removes itself when its retention is over', async () => {
    const table = await freshTable({ retention: { ...longest, auditMs: 5000 } });
    await dynamoAudit(table).write(anEntry('e1'));
    const { Items = [] } = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'audit#acme' } },
      }),
    );
    expect(Items.map(({ expiresAt }) => expiresAt?.N)).toEqual([String(start / 1000 + 5)]);
  });
});
