// Finding and listing deployments: the truth is in the slot, the end in the record, and between the two nothing gets lost.
import { describe, expect, it } from 'vitest';
import { findDeployment } from '#engine/find-deployment';
import { type ListDeployments, listDeployments } from '#engine/list-deployments';
import { archiveDeployment, deployStaged } from '#engine/move-deployment';
import { Unavailable } from '#engine/ports';
import { takeReport } from '#engine/take-report';
import {
  failing,
  type Given,
  givenThing,
  granted,
  itemOf,
  justBefore,
  nameOfThing,
  refusalOf,
  seconds,
} from './given.ts';

const list = async ({ world }: Given, wish: Partial<ListDeployments> = {}) =>
  listDeployments(world)({
    organization: 'acme',
    channel: 'release',
    order: 'oldest first',
    offset: 0,
    limit: 100,
    counted: false,
    ...wish,
  });

const idsIn = async (given: Given, wish: Partial<ListDeployments> = {}): Promise<string[]> =>
  (await list(given, wish)).items.map(({ record }) => record.id);

const archive = ({ world }: Given, id: string) =>
  archiveDeployment(world)({ organization: 'acme', channel: 'release', id, by: 'key:ada' });

/** A record whose request died before the slot was saved. */
const givenOrphan = async () => {
  const given = await givenThing();
  given.system.setFault(failing('slots.save', () => new Error('died')));
  await given.deploy(1).catch(() => undefined);
  given.system.setFault(undefined);
  const records = await Array.fromAsync(given.world.records.ofSlot(given.slot));
  expect(records).toHaveLength(1);
  return { given, id: records[0]?.id ?? '' };
};

describe('a record whose deployment was never accepted', () => {
  it('is not found', async () => {
    const { given, id } = await givenOrphan();
    expect(await given.see(id)).toBeUndefined();
  });

  it.each(['by creation', 'by id', 'by thing', 'by name'] as const)('is not listed, %s', async (how) => {
    const { given, id } = await givenOrphan();
    const wishes = {
      'by creation': {},
      'by id': { sortById: true },
      'by thing': { things: [given.thing] },
      'by name': { ids: [id] },
    };
    expect(await list(given, { ...wishes[how], counted: true })).toEqual({
      items: [],
      hasMore: false,
      total: 0,
    });
  });

  it('can neither be deployed nor archived', async () => {
    const { given, id } = await givenOrphan();
    expect(refusalOf(await archive(given, id))).toBe('not_found');
  });
});

