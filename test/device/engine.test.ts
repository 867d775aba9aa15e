// The agent and the real engine, with a wire between them that loses, doubles and reorders: each deployment runs once and ends with its result.
import { describe, expect, it } from 'vitest';
import { result, runFormat, runPath } from '#device/result';
import { runTarget } from '#device/shadow';
import { contentTopics } from '#device/topics';
import type { SlotId } from '#domain/slot';
import { changeSlot } from '#engine/change-slot';
import { createDeployment } from '#engine/create-deployment';
import { type DeploymentView, findDeployment } from '#engine/find-deployment';
import { archiveDeployment } from '#engine/move-deployment';
import { sealContent } from '#engine/seal';
import { granted, nameOfThing } from '#test/engine/given';
import { smallSystem } from '#test/support/small-system';
import { bothEnds, stillDisk } from '#test/support/still-disk';
import { createEngineCloud } from './support/engine-cloud.ts';
import { runOf } from './support/offers.ts';
import { createMachine, startServer } from './support/runs.ts';
import { createVirtualClock } from './support/virtual-clock.ts';

const organization = 'acme';

const given = async () => {
  const system = smallSystem();
  const { world } = system;
  const thing = await nameOfThing(world, 'server-1');
  const slot: SlotId = { thing, channel: 'software' };
  const cloud = createEngineCloud(system, thing);
  const machine = createMachine();
  const clock = createVirtualClock(system.clock.now());
  const ids: string[] = [];
  const still = stillDisk();
  const { pass } = bothEnds({ system, cloud, clock, still });

  const deploy = async (config: string): Promise<string> => {
    const bytes = Buffer.from(JSON.stringify(runOf(config)));
    const digest = await sealContent(world.contents, organization, bytes);
    const items = [{ id: config, path: runPath, digest, size: bytes.length, format: runFormat }];
    const about = { config };
    const wish = { organization, by: 'key:ada', slot, idPrefix: 'sd_', wanted: 'deployed', items } as const;
    const made = granted(await createDeployment(world)({ ...wish, track: null, about, request: about }));
    ids.push(made.record.id);
    return made.record.id;
  };
  const see = async (id: string): Promise<DeploymentView> => {
    const view = await findDeployment(world)({ organization, channel: 'software', id });
    if (!view) throw new Error(`There is no ${id}.`);
    return view;
  };
  const phases = async () => Promise.all(ids.map(async (id) => (await see(id)).state.phase));
  const stdoutOf = async (id: string): Promise<string | null> => {
    const { state } = await see(id);
    if (state.result === null) return null;
    const bytes = await world.contents.get(organization, state.result);
    return result.parse(JSON.parse(Buffer.from(bytes ?? []).toString())).stdout;
  };
  const listed = (): readonly string[] =>
    runTarget
      .parse(system.shadows.stateOf(thing, 'software')?.target)
      .run.map(({ deployment }) => deployment);
  const passUntilOver = async (): Promise<void> => {
    for (let rounds = 0; rounds < 1000; rounds += 1) {
      if ((await phases()).every((phase) => phase === 'deployed' || phase === 'failed')) return;
      await pass(20_000);
    }
  };
  const start = (root?: string) =>
    startServer({
      thing,
      clock,
      transport: cloud.transport,
      software: { execute: machine.execute, disk: still.disk },
      ...(root === undefined ? {} : { root }),
    });
  return {
    system,
    world,
    thing,
    slot,
    cloud,
    machine,
    deploy,
    see,
    phases,
    stdoutOf,
    listed,
    pass,
    passUntilOver,
    start,
  };
};

