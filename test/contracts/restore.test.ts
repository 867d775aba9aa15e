// A table that is put back to an earlier time, while shadows, things and queues are not: what docs/operating.md says of it, sentence by sentence.
import { describe, expect } from 'vitest';
import { openFiles } from '#device/agent/files/open';
import { runFormat, runPath } from '#device/result';
import { target } from '#device/shadow';
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import { isRefusal } from '#domain/refusal';
import type { SlotId } from '#domain/slot';
import { activateThing, issueActivation } from '#engine/activate-thing';
import { carryOut } from '#engine/carry-out';
import { createDeployment } from '#engine/create-deployment';
import { findDeployment } from '#engine/find-deployment';
import { findStuck } from '#engine/find-stuck';
import { carryShard } from '#engine/fleet/carry-shard';
import { changeRollout } from '#engine/fleet/change-rollout';
import { lookAtRollout } from '#engine/fleet/look-at-rollout';
import { sweepRollouts } from '#engine/fleet/sweep-rollouts';
import { revokeThing } from '#engine/retire-thing';
import { sealContent } from '#engine/seal';
import { serveContent } from '#engine/serve-content';
import { takePresence } from '#engine/take-presence';
import { takeReport } from '#engine/take-report';
import { fleetLife } from '#test/support/fleet-life';
import { type Restorable, storyTeller } from '#test/support/restorable';
import { bothEnds, stillDisk } from '#test/support/still-disk';
import { startDevice, temporaryFolder } from '../device/support/device.ts';
import { createEngineCloud } from '../device/support/engine-cloud.ts';
import { runOf } from '../device/support/offers.ts';
import { createMachine, startServer } from '../device/support/runs.ts';
import { viewOf } from '../device/support/sets.ts';
import { createVirtualClock } from '../device/support/virtual-clock.ts';
import { env, givenApp, moduleOf } from '../dialects/humanitec/given.ts';
import { clientFor, givenFleet } from '../dialects/miru/given.ts';
import { granted, hours, nameOfThing } from '../engine/given.ts';

const story = storyTeller();

/** A disk is real: how much of what is under way is done when nothing moves any more, nobody knows. */
const until = async (pass: (ms: number) => Promise<void>, isSo: () => Promise<boolean>): Promise<void> => {
  for (let rounds = 0; rounds < 200 && !(await isSo()); rounds += 1) await pass(20_000);
  expect(await isSo()).toBe(true);
};

/** A device of Miru's with the reference agent on it, and the engine and its door over a table. */
const givenDevice = async (restorable: Restorable) => {
  const system = await restorable();
  const fleet = await givenFleet(system);
  const { thing } = fleet;
  const cloud = createEngineCloud(system, thing);
  const clock = createVirtualClock(system.clock.now());
  const root = temporaryFolder();
  const still = stillDisk();
  const { quiet, pass } = bothEnds({ system, cloud, clock, still });
  let versionNumber = 0;

  /** Long enough for every look that the sweeper takes at what it believes to be under way. */
  const passDay = async (): Promise<void> => {
    for (let hour = 0; hour < 24; hour += 1) await pass(1 * hours);
  };
  const comesOnline = async () => {
    const agent = await startDevice({
      thing,
      clock,
      transport: cloud.transport,
      root,
      roots: { release: root },
      openFiles: (at) => openFiles(at, still.disk),
    });
    versionNumber += 1;
    await takePresence(system.world)({
      thing,
      eventType: 'connected',
      versionNumber,
      at: system.clock.now(),
    });
    await quiet();
    return agent;
  };
  const settled = (id: string) => until(pass, async () => (await fleet.statusOf(id)) === 'deployed');
  const restoreTo = async (restore: () => Promise<void>): Promise<void> => {
    await pass(1 * hours);
    await restore();
  };
  const slot: SlotId = { thing, channel: 'release' };
  return {
    ...fleet,
    system,
    cloud,
    slot,
    pass,
    passDay,
    settled,
    restoreTo,
    comesOnline,
    has: () => viewOf(root)['srv/motion.json'],
    waitsFor: async () => (await system.world.slots.load(slot))?.waiting?.for,
  };
};