describe('a deployment', () => {
  it('is not there for another organization, nor on another channel, nor under a part of its id', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    const find = findDeployment(given.world);
    expect(await find({ organization: 'globex', channel: 'release', id })).toBeUndefined();
    expect(await find({ organization: 'acme', channel: 'environment', id })).toBeUndefined();
    for (const wrong of [id.slice(4), `x${id}`, id.slice(0, -1), `${id}0`, '', id.toUpperCase()])
      expect(await find({ organization: 'acme', channel: 'release', id: wrong }), wrong).toBeUndefined();
  });

  it('is found when it leaves its slot between the two reads', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    // The record has been read; before the slot is, the deployment is over and has left.
    justBefore(
      given.system,
      'slots.load',
      async () => {
        await archive(given, id);
        await given.deploy(2);
      },
      'before',
    );
    expect((await given.see(id))?.state.phase).toBe('archived');
  });

  it('shows its end also while only the slot knows of it', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    given.system.setFault(failing('records.end', () => new Unavailable('DynamoDB')));
    await archive(given, id).catch(() => undefined);
    given.system.setFault(undefined);
    expect((await given.see(id))?.state.phase).toBe('archived');
    expect((await given.see(id))?.wait).toBeNull();
    expect((await list(given)).items.map(({ state }) => state.phase)).toEqual(['archived']);
  });

  it('keeps its whole history when it is over', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    await given.settle();
    await given.deploy(2);
    await given.settle();
    expect((await given.see(id))?.state.history.map(({ to }) => to)).toEqual([
      'queued',
      'deployed',
      'superseded',
      'archived',
    ]);
  });

  it('that is archived twice is archived once', async () => {
    const given = await givenThing();
    const id = await given.deploy(1);
    const first = granted(await archive(given, id));
    expect(granted(await archive(given, id)).state).toEqual(first.state);
    await given.deploy(2);
    expect(granted(await archive(given, id)).state).toEqual(first.state);
  });

  it('that is over is not deployed', async () => {
    const given = await givenThing();
    const id = await given.stage(1);
    await archive(given, id);
    const which = { organization: 'acme', channel: 'release', id, by: 'key:ada' } as const;
    expect(refusalOf(await deployStaged(given.world)(which))).toBe('deployment_ended');
    await given.deploy(2);
    expect(refusalOf(await deployStaged(given.world)(which))).toBe('deployment_ended');
  });

  it('that ends while somebody wants to move it is refused or shown as it ended, not lost', async () => {
    const given = await givenThing();
    const id = await given.stage(1);
    const which = { organization: 'acme', channel: 'release', id, by: 'key:ada' } as const;
    let looks = 0;
    given.system.setFault(async (call, at) => {
      if (at !== 'before' || `${call.port}.${call.method}` !== 'slots.load') return;
      looks += 1;
      if (looks !== 2) return;
      given.system.setFault(undefined);
      await archive(given, id);
      await given.deploy(2);
    });
    expect(refusalOf(await deployStaged(given.world)(which))).toBe('deployment_ended');
  });

  it.each(['deploy', 'archive'] as const)(
    'is not changed by whoever saw another version of it: %s',
    async (move) => {
      const given = await givenThing();
      const id = await given.stage(1);
      const which = { organization: 'acme', channel: 'release', id, by: 'key:ada', version: 2 } as const;
      const act = { deploy: deployStaged, archive: archiveDeployment }[move];
      expect(refusalOf(await act(given.world)(which))).toBe('changed_meanwhile');
      expect(await given.phaseOf(id)).toBe('staged');
    },
  );

  it('that is over has changed, too, for whoever saw it before', async () => {
    const given = await givenThing();
    const id = await given.stage(1);
    const seen = (await given.see(id))?.state.version ?? 0;
    await archive(given, id);
    const which = { organization: 'acme', channel: 'release', id, by: 'key:bob', version: seen } as const;
    expect(refusalOf(await archiveDeployment(given.world)(which))).toBe('changed_meanwhile');
  });
});