describe('deployments of software', () => {
  it('are told eight at a time, run in order, and end with what they gave back', async () => {
    const { deploy, listed, machine, passUntilOver, pass, phases, start, stdoutOf, system } = await given();
    const names = Array.from({ length: 20 }, (_, index) => `run ${index + 1}`);
    const ids: string[] = [];
    for (const name of names) ids.push(await deploy(name));
    await system.carryOutAll();
    expect(listed()).toEqual(ids.slice(0, 8));
    await start();
    await passUntilOver();
    expect(machine.began).toEqual(names);
    expect(new Set(await phases())).toEqual(new Set(['deployed']));
    expect(await Promise.all(ids.map(stdoutOf))).toEqual(names);
    await pass(3_600_000);
    expect(listed()).toEqual([]);
  });

  it('do not end without their result, however often it is lost', async () => {
    const { cloud, deploy, machine, pass, see, start, stdoutOf, thing } = await given();
    const id = await deploy('run 1');
    let lost = 0;
    cloud.fate = (topic) => {
      if (topic !== contentTopics(thing).result || lost === 8) return 1;
      lost += 1;
      return 0;
    };
    await start();
    for (let rounds = 0; rounds < 300 && lost < 8; rounds += 1) {
      await pass(60_000);
      if (lost < 8) expect((await see(id)).state).toMatchObject({ phase: 'queued', result: null });
    }
    await pass(900_000);
    expect((await see(id)).state.phase).toBe('deployed');
    expect([await stdoutOf(id), machine.began]).toEqual(['run 1', ['run 1']]);
  });

  it('say that they run while they do', async () => {
    const { cloud, deploy, machine, pass, see, start, slot, world } = await given();
    machine.holds = true;
    const id = await deploy('run 1');
    await start();
    await cloud.quiet();
    await machine.runs('run 1');
    await pass(5_000);
    await cloud.quiet();
    expect((await world.slots.load(slot))?.waiting?.for).toBe('thing applying');
    machine.end('run 1', 3);
    while ((await see(id)).state.phase === 'queued') await cloud.quiet();
    expect((await see(id)).state).toMatchObject({ phase: 'failed', failure: { code: 'exit_status' } });
  });

  it('that were taken back before their turn do not run', async () => {
    const { cloud, deploy, machine, see, start, world } = await given();
    machine.holds = true;
    const ids = [await deploy('run 1'), await deploy('run 2'), await deploy('run 3')];
    const { next } = await start();
    await cloud.quiet();
    await machine.runs('run 1');
    granted(
      await archiveDeployment(world)({ organization, channel: 'software', id: ids[1] ?? '', by: 'ada' }),
    );
    await cloud.quiet();
    machine.end('run 1');
    await next('ran');
    await cloud.quiet();
    await machine.runs('run 3');
    expect(machine.began).toEqual(['run 1', 'run 3']);
    expect((await see(ids[1] ?? '')).state.phase).toBe('archived');
  });

  it('run once although the thing is thought to have started from nothing', async () => {
    const { cloud, deploy, machine, passUntilOver, slot, start, stdoutOf, thing, world } = await given();
    const id = await deploy('run 1');
    const loses = (topic: string) => (topic === contentTopics(thing).result ? 0 : 1);
    cloud.fate = loses;
    const { next } = await start();
    await cloud.quiet();
    await next('gave');
    await changeSlot(world)({ id: slot, organization, event: { type: 'reissue' }, by: 'thing' });
    cloud.fate = () => 1;
    await cloud.quiet();
    await passUntilOver();
    expect([await stdoutOf(id), machine.began]).toEqual(['run 1', ['run 1']]);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'run once and end with their results on a wire that is bad (%i)',
    async (seed) => {
      const { cloud, deploy, machine, passUntilOver, phases, start, stdoutOf } = await given();
      const names = Array.from({ length: 12 }, (_, index) => `run ${index + 1}`);
      const ids: string[] = [];
      for (const name of names.slice(0, 6)) ids.push(await deploy(name));
      let state = seed;
      const random = () => {
        state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
        return state / 2 ** 31;
      };
      cloud.fate = () => {
        if (random() < 0.35) return 0;
        return random() < 0.2 ? 2 : 1;
      };
      const first = await start();
      for (const name of names.slice(6)) {
        ids.push(await deploy(name));
        if (random() < 0.3) cloud.cut();
        await cloud.quiet();
      }
      // A restart in the middle of it all.
      await first.stop();
      await start(first.root);
      await passUntilOver();
      expect(new Set(await phases())).toEqual(new Set(['deployed']));
      expect(await Promise.all(ids.map(stdoutOf))).toEqual(names);
      expect(machine.began).toEqual(names);
    },
  );
});