type Agent = Awaited<ReturnType<typeof startDevice>>;

/** Every target that the agent has begun with, in order. */
const taken = ({ events }: Agent): number[] =>
  events.flatMap((event) => (event.event === 'target' ? [event.seq] : []));

const expectNothingOlder = (agent: Agent): void => {
  const seqs = taken(agent);
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
};

const speedOf = (speed: number) => `{ "speed": ${speed}.0 }`;

describe('a device', () => {
  story(
    'that has confirmed what was made later keeps it, and its slot is at rest and says what it said then',
    async (restorable) => {
      const { system, deploy, statusOf, ask, comesOnline, settled, passDay, restoreTo, has, waitsFor } =
        await givenDevice(restorable);
      const agent = await comesOnline();
      const first = await deploy(1);
      await settled(first);
      const restore = await system.remember();
      const later = await deploy(2);
      await settled(later);
      await restoreTo(restore);
      await passDay();

      expect(has()).toBe(speedOf(2));
      expect(await statusOf(first)).toBe('deployed');
      expect((await ask(`GET /beta/deployments/${later}`)).status).toBe(404);
      expect(await waitsFor()).toBeUndefined();
      expect((await findStuck(system.world)).slots).toEqual([]);

      await settled(await deploy(3));
      expect(has()).toBe(speedOf(3));
      expectNothingOlder(agent);
    },
  );

  story(
    'ignores what was on its way then, if it has something newer; that waits for delivery until somebody deploys again',
    async (restorable) => {
      const { system, deploy, statusOf, comesOnline, settled, passDay, restoreTo, has, waitsFor } =
        await givenDevice(restorable);
      const agent = await comesOnline();
      const onItsWay = await deploy(1);
      const restore = await system.remember();
      await settled(await deploy(2));
      await restoreTo(restore);
      await passDay();

      expect(has()).toBe(speedOf(2));
      expect([await statusOf(onItsWay), await waitsFor()]).toEqual(['queued', 'delivery']);
      expect(agent.events).toContainEqual(expect.objectContaining({ event: 'ignored', why: 'older' }));

      await settled(await deploy(3));
      expect([has(), await statusOf(onItsWay)]).toEqual([speedOf(3), 'archived']);
      expectNothingOlder(agent);
    },
  );

  story(
    'that connected later is thought to be offline: what waits for it is looked at once a day, or when it connects again',
    async (restorable) => {
      const { system, deploy, statusOf, comesOnline, settled, passDay, restoreTo, has, waitsFor } =
        await givenDevice(restorable);
      const onItsWay = await deploy(1);
      const restore = await system.remember();
      const agent = await comesOnline();
      await settled(await deploy(2));
      await restoreTo(restore);
      await passDay();
      expect([await statusOf(onItsWay), await waitsFor()]).toEqual(['queued', 'thing offline']);

      await agent.stop();
      await comesOnline();
      expect(await waitsFor()).toBe('delivery');
      await settled(await deploy(3));
      expect(has()).toBe(speedOf(3));
      expectNothingOlder(agent);
    },
  );

  story(
    'that has confirmed later what was on its way then, and nothing newer, is found to have it',
    async (restorable) => {
      const { system, deploy, statusOf, comesOnline, settled, passDay, restoreTo, has } =
        await givenDevice(restorable);
      await comesOnline();
      const onItsWay = await deploy(1);
      const restore = await system.remember();
      await settled(onItsWay);
      await restoreTo(restore);
      expect(await statusOf(onItsWay)).toBe('queued');
      await passDay();
      expect([has(), await statusOf(onItsWay)]).toEqual([speedOf(1), 'deployed']);
    },
  );

  story(
    'that has failed later on what was on its way then keeps what it was given for it, and its slot waits for delivery',
    async (restorable) => {
      const { system, deploy, statusOf, passDay, restoreTo, slot, thing, waitsFor } =
        await givenDevice(restorable);
      const connected = { thing, eventType: 'connected', versionNumber: 1, at: system.clock.now() } as const;
      await takePresence(system.world)(connected);
      await deploy(1);
      await system.settle(thing);
      const bad = await deploy(2);
      const restore = await system.remember();
      await system.carryOutAll();
      await system.report(thing, { state: 'failed', error: { code: 'no_space', message: 'Full.' } });
      await system.settle(thing);
      const restored = system.targetOf(thing);
      await restoreTo(restore);
      await passDay();
      expect([await statusOf(bad), await waitsFor()]).toEqual(['queued', 'delivery']);
      const reported = system.shadows.stateOf(thing, 'release')?.current;
      expect(reported).toMatchObject({ seq: restored.seq, state: 'applied' });

      const newest = await deploy(3);
      expect((await system.world.slots.load(slot))?.target?.seq).toBeGreaterThan(restored.seq);
      await system.settle(thing);
      expect(await statusOf(newest)).toBe('deployed');
    },
  );

  story(
    'that was offline takes from its shadow what nobody remembers, and its word on it breaks nothing',
    async (restorable) => {
      const { system, deploy, statusOf, ask, comesOnline, settled, passDay, restoreTo, has, waitsFor } =
        await givenDevice(restorable);
      const first = await deploy(1);
      const before = await comesOnline();
      await settled(first);
      await before.stop();
      const restore = await system.remember();
      const forgotten = await deploy(2);
      await restoreTo(restore);
      const agent = await comesOnline();
      await passDay();

      expect(has()).toBe(speedOf(2));
      expect((await ask(`GET /beta/deployments/${forgotten}`)).status).toBe(404);
      expect([await statusOf(first), await waitsFor()]).toEqual(['deployed', undefined]);

      await settled(await deploy(3));
      expect(has()).toBe(speedOf(3));
      expectNothingOlder(agent);
    },
  );

  story(
    'may be shown an older target by a message that waited in its queue, and ignores it',
    async (restorable) => {
      const { system, slot, deploy, comesOnline, settled, passDay, restoreTo, has } =
        await givenDevice(restorable);
      const agent = await comesOnline();
      const first = await deploy(1);
      await settled(first);
      const restore = await system.remember();
      await settled(await deploy(2));
      await restoreTo(restore);
      expect(await carryOut(system.world)(slot)).toBe('written');
      await passDay();

      expect(target.parse(system.shadows.stateOf(slot.thing, 'release')?.target).deployment).toBe(first);
      expect(has()).toBe(speedOf(2));
      expectNothingOlder(agent);
    },
  );

  story(
    'that was activated later is connected and unknown, and nothing that it says breaks anything',
    async (restorable) => {
      const { system, made } = await givenDevice(restorable);
      const { world } = system;
      const restore = await system.remember();
      const device = await made('POST /beta/devices', { name: 'robot-8' });
      const thing = device.slice('dvc_'.length);
      const { token } = granted(
        await issueActivation(world)({ organization: 'acme', name: thing, allowReactivation: false }),
      );
      const activate = activateThing(world);
      granted(await activate({ token, csr: 'csr', keepsFiles: false }));
      await restore();

      const at = system.clock.now();
      const word = { v: 1, seq: at, manifest: `sha256:${'0'.repeat(64)}` } as const;
      const current = { ...word, deployment: 'dpl_x', state: 'applied', attempt: 1, error: null } as const;
      const connected = { thing, eventType: 'connected', versionNumber: 1, at } as const;
      expect(await takePresence(world)(connected)).toBe(false);
      expect(await takeReport(world)({ thing, channel: 'release' }, current)).toBe(false);
      await serveContent(world)(thing, { digest: word.manifest, chunk: 0 });
      expect(system.publisher.published().map(({ topic }) => topic)).toEqual([
        expect.stringContaining(thing),
      ]);
      expect(isRefusal(await activate({ token, csr: 'csr', keepsFiles: false }))).toBe(true);
      // Its name is free: it is made and activated anew.
      expect(await made('POST /beta/devices', { name: 'robot-8' })).not.toBe(device);
    },
  );

  story(
    'that was revoked later is known again, its certificate stays inactive, and a new activation brings it back',
    async (restorable) => {
      const { system, thing, ask, device } = await givenDevice(restorable);
      const { world } = system;
      const issue = async (allowReactivation: boolean) =>
        granted(await issueActivation(world)({ organization: 'acme', name: thing, allowReactivation })).token;
      const active = () => system.certificates.issued().filter((one) => one.active);
      granted(await activateThing(world)({ token: await issue(false), csr: 'first', keepsFiles: false }));
      const restore = await system.remember();
      granted(await revokeThing(world)({ organization: 'acme', name: thing }));
      expect(active()).toEqual([]);
      await restore();

      expect((await ask(`GET /beta/devices/${device}`)).status).toBe(200);
      expect((await world.things.load(thing))?.certificate).not.toBeNull();
      expect(active()).toEqual([]);
      granted(await activateThing(world)({ token: await issue(true), csr: 'second', keepsFiles: false }));
      expect(active()).toHaveLength(1);
    },
  );
});

