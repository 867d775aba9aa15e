// An environment that is a fleet, as its integrator sees it: devices in and out, deployments in waves, and back again.

import { describe, expect, it } from 'vitest';
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import { deliveriesMs } from '#operations/retention';
import { fleetLife } from '#test/support/fleet-life';
import { clientFor, env, givenApp, looseClientFor, moduleOf } from './given.ts';

const givenFleet = async (size: number, { online = size } = {}) => {
  const given = await givenApp();
  const { system, does } = given;
  const life = fleetLife(system, ownerOf(system.world));
  const join = async (name: string, isOnline = true): Promise<string> => {
    const { thing } = await does(`PUT ${env}/devices/${name}`);
    life.things.push(thing);
    if (isOnline) await life.connect(thing);
    return thing;
  };
  for (let at = 0; at < size; at += 1) await join(`robot-${at}`, at < online);
  const start = async (image: string, body: object = {}) => {
    const deltaId = await given.delta({ add: { web: moduleOf(image) } });
    return (await does(`POST ${env}/deploys`, { delta_id: deltaId, ...body })).id as string;
  };
  const see = (id: string) => does(`GET ${env}/deploys/${id}`);
  return { ...given, ...life, join, start, see };
};

type Fleet = Awaited<ReturnType<typeof givenFleet>>;

const breaks = (fleet: Fleet, ...at: number[]): void => {
  for (const index of at) fleet.conducts.set(fleet.things[index] ?? '', () => 'fails');
};

describe('devices of an environment', () => {
  it('are made known when they are brought in, and found again', async () => {
    const { ask } = await givenApp();
    const made = await ask(`PUT ${env}/devices/robot-7`);
    expect(made).toMatchObject({
      status: 201,
      body: { id: 'robot-7', status: 'offline', activated: false, manifest: null, delivery: null },
    });
    expect((await ask(`PUT ${env}/devices/robot-7`)).status).toBe(200);
    expect((await ask(`GET ${env}/devices/robot-7`)).body).toEqual(made.body);
    expect((await ask(`GET ${env}/devices`)).body).toEqual([made.body]);
  });

  it('are made known once by many who bring them in at the same time', async () => {
    const { ask } = await givenApp();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(`PUT ${env}/devices/robot-7`)));
    expect(new Set(answers.map(({ body }) => body.thing)).size).toBe(1);
    for (const { status } of answers) expect([200, 201]).toContain(status);
  });

  it('get a token for their certificate here', async () => {
    const { ask } = await givenApp();
    await ask(`PUT ${env}/devices/robot-7`);
    const issued = await ask(`POST ${env}/devices/robot-7/activation-token`);
    expect(issued).toMatchObject({ status: 201, body: { token: expect.stringMatching(/^sat_/) } });
  });

  it('belong to one environment at most', async () => {
    const { ask, does } = await givenApp();
    const other = env.replace('development', 'staging');
    await does('POST /orgs/acme/apps/shop/envs', { id: 'staging', name: 'Staging', type: 'development' });
    await does(`PUT ${env}/devices/robot-7`);
    expect(await ask(`PUT ${other}/devices/robot-7`)).toMatchObject({
      status: 409,
      body: { error: 'API-409' },
    });
    expect((await ask(`GET ${other}/devices/robot-7`)).status).toBe(404);
    expect((await ask(`GET ${other}/devices`)).body).toEqual([]);
    expect((await ask(`DELETE ${env}/devices/robot-7`)).status).toBe(204);
    expect((await ask(`PUT ${other}/devices/robot-7`)).status).toBe(201);
  });

  it('are told a page at a time', async () => {
    const { ask } = await givenFleet(5);
    const names: string[] = [];
    let next: string | undefined = `${env}/devices?per_page=2`;
    while (next !== undefined) {
      const page = await ask(`GET ${next}`);
      names.push(...page.body.map(({ id }: { id: string }) => id));
      next = /<https?:\/\/[^/]+([^>]+)>; rel="next"/.exec(page.headers.link ?? '')?.[1];
    }
    expect(names.toSorted()).toEqual(['robot-0', 'robot-1', 'robot-2', 'robot-3', 'robot-4']);
  });

  it('of another organization are not there, and their names are free', async () => {
    const { system, does } = await givenApp();
    await does(`PUT ${env}/devices/robot-7`);
    const stranger = await clientFor(system, 'globex');
    expect((await stranger(`GET ${env}/devices/robot-7`)).status).toBe(404);
    await stranger('POST /orgs/globex/apps', { id: 'shop', name: 'Shop' });
    const theirs = '/orgs/globex/apps/shop/envs/development/devices/robot-7';
    expect((await stranger(`GET ${theirs}`)).status).toBe(404);
    expect((await stranger(`PUT ${theirs}`)).status).toBe(201);
  });

  it('lose the environment’s files when they leave', async () => {
    const fleet = await givenFleet(1);
    await fleet.start('nginx:1');
    await fleet.run(10);
    expect((await fleet.ask(`DELETE ${env}/devices/robot-0`)).status).toBe(204);
    await fleet.run(2);
    const [thing = ''] = fleet.things;
    expect(fleet.system.targetOf(thing, 'environment').items).toEqual([]);
  });
});

