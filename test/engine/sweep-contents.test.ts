// Content that nothing names goes when its time has come; what a thing may still fetch, or somebody still look at, never does.
import { describe, expect, it } from 'vitest';
import { newRollout } from '#domain/rollout';
import { createEntry } from '#engine/create-entry';
import { retireThing } from '#engine/retire-thing';
import { digestOf, sealContent, sealManifest } from '#engine/seal';
import { sealSecretContent } from '#engine/secret-content';
import { serveContent } from '#engine/serve-content';
import { sweepContents } from '#engine/sweep-contents';
import { days, failing, type Given, givenThing, granted, itemOf, minutes } from './given.ts';

const contentMs = 90 * days;
/** Ended deployments are remembered for so long. */
const endedMs = 400 * days;

const contentOf = (speed: number): string => digestOf(`{"speed":${speed}}`);

const given = async () => {
  const thing = await givenThing();
  const { world, system } = thing;
  const sweep = () => sweepContents(world, { contentMs })('acme');
  const isStored = async (digest: string) => (await world.contents.get('acme', digest)) !== undefined;
  return { ...thing, pass: system.clock.pass, sweep, isStored };
};

const archive = async ({ world, slot, system }: Given): Promise<void> => {
  await retireThing(world)({ organization: 'acme', name: slot.thing });
  await system.carryOutAll();
};

describe('content that nothing names', () => {
  it('stays until its time has come, and goes then', async () => {
    const { world, pass, sweep, isStored } = await given();
    const digest = await sealContent(world.contents, 'acme', Buffer.from('loose'));
    pass(contentMs);
    expect(await sweep()).toEqual({ stored: 1, removed: 0, removedBytes: 0 });
    pass(1);
    expect(await sweep()).toEqual({ stored: 1, removed: 1, removedBytes: 5 });
    expect(await isStored(digest)).toBe(false);
  });

  it('has as much time again whenever it is put', async () => {
    const { world, pass, sweep, isStored } = await given();
    const put = () => sealContent(world.contents, 'acme', Buffer.from('loose'));
    const digest = await put();
    pass(60 * days);
    await put();
    pass(60 * days);
    expect((await sweep()).removed).toBe(0);
    expect(await isStored(digest)).toBe(true);
    pass(30 * days + 1);
    expect((await sweep()).removed).toBe(1);
  });

  it('stays if it is put while it is looked for', async () => {
    const { world, system, pass, sweep, isStored } = await given();
    const put = () => sealContent(world.contents, 'acme', Buffer.from('loose'));
    const digest = await put();
    pass(contentMs + 1);
    let once = true;
    system.setFault(async ({ port, method }, moment) => {
      if (!once || port !== 'estate' || method !== 'removeContent' || moment !== 'before') return;
      once = false;
      await put();
    });
    expect((await sweep()).removed).toBe(0);
    system.setFault(undefined);
    expect(await isStored(digest)).toBe(true);
  });

  it('of another organization is left alone', async () => {
    const { world, pass, sweep } = await given();
    const digest = await sealContent(world.contents, 'globex', Buffer.from('theirs'));
    pass(contentMs * 10);
    await sweep();
    expect(await world.contents.get('globex', digest)).toBeDefined();
  });
});