describe('a key', () => {
  story(
    'that was revoked later works again until it is revoked again, and one that was made later does not',
    async (restorable) => {
      const system = await restorable();
      const works = async (key: string) => {
        const answer = await (await clientFor(system, 'acme'))('GET /beta/devices', undefined, {
          'x-api-key': key,
        });
        return answer.status === 200;
      };
      const old = await system.newKey('acme');
      const restore = await system.remember();
      const young = await system.newKey('acme');
      const idOf = (key: string) => key.split('_').slice(0, 3).join('_');
      const revoke = (key: string) => system.world.keys.revoke(idOf(key), system.clock.now());
      await revoke(old);
      expect([await works(old), await works(young)]).toEqual([false, true]);
      await restore();
      expect([await works(old), await works(young)]).toEqual([true, false]);
      await revoke(old);
      expect(await works(old)).toBe(false);
    },
  );
});

const organization = 'acme';

/** A server with the reference agent on it, whose scripts end at once. */
const givenServer = async (restorable: Restorable) => {
  const system = await restorable();
  const { world } = system;
  const thing = await nameOfThing(world, 'server-1');
  const slot: SlotId = { thing, channel: 'software' };
  const cloud = createEngineCloud(system, thing);
  const machine = createMachine();
  const clock = createVirtualClock(system.clock.now());
  const root = temporaryFolder();
  const still = stillDisk();
  const { pass } = bothEnds({ system, cloud, clock, still });

  const deploy = async (config: string, more: { readonly deadline?: number } = {}): Promise<string> => {
    system.clock.pass(1);
    const bytes = Buffer.from(JSON.stringify(runOf(config)));
    const digest = await sealContent(world.contents, organization, bytes);
    const items = [{ id: config, path: runPath, digest, size: bytes.length, format: runFormat }];
    const wish = { organization, by: 'key:ada', slot, idPrefix: 'sd_', wanted: 'deployed', items } as const;
    const about = { config };
    const made = createDeployment(world)({ ...wish, track: null, about, request: about, ...more });
    return granted(await made).record.id;
  };
  const phaseOf = async (id: string) =>
    (await findDeployment(world)({ organization, channel: 'software', id }))?.state.phase;
  const passUntil = (isSo: () => Promise<boolean>) => until(pass, isSo);
  const start = () =>
    startServer({
      thing,
      clock,
      root,
      transport: cloud.transport,
      software: { execute: machine.execute, disk: still.disk },
    });
  return { system, world, slot, cloud, machine, deploy, phaseOf, pass, passUntil, start };
};