describe('a deployment of an environment with devices', () => {
  it('is in progress until those that were reachable have applied it, and counts them', async () => {
    const fleet = await givenFleet(3, { online: 2 });
    const id = await fleet.start('nginx:1');
    expect(await fleet.see(id)).toMatchObject({ status: 'in progress', rollout: { phase: 'sealing' } });
    await fleet.run(10);
    expect(await fleet.see(id)).toMatchObject({
      status: 'succeeded',
      progress: { total: 3, applied: 2, failed: 0, waiting: 0, offline: 1, withdrawn: 0 },
    });
    await fleet.connect(fleet.things[2] ?? '');
    await fleet.run(3);
    expect(await fleet.see(id)).toMatchObject({ progress: { total: 3, applied: 3, offline: 0 } });
  });

  it('keeps the environment busy, and names itself', async () => {
    const fleet = await givenFleet(2);
    const id = await fleet.start('nginx:1');
    const refused = await fleet.ask(`POST ${env}/deploys`, {});
    expect(refused).toMatchObject({ status: 409, body: { details: { deployment_id: id } } });
    await fleet.run(10);
    expect((await fleet.ask(`POST ${env}/deploys`, {})).status).toBe(201);
  });

  it('is started once by fifty who start at the same time', async () => {
    const fleet = await givenFleet(2);
    const answers = await Promise.all(Array.from({ length: 50 }, () => fleet.ask(`POST ${env}/deploys`, {})));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(49);
    await fleet.run(15);
    expect(await fleet.does(`GET ${env}/deploys`)).toHaveLength(1);
  });

  it('tells which device failed, and why', async () => {
    const fleet = await givenFleet(3);
    breaks(fleet, 1);
    const id = await fleet.start('nginx:1');
    await fleet.run(20);
    expect(await fleet.see(id)).toMatchObject({ status: 'failed' });
    expect(await fleet.does(`GET ${env}/deploys/${id}/errors`)).toEqual([
      expect.objectContaining({ scope: 'environment', object_id: '', code: 'too_many_failures' }),
      {
        scope: 'device',
        object_id: 'robot-1',
        code: 'no_space',
        error_type: 'device',
        summary: 'The device could not apply it.',
        message: 'The disk is full.',
      },
    ]);
  });

  it('tells of each device, by its state and a page at a time', async () => {
    const fleet = await givenFleet(4, { online: 3 });
    breaks(fleet, 0);
    const id = await fleet.start('nginx:1', { rollout: { failure_threshold: { count: 1 } } });
    await fleet.run(20);
    const all = await fleet.does(`GET ${env}/deploys/${id}/devices`);
    expect(all).toHaveLength(4);
    const of = async (state: string) =>
      (await fleet.does(`GET ${env}/deploys/${id}/devices?state=${state}`)).map(
        ({ id: name }: { id: string }) => name,
      );
    expect(await of('failed')).toEqual(['robot-0']);
    expect((await of('applied')).toSorted()).toEqual(['robot-1', 'robot-2']);
    expect(await of('offline')).toEqual(['robot-3']);
    const first = await fleet.ask(`GET ${env}/deploys/${id}/devices?per_page=3`);
    expect(first.body).toHaveLength(3);
    expect(first.headers.link).toContain('page=');
  });

  it('does without devices what it always did', async () => {
    const { does, start } = await givenFleet(0);
    const id = await start('nginx:1');
    expect(await does(`GET ${env}/deploys/${id}`)).toMatchObject({ status: 'succeeded' });
    expect(await does(`GET ${env}/deploys/${id}/devices`)).toEqual([]);
    expect(await does(`GET ${env}/deploys/${id}/why`)).toMatchObject({ waiting_for: null });
  });
});

