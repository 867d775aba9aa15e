// Nothing lost, nothing stuck: every message twice, late, out of order or never; every process dying between any two lines.
import { describe, expect, it } from 'vitest';
import type { Fault } from '#adapters/memory/watch';
import { carryOut } from '#engine/carry-out';
import { giveUp, redrive } from '#engine/hand-over';
import { Unavailable } from '#engine/ports';
import { takePresence } from '#engine/take-presence';
import { takeReport } from '#engine/take-report';
import { givenFleet } from '../dialects/miru/given.ts';

const minute = 60_000;

describe('a message', () => {
  it('that was never sent is made up for by the sweeper', async () => {
    const { system, deploy, statusOf, thing } = await givenFleet();
    system.setFault((call, moment) => {
      if (call.port === 'transitions' && call.method === 'send' && moment === 'before')
        throw new Unavailable('SQS is down');
    });
    const id = await deploy(1);
    expect(system.transitions.waiting()).toEqual([]);
    system.setFault(undefined);
    expect((await system.sweep()).looked).toBe(0);
    system.clock.pass(minute);
    expect((await system.sweep()).looked).toBe(1);
    await system.settle(thing);
    expect(await statusOf(id)).toBe('deployed');
  });

  it('that comes ten times does its work once', async () => {
    const { system, deploy, thing } = await givenFleet();
    await deploy(1);
    await system.settle(thing);
    const writes = system.shadows.writes().length;
    for (let times = 0; times < 10; times += 1) await carryOut(system.world)({ thing, channel: 'release' });
    expect(system.shadows.writes()).toHaveLength(writes);
  });

  it('that always fails hands its slot to an operator, and a redrive takes it back', async () => {
    const { system, deploy, statusOf, thing, ask } = await givenFleet();
    const id = await deploy(1);
    system.transitions.take();
    await giveUp(system.world)({ thing, channel: 'release' });
    expect((await ask(`GET /beta/deployments/${id}/why`)).body).toMatchObject({
      waiting_for: 'operator',
      until: null,
    });
    system.clock.pass(30 * 24 * 60 * minute);
    expect((await system.sweep()).looked).toBe(0);
    await redrive(system.world)({ thing, channel: 'release' });
    await redrive(system.world)({ thing, channel: 'release' });
    await system.settle(thing);
    expect(await statusOf(id)).toBe('deployed');
  });
});

describe('a worker', () => {
  it('that slept cannot leave an old target behind', async () => {
    const { system, deploy, thing } = await givenFleet();
    await deploy(1);
    system.transitions.take();
    let second = '';
    const stop = system.shadows.onWrite(() => {
      stop();
      system.setFault(undefined);
    });
    system.setFault(async (call, moment) => {
      if (call.port !== 'shadows' || moment !== 'before') return;
      // While it sleeps before its write, a newer one is created and carried out.
      system.setFault(undefined);
      second = await deploy(2);
      await system.carryOutAll();
    });
    await carryOut(system.world)({ thing, channel: 'release' });
    expect(system.targetOf(thing).deployment).toBe(second);
  });
});

describe('a report', () => {
  it('that was lost is found in the shadow', async () => {
    const { system, deploy, statusOf, thing } = await givenFleet();
    const id = await deploy(1);
    await system.carryOutAll();
    system.shadows.report(thing, 'release', system.wordOf(thing));
    system.clock.pass(minute);
    await system.sweep();
    await system.carryOutAll();
    expect(await statusOf(id)).toBe('deployed');
  });

  it('of an older seq changes nothing', async () => {
    const { system, deploy, statusOf, thing } = await givenFleet();
    await deploy(1);
    await system.carryOutAll();
    const old = system.wordOf(thing);
    const second = await deploy(2);
    await system.carryOutAll();
    expect(await takeReport(system.world)({ thing, channel: 'release' }, old)).toBe(false);
    expect(await statusOf(second)).toBe('queued');
  });

  it('from another thing changes nothing', async () => {
    const { system, deploy, statusOf, thing, made } = await givenFleet();
    const other = (await made('POST /beta/devices', { name: 'robot-8' })).slice('dvc_'.length);
    const id = await deploy(1);
    await system.carryOutAll();
    expect(await takeReport(system.world)({ thing: other, channel: 'release' }, system.wordOf(thing))).toBe(
      false,
    );
    expect(await statusOf(id)).toBe('queued');
  });

  it('of another manifest under our seq is a failure, not a success', async () => {
    const { system, deploy, statusOf, thing } = await givenFleet();
    const id = await deploy(1);
    await system.carryOutAll();
    await system.report(thing, { manifest: `sha256:${'0'.repeat(64)}` });
    expect(await statusOf(id)).toBe('failed');
  });

  it('of two failures, and then of success, counts its attempts and ends well', async () => {
    const { system, deploy, statusOf, thing, ask } = await givenFleet();
    const id = await deploy(1);
    await system.carryOutAll();
    const error = { code: 'disk_full', message: 'no space left' };
    for (const attempt of [1, 1, 2]) await system.report(thing, { state: 'retrying', attempt, error });
    expect((await ask(`GET /beta/deployments/${id}/why`)).body).toMatchObject({ attempts: 2, error });
    await system.report(thing);
    expect(await statusOf(id)).toBe('deployed');
  });

  it('of the last attempt that it is given fails the deployment', async () => {
    const { system, deploy, statusOf, thing } = await givenFleet();
    const id = await deploy(1);
    await system.carryOutAll();
    await system.report(thing, {
      state: 'retrying',
      attempt: 8,
      error: { code: 'disk_full', message: 'no' },
    });
    expect(await statusOf(id)).toBe('failed');
    await system.carryOutAll();
    expect(system.targetOf(thing).items).toEqual([]);
  });
});