describe('a run', () => {
  story(
    'that ended later is under way again and does not run again: its result comes with the next deployment',
    async (restorable) => {
      const { system, world, slot, machine, deploy, phaseOf, pass, passUntil, start } =
        await givenServer(restorable);
      const connected = { thing: slot.thing, eventType: 'connected', versionNumber: 1 } as const;
      await takePresence(world)({ ...connected, at: system.clock.now() });
      await start();
      const first = await deploy('run 1');
      const restore = await system.remember();
      await passUntil(async () => (await phaseOf(first)) === 'deployed');
      const forgotten = await deploy('run 2');
      await passUntil(async () => (await phaseOf(forgotten)) === 'deployed');
      await pass(1 * hours);
      await restore();
      for (let hour = 0; hour < 24; hour += 1) await pass(1 * hours);

      expect([await phaseOf(first), await phaseOf(forgotten)]).toEqual(['queued', undefined]);
      expect((await world.slots.load(slot))?.waiting?.for).toBe('delivery');
      expect(machine.began).toEqual(['run 1', 'run 2']);

      const next = await deploy('run 3');
      await passUntil(async () => (await phaseOf(next)) === 'deployed');
      expect(await phaseOf(first)).toBe('deployed');
      expect(machine.began).toEqual(['run 1', 'run 2', 'run 3']);
    },
  );

  story(
    'that ended later, and has a deadline, fails when that is over, although it ran',
    async (restorable) => {
      const { system, machine, deploy, phaseOf, pass, passUntil, start } = await givenServer(restorable);
      await start();
      const id = await deploy('run 1', { deadline: system.clock.now() + 1 * hours });
      const restore = await system.remember();
      await passUntil(async () => (await phaseOf(id)) === 'deployed');
      await restore();
      expect(await phaseOf(id)).toBe('queued');
      await pass(1 * hours);
      expect(await phaseOf(id)).toBe('failed');
      expect(machine.began).toEqual(['run 1']);
    },
  );

  story(
    'that a server was told of later, and had not fetched, never runs: its content went with it',
    async (restorable) => {
      const { system, world, slot, machine, deploy, phaseOf, pass, passUntil, start } =
        await givenServer(restorable);
      const restore = await system.remember();
      const forgotten = await deploy('run 1');
      await system.carryOutAll();
      await restore();
      await start();
      for (let hour = 0; hour < 24; hour += 1) await pass(1 * hours);
      expect([await phaseOf(forgotten), await world.slots.load(slot)]).toEqual([undefined, undefined]);

      const next = await deploy('run 2');
      await passUntil(async () => (await phaseOf(next)) === 'deployed');
      expect(machine.began).toEqual(['run 2']);
    },
  );
});