describe('a list', () => {
  const givenFive = async () => {
    const given = await givenThing();
    const ids: string[] = [];
    for (let speed = 0; speed < 5; speed += 1) {
      ids.push(await given.deploy(speed));
      given.system.clock.pass(1 * seconds);
    }
    return { given, ids };
  };

  it('is in order of creation, from either end', async () => {
    const { given, ids } = await givenFive();
    expect(await idsIn(given)).toEqual(ids);
    expect(await idsIn(given, { order: 'newest first' })).toEqual(ids.toReversed());
    expect(await idsIn(given, { things: [given.thing] })).toEqual(ids);
    expect(await idsIn(given, { things: [given.thing], order: 'newest first' })).toEqual(ids.toReversed());
  });

  it('is in order of ids, from either end', async () => {
    const { given, ids } = await givenFive();
    expect(await idsIn(given, { sortById: true })).toEqual(ids.toSorted());
    expect(await idsIn(given, { sortById: true, order: 'newest first' })).toEqual(ids.toSorted().reverse());
  });

  it('comes in pages that fit together, each saying whether there is more', async () => {
    const { given, ids } = await givenFive();
    const pages = await Promise.all([0, 2, 4, 6].map((offset) => list(given, { offset, limit: 2 })));
    expect(pages.flatMap(({ items }) => items.map(({ record }) => record.id))).toEqual(ids);
    expect(pages.map(({ hasMore }) => hasMore)).toEqual([true, true, false, false]);
    expect((await list(given, { offset: 1, limit: 1, counted: true })).total).toBe(5);
  });

  it('that is filtered is paged after the filter', async () => {
    const { given, ids } = await givenFive();
    const matches: ListDeployments['matches'] = ({ state }) => state.phase === 'archived';
    const page = await list(given, { matches, offset: 1, limit: 2, counted: true });
    expect(page.items.map(({ record }) => record.id)).toEqual(ids.slice(1, 3));
    expect(page).toMatchObject({ hasMore: true, total: 4 });
  });

  it('names each once, however often it was asked for, and only what exists', async () => {
    const { given, ids } = await givenFive();
    const [first = ''] = ids;
    const asked = [first, first, 'dpl_nobody', `dpl_${'0'.repeat(32)}`];
    expect(await idsIn(given, { ids: asked })).toEqual([first]);
    expect(await idsIn(given, { things: [given.thing, given.thing] })).toEqual(ids);
  });

  it('never shows another organization’s, whoever’s thing or id is named', async () => {
    const { given, ids } = await givenFive();
    const asGlobex = { organization: 'globex' };
    expect(await idsIn(given, asGlobex)).toEqual([]);
    expect(await idsIn(given, { ...asGlobex, things: [given.thing] })).toEqual([]);
    expect(await idsIn(given, { ...asGlobex, ids })).toEqual([]);
  });

  it('of both one thing and some ids holds what is in both', async () => {
    const { given, ids } = await givenFive();
    const other = await nameOfThing(given.world, 'robot-8');
    expect(await idsIn(given, { ids, things: [other] })).toEqual([]);
    expect(await idsIn(given, { ids: ids.slice(0, 2), things: [given.thing] })).toEqual(ids.slice(0, 2));
  });

  it('of one channel has nothing of another', async () => {
    const given = await givenThing();
    await given.deploy(1, { slot: { thing: given.thing, channel: 'environment' } });
    expect(await idsIn(given)).toEqual([]);
    expect(await idsIn(given, { channel: 'environment' })).toHaveLength(1);
  });

  it('loses nothing that is confirmed, superseded or ends between its reads', async () => {
    const { given, ids } = await givenFive();
    await given.system.carryOutAll();
    const word = given.system.wordOf(given.thing);
    justBefore(
      given.system,
      'records.loadMany',
      async () => {
        await takeReport(given.world)(given.slot, word);
        await given.deploy(9);
        await given.settle();
      },
      'before',
    );
    expect(await idsIn(given)).toEqual(ids);
  });

  it('of more than a batch of reads is whole', async () => {
    const given = await givenThing();
    const ids: string[] = [];
    for (let speed = 0; speed < 120; speed += 1) ids.push(await given.deploy(speed, { items: [] }));
    expect(new Set(await idsIn(given, { limit: 200 }))).toEqual(new Set(ids));
    expect((await list(given, { limit: 1, offset: 100 })).hasMore).toBe(true);
  });

  it('reads no more than the page needs', async () => {
    const given = await givenThing();
    for (let speed = 0; speed < 120; speed += 1) await given.deploy(speed, { items: [] });
    const before = given.system.count('records', 'loadMany');
    await list(given, { limit: 10 });
    expect(given.system.count('records', 'loadMany') - before).toBe(1);
  });
});

describe('an item of another organization', () => {
  it('has the same digest and is stored for each of them', async () => {
    const { world } = await givenThing();
    const ours = await itemOf(world, '{}');
    const theirs = await itemOf(world, '{}', '/srv/motion.json', 'globex');
    expect(ours.digest).toBe(theirs.digest);
    expect(await world.contents.get('initech', ours.digest)).toBeUndefined();
  });
});