describe('a deployment whose devices are not kept any more', () => {
  const given = async () => {
    const fleet = await givenFleet(4, { online: 3 });
    breaks(fleet, 0);
    const id = await fleet.start('nginx:1', { rollout: { failure_threshold: { percent: 100 } } });
    await fleet.run(30);
    return { ...fleet, id };
  };

  it('still says how many there were, and how it went for them', async () => {
    const { system, see, id } = await given();
    const before = await see(id);
    expect(before.progress).toMatchObject({ total: 4, applied: 2, failed: 1, offline: 1 });
    system.clock.pass(deliveriesMs);
    expect(await see(id)).toEqual(before);
  });

  it('says that they are not kept, instead of telling that there were none', async () => {
    const { system, ask, does, id } = await given();
    expect(await does(`GET ${env}/deploys/${id}/devices`)).toHaveLength(4);
    system.clock.pass(deliveriesMs);
    expect(await ask(`GET ${env}/deploys/${id}/devices`)).toMatchObject({
      status: 404,
      body: { error: 'API-404', details: { id, kept_until: expect.stringMatching(/^2027-02-/) } },
    });
  });

  it('says on how many it failed, when it can say no more on which', async () => {
    const { system, does, id } = await given();
    expect(await does(`GET ${env}/deploys/${id}/errors`)).toMatchObject([{ object_id: 'robot-0' }]);
    system.clock.pass(deliveriesMs);
    expect(await does(`GET ${env}/deploys/${id}/errors`)).toMatchObject([
      { scope: 'environment', code: 'devices_forgotten', summary: 'Devices that it failed on: 1.' },
    ]);
  });
});

describe('a rollout', () => {
  const rollout = {
    waves: [{ count: 1 }, { percent: 50 }],
    bake_seconds: 20,
    failure_threshold: { percent: 10 },
  };

  it('opens wave after wave', async () => {
    const fleet = await givenFleet(10);
    const id = await fleet.start('nginx:1', { rollout });
    const exposed = new Set<number>();
    for (let second = 0; second < 90; second += 1) {
      await fleet.run(1);
      const seen = await fleet.see(id);
      exposed.add(seen.rollout.exposed);
      expect(fleet.shown.size).toBeLessThanOrEqual(seen.rollout.exposed);
    }
    expect([...exposed].filter((count) => count > 0)).toEqual([1, 5, 10]);
    expect(await fleet.see(id)).toMatchObject({ status: 'succeeded', progress: { applied: 10 } });
  });

  it('says whom it waits for', async () => {
    const fleet = await givenFleet(10);
    const id = await fleet.start('nginx:1', { rollout });
    await fleet.run(8);
    expect(await fleet.does(`GET ${env}/deploys/${id}/why`)).toMatchObject({
      phase: 'baking',
      waiting_for: 'bake',
      ended_by: expect.stringContaining('clock'),
      until: expect.any(String),
    });
  });

  it('is paused, resumed and cancelled', async () => {
    const fleet = await givenFleet(10);
    const id = await fleet.start('nginx:1', { rollout });
    await fleet.run(5);
    expect(await fleet.does(`POST ${env}/deploys/${id}/pause`)).toMatchObject({
      status: 'in progress',
      rollout: { paused: { reason: 'A person has paused it.' } },
    });
    await fleet.run(100);
    expect(await fleet.does(`GET ${env}/deploys/${id}/why`)).toMatchObject({
      waiting_for: 'decision',
      until: null,
    });
    expect(fleet.shown.size).toBe(1);
    expect(await fleet.does(`POST ${env}/deploys/${id}/resume`)).toMatchObject({ rollout: { paused: null } });
    await fleet.run(25);
    expect(fleet.shown.size).toBe(5);
    expect(await fleet.does(`POST ${env}/deploys/${id}/cancel`)).toMatchObject({ status: 'failed' });
    expect(await fleet.does(`GET ${env}/deploys/${id}/errors`)).toMatchObject([{ code: 'cancelled' }]);
    expect((await fleet.ask(`POST ${env}/deploys`, {})).status).toBe(201);
    expect(await fleet.ask(`POST ${env}/deploys/${id}/pause`)).toMatchObject({ status: 409 });
  });

  it('rolls back by a new deployment of what succeeded last', async () => {
    const fleet = await givenFleet(10);
    const good = await fleet.start('nginx:1');
    await fleet.run(20);
    const bad = await fleet.start('nginx:2', { rollout: { ...rollout, rollback_on_failure: true } });
    const revision = (await fleet.does(`GET ${env}/devices/robot-0`)).manifest;
    breaks(fleet, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    for (const thing of fleet.things)
      fleet.conducts.set(thing, (seen) => (seen === revision ? 'applies' : 'fails'));
    await fleet.run(60);
    const [back, failed] = await fleet.does(`GET ${env}/deploys`);
    expect(failed).toMatchObject({ id: bad, status: 'failed' });
    expect(back).toMatchObject({ status: 'succeeded', comment: `Rolls back ${bad} to ${good}.` });
    for (const device of await fleet.does(`GET ${env}/devices`))
      expect(device).toMatchObject({ manifest: revision, delivery: 'deployed' });
    expect(await fleet.does(`GET ${env}/deploys`)).toHaveLength(3);
  });

  it.each([
    ['waves', { waves: [{ percent: 101 }] }],
    ['waves', { waves: [{ percent: 1, count: 1 }] }],
    ['failure_threshold', { failure_threshold: { count: -1 } }],
    ['rollout', { wave: [] }],
    ['deadline_seconds', { deadline_seconds: 1 }],
    ['alarms', { alarms: [''] }],
  ])('that is not one names its field: %s', async (field, wrong) => {
    const { ask } = await givenFleet(1);
    const refused = await ask(`POST ${env}/deploys`, { rollout: wrong });
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.raw).toContain(field);
    expect((await ask(`GET ${env}/deploys`)).body).toEqual([]);
  });
});