/** Robots of an environment, and its deployments. */
const givenRobots = async (restorable: Restorable, size: number) => {
  const system = await restorable();
  const given = await givenApp(system);
  const { does } = given;
  const life = fleetLife(system, ownerOf(system.world));
  for (let at = 0; at < size; at += 1) {
    const { thing } = await does(`PUT ${env}/devices/robot-${at}`);
    life.things.push(thing);
    await life.connect(thing);
  }
  const start = async (image: string, body: object = {}) => {
    const deltaId = await given.delta({ add: { web: moduleOf(image) } });
    return (await does(`POST ${env}/deploys`, { delta_id: deltaId, ...body })).id as string;
  };
  const see = (id: string) => does(`GET ${env}/deploys/${id}`);
  const sweep = sweepRollouts(system.world);
  /** Long enough for both waves: the rollout's worker is always at work, and the sweeper comes now and then. */
  const passHalfHour = async (): Promise<void> => {
    for (let times = 0; times < 3; times += 1) {
      await system.sweep();
      await sweep();
      await life.run(600);
    }
  };
  const has = () => life.things.map((thing) => life.shown.get(thing)?.at(-1));
  return { ...given, ...life, system, start, see, passHalfHour, has };
};

const twoWaves = { rollout: { waves: [{ count: 2 }], bake_seconds: 600 } };