describe('content that a slot names', () => {
  it('stays, also where it is the template of a file with a secret in it', async () => {
    const { world, deploy, pass, sweep, isStored, thing } = await given();
    const ref = { kind: 'secrets', id: 'password' };
    const body = { text: 'x', salt: 'y' };
    const entry = { ...ref, organization: 'acme', createdAt: 0, updatedAt: 0, version: 1, body, unique: {} };
    await world.catalog.save(entry);
    const sealed = await sealSecretContent(world.contents, 'acme', ['"', ref, '"'], () => body);
    if (sealed === undefined) throw new Error('It was not sealed.');
    await deploy(1, { items: [{ id: 'app', path: 'app.json', format: 'json', ...sealed }] });
    pass(contentMs + 1);
    await sweep();
    expect(await isStored(sealed.template)).toBe(true);
    expect(await serveContent(world)(thing, { digest: sealed.digest, chunk: 0 })).toBe('served');
  });

  it('is served after ten years', async () => {
    const { world, system, slot, deploy, settle, pass, sweep, isStored } = await given();
    await deploy(1);
    await settle();
    pass(3650 * days);
    expect((await sweep()).removed).toBe(0);
    expect(await isStored(contentOf(1))).toBe(true);
    const request = { v: 1 as const, digest: contentOf(1), chunk: 0 };
    expect(await serveContent(world)(slot.thing, request)).toBe('served');
    expect(system.publisher.published()).not.toEqual([]);
  });

  it('stays while it may be brought back', async () => {
    const { system, thing, deploy, settle, phaseOf, pass, sweep, isStored } = await given();
    await deploy(1);
    await settle();
    const second = await deploy(2);
    await system.carryOutAll();
    pass(endedMs + contentMs + 1);
    expect((await sweep()).removed).toBe(0);
    const error = { code: 'bad', message: 'bad', retry: false };
    await system.report(thing, { state: 'failed', error });
    expect(await phaseOf(second)).toBe('failed');
    expect(await isStored(contentOf(1))).toBe(true);
  });

  it('stays while it is staged', async () => {
    const { stage, pass, sweep, isStored } = await given();
    await stage(1);
    pass(3650 * days);
    expect((await sweep()).removed).toBe(0);
    expect(await isStored(contentOf(1))).toBe(true);
  });

  it('stays as long as its deployment is remembered, and goes when that is forgotten', async () => {
    const made = await given();
    const { world, deploy, settle, see, pass, sweep, isStored } = made;
    const id = await deploy(1);
    await settle();
    await archive(made);
    pass(endedMs);
    expect((await sweep()).removed).toBe(0);
    expect(await see(id)).toBeDefined();
    expect(await isStored(contentOf(1))).toBe(true);
    pass(1);
    expect(await world.records.load(made.thing, id)).toBeUndefined();
    // What has left the slot last is still in it, until something else leaves.
    const [slot] = await world.slots.ofThing(made.thing);
    if (slot === undefined) throw new Error('There is no slot.');
    await world.slots.save({ ...slot, leaving: [], target: null, version: slot.version + 1 });
    expect((await sweep()).removed).toBe(2);
    expect(await isStored(contentOf(1))).toBe(false);
  });
});

describe('content that something else names', () => {
  it('stays if an entry names it, anywhere and in any words', async () => {
    const { world, pass, sweep, isStored } = await given();
    const digest = await sealContent(world.contents, 'acme', Buffer.from('of an entry'));
    granted(
      await createEntry(world)({
        organization: 'acme',
        kind: 'anything@all',
        ids: ['e_1'],
        body: { deep: [{ down: `here: ${digest}!` }] },
        unique: {},
        request: {},
      }),
    );
    pass(3650 * days);
    expect((await sweep()).removed).toBe(0);
    expect(await isStored(digest)).toBe(true);
  });

  it('stays if it is in a manifest that an entry names', async () => {
    const { world, pass, sweep, isStored } = await given();
    const revision = await sealManifest(world.contents, 'acme', [await itemOf(world, 'in a manifest')]);
    granted(
      await createEntry(world)({
        organization: 'acme',
        kind: 'env',
        ids: ['e_1'],
        body: { good: { revision } },
        unique: {},
        request: {},
      }),
    );
    pass(3650 * days);
    expect((await sweep()).removed).toBe(0);
    expect(await isStored(digestOf('in a manifest'))).toBe(true);
  });

  it('stays if a rollout names it, or what came before that', async () => {
    const { world, pass, sweep, isStored } = await given();
    const manifestOf = async (content: string) =>
      sealManifest(world.contents, 'acme', [await itemOf(world, content)]);
    await world.rollouts.save(
      newRollout({
        id: 'rol_1',
        organization: 'acme',
        channel: 'environment',
        group: 'env',
        generation: 1,
        revision: await manifestOf('new'),
        fallback: await manifestOf('old'),
        plan: {
          waves: [{ percent: 100 }],
          bakeMs: minutes,
          failuresMax: { percent: 1 },
          deadlineMs: minutes,
          alarms: [],
          rollsBack: true,
        },
        createdAt: world.clock.now(),
        createdBy: 'key:ada',
        about: {},
      }),
    );
    pass(3650 * days);
    expect(await sweep()).toEqual({ stored: 4, removed: 0, removedBytes: 0 });
    for (const content of ['new', 'old']) expect(await isStored(digestOf(content))).toBe(true);
  });
});

describe('a sweep', () => {
  it('that cannot read everything that may name content removes nothing', async () => {
    const { world, system, deploy, pass, sweep, isStored } = await given();
    await deploy(1);
    const digest = await sealContent(world.contents, 'acme', Buffer.from('loose'));
    pass(contentMs + 1);
    for (const what of ['slots.ofThing', 'records.loadMany', 'contents.get']) {
      system.setFault(failing(what, () => new Error('died')));
      await expect(sweep()).rejects.toThrow('died');
      system.setFault(undefined);
      expect(await isStored(digest)).toBe(true);
    }
    expect((await sweep()).removed).toBe(1);
  });

  it('reads nothing but what is stored, if nothing is old enough', async () => {
    const { system, deploy, sweep } = await given();
    await deploy(1);
    const before = system.count();
    await sweep();
    expect(system.count() - before).toBe(1);
  });
});