describe('a preview', () => {
  it('says what would change and for how many, and leaves no trace', async () => {
    const fleet = await givenFleet(3);
    const first = await fleet.start('nginx:1');
    await fleet.run(10);
    const deltaId = await fleet.delta({
      update: { web: [{ op: 'replace', path: '/profile', value: 'acme/other' }] },
    });
    const sets = await fleet.does('GET /orgs/acme/apps/shop/sets');
    const loose = await looseClientFor(fleet.system, 'acme');
    const shown = await loose(`POST ${env}/deploys?dry_run=true`, { delta_id: deltaId });
    expect(shown).toMatchObject({
      status: 200,
      body: {
        dry_run: true,
        from_id: first,
        devices: 3,
        diff: { modules: { update: { web: expect.any(Array) } } },
      },
    });
    expect(await fleet.does('GET /orgs/acme/apps/shop/sets')).toEqual(sets);
    expect(await fleet.does(`GET ${env}/deploys`)).toHaveLength(1);
  });
});

describe('devices that come late', () => {
  it('get what succeeded last, also where that was before there were devices', async () => {
    const fleet = await givenFleet(0);
    await fleet.start('nginx:1');
    await fleet.join('robot-late');
    await fleet.run(3);
    expect(await fleet.does(`GET ${env}/devices/robot-late`)).toMatchObject({ delivery: 'deployed' });
  });

  it('do not get what failed', async () => {
    const fleet = await givenFleet(2);
    await fleet.start('nginx:1');
    await fleet.run(20);
    const { manifest } = await fleet.does(`GET ${env}/devices/robot-1`);
    breaks(fleet, 0);
    await fleet.start('nginx:2');
    await fleet.run(30);
    await fleet.join('robot-late');
    await fleet.run(3);
    expect(await fleet.does(`GET ${env}/devices/robot-late`)).toMatchObject({ manifest });
  });
});

describe('an environment that is deleted', () => {
  it('takes its files from its devices, which are free for another', async () => {
    const fleet = await givenFleet(2);
    await fleet.does('POST /orgs/acme/apps/shop/envs', {
      id: 'staging',
      name: 'Staging',
      type: 'development',
    });
    await fleet.start('nginx:1');
    await fleet.run(3);
    expect((await fleet.ask(`DELETE ${env}`)).status).toBe(204);
    await fleet.run(3);
    for (const thing of fleet.things) expect(fleet.system.targetOf(thing, 'environment').items).toEqual([]);
    expect((await fleet.ask(`PUT ${env.replace('development', 'staging')}/devices/robot-0`)).status).toBe(
      201,
    );
  });
});
