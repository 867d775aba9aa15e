// What an organization has: all of it is found, exported without secrets, and removed, and nothing of its neighbour's.

import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { dynamoStores } from '#adapters/dynamodb/stores';
import type { Table } from '#adapters/dynamodb/table';
import { memoryWorld } from '#adapters/memory/world';
import { chunkBytes } from '#device/shadow';
import { isRefusal } from '#domain/refusal';
import { newRollout, type Rollout } from '#domain/rollout';
import { createDeployment } from '#engine/create-deployment';
import { createEntry } from '#engine/create-entry';
import { estateParts } from '#engine/estate-parts';
import { type ExportedLine, exportOrganization } from '#engine/export-organization';
import { authenticate, createKey } from '#engine/keys';
import type { World } from '#engine/ports';
import { registerThing } from '#engine/register-thing';
import { removeOrganization } from '#engine/remove-organization';
import { retireThing } from '#engine/retire-thing';
import { sealContent } from '#engine/seal';
import { testChance, testClock } from '#test/support/clock';
import { freshTable } from '#test/support/dynamodb-table';
import { shareOf } from '#test/support/share';
import { digestOf, minutes, readAll, start } from './given.ts';

interface Made {
  readonly world: World;
  readonly clock: ReturnType<typeof testClock>;
  /** Everything that there is, of everybody. */
  readonly everything: () => Promise<unknown>;
}

const inDynamo = (table: Table, world: World): World => ({ ...world, ...dynamoStores(table) });