describe('a rollout', () => {
  story(
    'that was in the middle goes on from there, and those that had it are not asked twice',
    async (restorable) => {
      const { system, run, start, see, passHalfHour, has, shown, things } = await givenRobots(restorable, 4);
      const good = await start('image:1');
      await run(10);
      expect(await see(good)).toMatchObject({ status: 'succeeded' });
      const middle = await start('image:2', twoWaves);
      await run(10);
      expect(await see(middle)).toMatchObject({ status: 'in progress', progress: { applied: 2 } });
      const restore = await system.remember();
      await passHalfHour();
      expect(await see(middle)).toMatchObject({ status: 'succeeded' });
      const before = has();
      await restore();
      expect(await see(middle)).toMatchObject({ status: 'in progress', progress: { applied: 2 } });
      await passHalfHour();

      expect(await see(middle)).toMatchObject({ status: 'succeeded', progress: { applied: 4 } });
      expect(has()).toEqual(before);
      expect(new Set(has()).size).toBe(1);
      // The last two are told the same again, under a newer seq.
      expect(things.map((thing) => shown.get(thing)?.length).toSorted()).toEqual([2, 2, 3, 3]);
    },
  );

  /** All have the first, and two have been shown the second when the table is remembered; later all have that, and then a third. */
  const givenMiddle = async (restorable: Restorable, { silent = false } = {}) => {
    const robots = await givenRobots(restorable, 4);
    const { system, run, start, see, passHalfHour, has, things, conducts } = robots;
    await start('image:1');
    await run(10);
    const [first] = has();
    if (silent)
      for (const thing of things)
        conducts.set(thing, (revision) => (revision === first ? 'applies' : 'is silent'));
    const middle = await start('image:2', twoWaves);
    await run(10);
    const restore = await system.remember();
    conducts.clear();
    await passHalfHour();
    const newer = await start('image:3');
    await passHalfHour();
    expect(await see(newer)).toMatchObject({ status: 'succeeded' });
    const [third] = has();
    await passHalfHour();
    await restore();
    return { ...robots, first, middle, third };
  };

  story(
    'that was in the middle, and whose deadline is over, fails at its first look, and who had confirmed keeps what they have',
    async (restorable) => {
      const { middle, ask, see, passHalfHour, has, third, start } = await givenMiddle(restorable);
      await passHalfHour();
      expect(await see(middle)).toMatchObject({ status: 'failed' });
      expect((await ask(`GET ${env}/deploys/${middle}/errors`)).body).toMatchObject([
        { code: 'deadline_passed' },
      ]);
      expect(new Set(has())).toEqual(new Set([third]));
      const newest = await start('image:4');
      await passHalfHour();
      expect(await see(newest)).toMatchObject({ status: 'succeeded', progress: { applied: 4 } });
      expect(has()).not.toContain(third);
    },
  );

  story(
    'that fails or is cancelled so gives those that had not confirmed it then what they had before it',
    async (restorable) => {
      const { passHalfHour, has, first, third } = await givenMiddle(restorable, { silent: true });
      await passHalfHour();
      expect(has().filter((revision) => revision === first)).toHaveLength(2);
      expect(has().filter((revision) => revision === third)).toHaveLength(2);
    },
  );

  story(
    'that is paused before anybody works again moves nobody, and makes room for the next when it is cancelled',
    async (restorable) => {
      const { system, middle, see, passHalfHour, has, third, start } = await givenMiddle(restorable, {
        silent: true,
      });
      const { world } = system;
      const change = changeRollout(world);
      const [id = ''] = await world.rollouts.due(Number.MAX_SAFE_INTEGER, 10);
      await change(id, { type: 'pause' }, 'operator');
      await passHalfHour();
      expect(await see(middle)).toMatchObject({ status: 'in progress' });
      expect(new Set(has())).toEqual(new Set([third]));
      await change(id, { type: 'cancel' }, 'operator');
      await passHalfHour();
      const newest = await start('image:4');
      await passHalfHour();
      expect(await see(newest)).toMatchObject({ status: 'succeeded', progress: { applied: 4 } });
      expect(new Set(has()).size).toBe(1);
      expect(has()).not.toContain(third);
    },
  );
});

describe('a message that waited in its queue', () => {
  story('and names what is not there any more does nothing', async (restorable) => {
    const { system, deploy, slot, made, deployment } = await givenDevice(restorable);
    const { world } = system;
    const restore = await system.remember();
    await deploy(1);
    const device = await made('POST /beta/devices', { name: 'robot-8' });
    await made('POST /beta/deployments', await deployment(1, { device_id: device }));
    await restore();
    const young: SlotId = { thing: device.slice('dvc_'.length), channel: 'release' };
    for (const id of [slot, young]) expect(await carryOut(world)(id)).toBe('nothing to do');
    const looked = await lookAtRollout(world, ownerOf(world))('gone', () => 60_000);
    expect(looked).toMatchObject({ outcome: 'nothing to do', rollout: undefined });
    await carryShard(world)('gone', 0, () => 60_000);
    expect(system.shadows.writes()).toEqual([]);
  });
});