describe('a device', () => {
  it('that never answers is known to be offline, and may come back after months', async () => {
    const { system, deploy, statusOf, thing, ask } = await givenFleet();
    const id = await deploy(1);
    for (let looks = 0; looks < 90; looks += 1) {
      await system.carryOutAll();
      system.clock.pass(24 * 60 * minute);
      await system.sweep();
    }
    await system.carryOutAll();
    expect((await ask(`GET /beta/deployments/${id}/why`)).body.waiting_for).toBe('thing offline');
    await takePresence(system.world)({
      thing,
      eventType: 'connected',
      versionNumber: 1,
      at: system.clock.now(),
    });
    expect((await ask(`GET /beta/deployments/${id}/why`)).body.waiting_for).toBe('delivery');
    await system.settle(thing);
    expect(await statusOf(id)).toBe('deployed');
  });

  it('whose comings and goings are told in the wrong order is seen as it is', async () => {
    const { system, ask, device, thing } = await givenFleet();
    const tell = (eventType: 'connected' | 'disconnected', versionNumber: number) =>
      takePresence(system.world)({ thing, eventType, versionNumber, at: versionNumber });
    await tell('disconnected', 2);
    await tell('connected', 1);
    expect((await ask(`GET /beta/devices/${device}`)).body).toMatchObject({
      last_connected_at: null,
      last_disconnected_at: '1970-01-01T00:00:00.002Z',
    });
    await tell('connected', 3);
    expect((await system.world.things.load(thing))?.presence.state).toBe('online');
  });
});

describe('two clients that deploy to one device at once', () => {
  it('both are answered, and exactly one of their deployments is left', async () => {
    const { ask, deployment } = await givenFleet();
    const bodies = await Promise.all(Array.from({ length: 20 }, (_, speed) => deployment(speed % 10)));
    const answers = await Promise.all(bodies.map((body) => ask('POST /beta/deployments', body)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { body } = await ask('GET /beta/deployments?target_status=deployed&expand=total_count');
    expect(body.total_count).toBe(1);
    const { body: all } = await ask('GET /beta/deployments?expand=total_count');
    expect(all.total_count).toBe(20);
  });
});

/** A scenario that calls the world in every way that a life does. */
const life = async (faultAfter: (calls: number) => Fault | undefined) => {
  const fleet = await givenFleet();
  const { system, ask, deployment, thing } = fleet;
  const bodies = [await deployment(1), await deployment(2)];
  const before = system.count();
  system.setFault(faultAfter(before));
  /** Whoever fails is called again, as a client, SQS or IoT would do. */
  const insist = async <Value>(act: () => Promise<Value>): Promise<Value> => {
    for (let tries = 0; ; tries += 1) {
      try {
        return await act();
      } catch (cause) {
        if (tries > 3) throw cause;
      }
    }
  };
  const ids: string[] = [];
  for (const [at, body] of bodies.entries()) {
    const answer = await insist(() =>
      ask('POST /beta/deployments', body, { 'idempotency-key': `life-${at}` }),
    );
    ids.push(answer.body.id);
    system.clock.pass(10);
    // The message may have died with its sender: the sweeper has a minute.
    system.clock.pass(2 * minute);
    await insist(() => system.sweep());
    await insist(() => carryOut(system.world)({ thing, channel: 'release' }));
    await insist(() => system.report(thing));
  }
  await insist(() => ask(`POST /beta/deployments/${ids[1]}/archive`));
  await insist(() => carryOut(system.world)({ thing, channel: 'release' }));
  await insist(() => system.report(thing));
  system.setFault(undefined);
  return { ...fleet, ids, calls: system.count() - before };
};

const verdict = async ({ ask, system, thing, ids }: Awaited<ReturnType<typeof life>>) => {
  const list = (await ask('GET /beta/deployments?order_by=created_at:asc&expand=total_count')).body;
  const histories = await Promise.all(ids.map((id) => ask(`GET /beta/deployments/${id}/history`)));
  return {
    statuses: list.data.map(({ status }: { status: string }) => status),
    moves: histories.map(({ body }) => body.data.map(({ to }: { to: string }) => to)),
    target: system.targetOf(thing).items,
  };
};

describe('a process that dies before or after any single outward call', async () => {
  const whole = await life(() => undefined);
  const expected = await verdict(whole);

  it('has a whole life to die in', () => {
    expect(expected).toEqual({
      statuses: ['archived', 'archived'],
      moves: [
        ['queued', 'deployed', 'superseded', 'archived'],
        ['queued', 'deployed', 'removing', 'archived'],
      ],
      target: [],
    });
  });

  it.each(['before', 'after'] as const)(
    '%s it: the life ends the same, each transition once',
    async (moment) => {
      for (let dies = 1; dies <= whole.calls; dies += 1) {
        let died = false;
        const one = await life((before) => (call, at) => {
          if (died || at !== moment || call.number - before !== dies) return;
          died = true;
          throw new Error(`died ${moment} call ${dies}`);
        });
        expect(died, `call ${dies} was made`).toBe(true);
        expect(await verdict(one), `died ${moment} call ${dies}`).toEqual(expected);
      }
    },
  );
});
