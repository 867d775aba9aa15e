// One life after another: created, carried to the device, confirmed, superseded, archived, as a Miru client sees it.
import { describe, expect, it } from 'vitest';
import { givenFleet } from './given.ts';

describe('a deployment, from POST to archive', () => {
  it('is queued until the device confirms it, and deployed from then on', async () => {
    const { system, deploy, statusOf, thing } = await givenFleet();
    const id = await deploy(1);
    expect(await statusOf(id)).toBe('queued');
    await system.settle(thing);
    expect(await statusOf(id)).toBe('deployed');
  });

  it('reaches the device byte for byte, small content inline', async () => {
    const { system, deploy, thing } = await givenFleet();
    const id = await deploy(3);
    await system.carryOutAll();
    const target = system.targetOf(thing);
    expect(target.deployment).toBe(id);
    expect(target.items).toEqual([
      expect.objectContaining({ path: '/srv/motion.json', data: '{ "speed": 3.0 }' }),
    ]);
  });

  it('gives way to a newer one only when the device has confirmed that', async () => {
    const { system, deploy, statusOf, thing, ask } = await givenFleet();
    const first = await deploy(1);
    await system.settle(thing);
    const second = await deploy(2);
    const { body } = await ask(`GET /beta/deployments/${first}`);
    expect([body.target_status, body.activity_status]).toEqual(['archived', 'deployed']);
    await system.settle(thing);
    expect([await statusOf(first), await statusOf(second)]).toEqual(['archived', 'deployed']);
  });

  it('is archived at once when a newer one comes before any device confirmed it', async () => {
    const { deploy, statusOf } = await givenFleet();
    const first = await deploy(1);
    const second = await deploy(2);
    expect([await statusOf(first), await statusOf(second)]).toEqual(['archived', 'queued']);
  });

  it('is taken off the device when it is archived', async () => {
    const { system, deploy, statusOf, thing, ask } = await givenFleet();
    const id = await deploy(1);
    await system.settle(thing);
    await ask(`POST /beta/deployments/${id}/archive`);
    expect(await statusOf(id)).toBe('deployed');
    await system.carryOutAll();
    expect(system.targetOf(thing).items).toEqual([]);
    await system.report(thing);
    expect(await statusOf(id)).toBe('archived');
  });

  it('that fails gives way to a new deployment of what was confirmed before', async () => {
    const { system, deploy, statusOf, thing, ask } = await givenFleet();
    const good = await deploy(1);
    await system.settle(thing);
    const bad = await deploy(2);
    await system.carryOutAll();
    // The newest of the list is the restore: time has passed since the other two.
    system.clock.pass(1000);
    await system.report(thing, { state: 'failed', error: { code: 'refused', message: 'no' } });
    expect(await statusOf(bad)).toBe('failed');
    await system.settle(thing);
    const { body } = await ask('GET /beta/deployments?limit=1');
    const [restore] = body.data;
    expect([restore.status, restore.description]).toEqual(['deployed', 'speed 1']);
    expect(await statusOf(good)).toBe('archived');
    const { body: history } = await ask(`GET /beta/deployments/${restore.id}/history`);
    expect(history.data[0].why).toBe(`restores ${good}, because ${bad} failed`);
  });

  it('tells every transition: who, when, from, to, why', async () => {
    const { system, deploy, thing, ask } = await givenFleet();
    const id = await deploy(1);
    await system.settle(thing);
    const { body } = await ask(`GET /beta/deployments/${id}/history`);
    expect(
      body.data.map(({ by, from, to, why }: Record<string, string>) => [by?.split(':')[0], from, to, why]),
    ).toEqual([
      ['key', null, 'queued', 'deployed'],
      ['thing', 'queued', 'deployed', 'confirmed'],
    ]);
  });

  it('tells what it waits for', async () => {
    const { system, deploy, thing, ask } = await givenFleet();
    const id = await deploy(1);
    const why = async () => (await ask(`GET /beta/deployments/${id}/why`)).body;
    expect(await why()).toMatchObject({
      waiting_for: 'delivery',
      status: 'queued',
      until: '2026-01-01T00:01:00.000Z',
    });
    await system.carryOutAll();
    await system.report(thing, { state: 'retrying', error: { code: 'disk_full', message: 'no space' } });
    expect(await why()).toMatchObject({
      waiting_for: 'thing retrying',
      attempts: 1,
      error: { code: 'disk_full' },
    });
    await system.report(thing);
    expect(await why()).toMatchObject({ waiting_for: 'successor', until: null });
  });
});

describe('staging', () => {
  it('waits for a person, and deploying it moves the device to its release', async () => {
    const { system, deploy, made, schema, statusOf, thing, ask, instance } = await givenFleet();
    await deploy(1);
    await system.settle(thing);
    const next = await made('POST /beta/releases', { version: 'v2.0.0', config_schema_ids: [schema] });
    const ids = [await instance('{"speed":2}')];
    const staged = await deploy(2, { target_status: 'staged', release_id: next, config_instance_ids: ids });
    expect(await statusOf(staged)).toBe('staged');
    const { status } = await ask(`POST /beta/deployments/${staged}/deploy`);
    expect(status).toBe(200);
    await system.settle(thing);
    expect(await statusOf(staged)).toBe('deployed');
  });

  it('drifts when the current release is patched meanwhile, and says what it drifted from', async () => {
    const { system, deploy, made, schema, statusOf, thing, ask } = await givenFleet();
    const first = await deploy(1);
    await system.settle(thing);
    const next = await made('POST /beta/releases', { version: 'v2.0.0', config_schema_ids: [schema] });
    const staged = await deploy(2, { target_status: 'staged', release_id: next });
    system.clock.pass(1000);
    const patch = await deploy(3, { parent_id: first });
    expect(await statusOf(staged)).toBe('drifted');
    const { body } = await ask(`GET /beta/deployments/${staged}/drifts`);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([patch]);
    const refused = await ask(`POST /beta/deployments/${staged}/deploy`);
    expect([refused.status, refused.body.error.code]).toEqual([409, 'deployment_drifted']);
    expect(refused.headers['x-should-retry']).toBe('false');
  });
});