/** Tests may: nothing else asks for all that there is. */
const scanned = async (table: Table): Promise<Record<string, AttributeValue>[]> => {
  const items: Record<string, AttributeValue>[] = [];
  let from: Record<string, AttributeValue> | undefined;
  do {
    const page = await table.client.send(
      new ScanCommand({ TableName: table.name, ...(from && { ExclusiveStartKey: from }) }),
    );
    items.push(...(page.Items ?? []));
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return items.sort((a, b) => (`${a.pk?.S} ${a.sk?.S}` < `${b.pk?.S} ${b.sk?.S}` ? -1 : 1));
};

const isSecret = (_: string, field: string): boolean => field === 'secret';

const linesOf = (world: World, organization: string): Promise<ExportedLine[]> =>
  readAll(exportOrganization(world, isSecret)(organization));

const memory = async (): Promise<Made> => {
  const clock = testClock(start);
  const { world } = memoryWorld({ clock, chance: testChance() });
  return {
    world,
    clock,
    everything: async () => Promise.all(['acme', 'globex'].map((whose) => linesOf(world, whose))),
  };
};

const dynamo = async (): Promise<Made> => {
  const clock = testClock(start);
  const table = await freshTable({ now: clock.now });
  const { world } = memoryWorld({ clock, chance: testChance() });
  return { world: inDynamo(table, world), clock, everything: () => scanned(table) };
};

const granted = <Value>(answer: Value): Exclude<Value, { readonly refused: unknown }> => {
  if (isRefusal(answer)) throw new Error(answer.message);
  return answer as Exclude<Value, { readonly refused: unknown }>;
};

const aRollout = (organization: string): Rollout => ({
  ...newRollout({
    id: `rol_${organization}`,
    organization,
    channel: 'environment',
    group: 'env',
    generation: start,
    revision: digestOf('revision'),
    fallback: null,
    plan: {
      waves: [{ percent: 100 }],
      bakeMs: minutes,
      failuresMax: { percent: 1 },
      deadlineMs: 60 * minutes,
      alarms: [],
      rollsBack: true,
    },
    createdAt: start,
    createdBy: 'key:ada',
    about: {},
  }),
  total: 2,
});

/** Some of everything: two things of which one is retired, deployments, a rollout, entries, contents large and small, and the rest. */
const fill = async (world: World, organization: string) => {
  const { key } = await createKey(world)({ organization, scopes: ['*'] });
  const thing = granted(
    await registerThing(world)({ organization, roster: 'devices', label: 'robot-7' }),
  ).name;
  const old = granted(await registerThing(world)({ organization, roster: 'servers', label: 'robot-6' })).name;
  const large = new Uint8Array(2 * chunkBytes + 1).fill(7);
  const digest = await sealContent(world.contents, organization, large);
  const item = { id: 'i', path: '/srv/a', digest, size: large.length, format: 'json' as const };
  for (const [name, speed] of [
    [thing, 1],
    [thing, 2],
    [old, 1],
  ] as const)
    granted(
      await createDeployment(world)({
        organization,
        by: 'key:ada',
        slot: { thing: name, channel: 'release' },
        idPrefix: 'dpl_',
        wanted: 'deployed',
        items: [item],
        track: 'stable',
        about: { speed },
        request: { speed },
        idempotency: { route: 'POST', key: `k${speed}${name}` },
      }),
    );
  await retireThing(world)({ organization, name: old });
  for (const kind of ['release', 'value@app#1'])
    granted(
      await createEntry(world)({
        organization,
        kind,
        ids: ['e_1'],
        body: { name: 'Motion', secret: `secret of ${organization}` },
        unique: { slug: 'motion' },
        request: {},
      }),
    );
  const rollout = aRollout(organization);
  await world.rollouts.save(rollout);
  await world.deliveries.seal(rollout.id, [
    { ordinal: 0, thing, isReachable: true },
    { ordinal: 1, thing: old, isReachable: false },
  ]);
  await world.deliveries.mark(rollout.id, 0, { state: 'applied', at: start, failure: null });
  await world.deliveries.saveProgress(rollout.id, 0, { sent: 2, isCalledBack: false });
  const slot = await world.slots.load({ thing, channel: 'release' });
  if (slot === undefined) throw new Error('There is no slot.');
  const member = { group: 'env', generation: 1 };
  await world.slots.save({ ...slot, member, version: slot.version + 1 });
  await world.members.add({ organization, group: 'env' }, { thing, joinedAt: start });
  await world.quotas.agree(organization, { key: { read: 5 } });
  const window = { from: start, until: start + 10_000 };
  await world.quotas.take({ organization, account: 'a', window, tokens: 1, tokensMax: 2 });
  await world.audit.write({
    id: 'a1',
    organization,
    at: start,
    by: 'api_key_ada',
    method: 'POST',
    route: 'POST /',
    path: '/',
    target: null,
    outcome: 'granted',
    status: 200,
  });
  return { key, thing, old, digest };
};

const estateContract = (make: () => Promise<Made>) => {
  it('is found: things with the retired ones, kinds, rollouts and contents', async () => {
    const { world } = await make();
    const { thing, old, digest } = await fill(world, 'acme');
    await fill(world, 'globex');
    expect((await readAll(world.estate.organizations())).sort()).toEqual(['acme', 'globex']);
    expect((await readAll(world.estate.thingsOf('acme'))).sort()).toEqual([thing, old].sort());
    expect((await readAll(world.estate.kindsOf('acme'))).sort()).toEqual(['release', 'value@app#1']);
    expect(await readAll(world.estate.rolloutsOf('acme'))).toEqual(['rol_acme']);
    const contents = await readAll(world.estate.contentsOf('acme'));
    // And the manifest, which both deployments share.
    expect(contents).toHaveLength(2);
    expect(contents).toContainEqual({ digest, size: 2 * chunkBytes + 1, usedAt: start });
  });

  it('is exported whole, line by line, without a secret', async () => {
    const { world } = await make();
    const { key, digest } = await fill(world, 'acme');
    const lines = await linesOf(world, 'acme');
    const count = (what: ExportedLine['what']) => lines.filter((line) => line.what === what).length;
    expect(
      Object.fromEntries([...new Set(lines.map(({ what }) => what))].map((what) => [what, count(what)])),
    ).toEqual({
      key: 1,
      limits: 1,
      thing: 2,
      slot: 2,
      deployment: 3,
      rollout: 1,
      delivery: 2,
      entry: 2,
      content: 2,
      audit: 1,
    });
    const text = JSON.stringify(lines);
    for (const secret of ['secret of acme', key, 'secretHash', 'tokenHash', 'PEM'])
      expect(text).not.toContain(secret);
    expect(lines).toContainEqual({
      what: 'content',
      value: {
        digest,
        size: 2 * chunkBytes + 1,
        usedAt: start,
        base64: Buffer.alloc(2 * chunkBytes + 1, 7).toString('base64'),
      },
    });
  });

  it('is removed whole, and nothing else', async () => {
    const { world, everything } = await make();
    await fill(world, 'globex');
    const before = await everything();
    await fill(world, 'acme');
    expect(await everything()).not.toEqual(before);
    const steps = await readAll(removeOrganization(world)('acme'));
    expect(steps.slice(0, 1)).toEqual([{ what: 'keys revoked', count: 1 }]);
    expect(await everything()).toEqual(before);
  });

  it('can be removed again, and where there never was anything', async () => {
    const { world, everything } = await make();
    await fill(world, 'globex');
    const before = await everything();
    await readAll(removeOrganization(world)('acme'));
    await readAll(removeOrganization(world)('acme'));
    expect(await everything()).toEqual(before);
  });

  it('is removed in the end, wherever it was broken off', async () => {
    const { world, everything } = await make();
    const before = await everything();
    for (const part of shareOf(estateParts, 5)) {
      await fill(world, 'acme');
      for await (const { what } of removeOrganization(world)('acme')) if (what === part) break;
      await readAll(removeOrganization(world)('acme'));
      expect(await everything(), `broken off at ${part}`).toEqual(before);
    }
  });

  it('is not taken away before no door trusts its keys any more', async () => {
    const { world } = await make();
    const { key } = await fill(world, 'acme');
    const door = authenticate(world);
    expect(await door(key)).toBeDefined();
    for await (const { what } of removeOrganization(world)('acme')) {
      if (what !== 'keys revoked') break;
    }
    expect(await door(key)).toBeUndefined();
  });

  it('loses a content that was not put since, and no other', async () => {
    const { world, clock } = await make();
    const bytes = new Uint8Array(chunkBytes + 1).fill(1);
    const digest = await sealContent(world.contents, 'acme', bytes);
    const [seen] = await readAll(world.estate.contentsOf('acme'));
    if (seen === undefined) throw new Error('Nothing was found.');
    clock.pass(24 * 60 * 60 * 1000);
    await sealContent(world.contents, 'acme', bytes);
    expect(await world.estate.removeContent('acme', seen)).toBe(false);
    expect(await world.contents.get('acme', digest)).toEqual(bytes);
    const [now] = await readAll(world.estate.contentsOf('acme'));
    expect(now?.usedAt).toBe(clock.now());
    expect(await world.estate.removeContent('acme', now ?? seen)).toBe(true);
    expect(await world.contents.get('acme', digest)).toBeUndefined();
    expect(await readAll(world.estate.contentsOf('acme'))).toEqual([]);
    await sealContent(world.contents, 'acme', bytes);
    expect(await world.contents.get('acme', digest)).toEqual(bytes);
  });
};

describe('an estate in memory', () => estateContract(memory));
describe('an estate in DynamoDB', () => estateContract(dynamo));
