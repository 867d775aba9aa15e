// A secret's whole life with a device: kept, deployed, fetched, on the disk, purged, and then nowhere that we hold.
import { describe, expect, it } from 'vitest';
import type { Current } from '#device/shadow';
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import type { Channel } from '#domain/channel';
import { app, env, givenApp, looseClientFor } from '#test/dialects/humanitec/given';
import { fleetLife } from '#test/support/fleet-life';
import { startDevice, temporaryFolder } from './support/device.ts';
import { createEngineCloud } from './support/engine-cloud.ts';
import { viewOf } from './support/sets.ts';

const mark = 'hunter2-hunter2-hunter2';
const channel: Channel = 'environment';
const placeholder = `\${values.PASSWORD}`;

const given = async () => {
  const { system, does } = await givenApp();
  const ask = await looseClientFor(system, 'acme');
  const life = fleetLife(system, ownerOf(system.world));

  /** A device of the environment, with the real agent on a folder of its own. */
  const join = async (name: string, root = temporaryFolder()) => {
    const { thing } = await does(`PUT ${env}/devices/${name}`);
    const cloud = createEngineCloud(system, thing);
    const { next, stop } = await startDevice({
      thing,
      transport: cloud.transport,
      roots: { [channel]: root },
    });
    await life.connect(thing);
    return { name, thing, root, cloud, next, stop };
  };
  type Device = Awaited<ReturnType<typeof join>>;

  const pass = async ({ cloud }: Device): Promise<void> => {
    for (let second = 0; second < 12; second += 1) {
      await life.run(1);
      await cloud.quiet();
    }
  };
  /** Until the device has said this of what it was brought, and everybody knows. */
  const says = async (device: Device, state: Current['state']): Promise<Current | undefined> => {
    await pass(device);
    await device.next('confirmed', (event) => event.state === state);
    await pass(device);
    return system.shadows.stateOf(device.thing, channel)?.current as Current | undefined;
  };
  const start = async (add: object, body: object = {}) => {
    const delta = await ask(`POST ${app}/deltas`, { modules: { add } });
    return ask(`POST ${env}/deploys`, { delta_id: delta.body.id, ...body });
  };
  const keep = () =>
    does(`POST ${app}/values`, { key: 'PASSWORD', value: mark, description: '', is_secret: true });
  const version = async (): Promise<string> => (await does(`GET ${env}/value-set-versions`))[0].id;
  /** Replaced by another one, and destroyed. */
  const purge = async (at: string): Promise<void> => {
    await does(`PATCH ${app}/values/PASSWORD`, { value: 'another' });
    await does(`POST ${app}/value-set-versions/${at}/purge/PASSWORD`, {});
  };
  const seen = (device: Device) => does(`GET ${env}/devices/${device.name}`);
  return { system, does, ask, join, says, start, keep, version, purge, seen };
};

const web = { web: { password: placeholder } };
const rendered = { 'modules/web.json': `{"password":"${mark}"}` };

describe('a secret', () => {
  it('is on the device’s disk, and in no shadow', async () => {
    const { join: joined, says, start, keep, seen, system } = await given();
    await keep();
    const device = await joined('robot-7');
    await start(web);
    await says(device, 'applied');
    expect(await seen(device)).toMatchObject({ delivery: 'deployed' });
    expect(viewOf(device.root)).toEqual(rendered);
    expect(JSON.stringify(system.shadows.writes())).not.toContain(mark);
    expect(JSON.stringify(system.shadows.stateOf(device.thing, channel))).not.toContain(mark);
  });

  it('that was purged stays where it is, and is not deployed again', async () => {
    const { join: joined, says, start, keep, version, purge, ask, does, seen } = await given();
    await keep();
    const old = await version();
    const device = await joined('robot-7');
    const { id } = (await start(web)).body;
    await says(device, 'applied');
    await purge(old);
    const { set_id } = await does(`GET ${env}/deploys/${id}`);
    const again = await ask(`POST ${env}/deploys`, { set_id, value_set_version_id: old });
    expect(again).toMatchObject({ status: 400, body: { message: expect.stringContaining('PASSWORD') } });
    expect(viewOf(device.root)).toEqual(rendered);
    expect(await seen(device)).toMatchObject({ delivery: 'deployed' });
  });
});

describe('a device that fetches a file whose secret was purged', () => {
  const purged = { state: 'failed', attempt: 1, error: { code: 'content_purged' } };

  it('is refused, fails at its first attempt, and says why', async () => {
    const { join: joined, says, start, keep, version, purge, seen } = await given();
    await keep();
    const old = await version();
    const first = await joined('robot-7');
    await start(web);
    await says(first, 'applied');
    await purge(old);
    // What succeeded last is sealed already, and is what a device gets that comes now.
    const late = await joined('robot-8');
    expect(await says(late, 'failed')).toMatchObject(purged);
    expect(await seen(late)).toMatchObject({ manifest: null, delivery: null });
    expect(viewOf(late.root)).toEqual({});
    expect(viewOf(first.root)).toEqual(rendered);
  });

  it('keeps what it has, and the next deployment brings it what there is now', async () => {
    const { join: joined, says, start, keep, version, purge, does } = await given();
    await keep();
    const old = await version();
    const device = await joined('robot-7');
    await start({ web: { text: 'before' } });
    await says(device, 'applied');
    const { id } = (await start(web)).body;
    // Before anything of it has reached the device.
    await purge(old);
    await says(device, 'failed');
    expect(await does(`GET ${env}/deploys/${id}`)).toMatchObject({ status: 'failed' });
    expect(await does(`GET ${env}/deploys/${id}/errors`)).toContainEqual(
      expect.objectContaining({ scope: 'device', object_id: 'robot-7', code: 'content_purged' }),
    );
    expect(viewOf(device.root)).toEqual({ 'modules/web.json': '{"text":"before"}' });
    expect((await start({ api: {} })).status).toBe(201);
    await says(device, 'applied');
    expect(viewOf(device.root)).toEqual({
      'modules/api.json': '{}',
      'modules/web.json': '{"password":"another"}',
    });
  });

  it('goes back to what it had without a fetch, although a secret of that was purged, too', async () => {
    const { join: joined, says, start, keep, version, purge, seen, system } = await given();
    await keep();
    const first = await version();
    const device = await joined('robot-7');
    await start(web);
    await says(device, 'applied');
    await purge(first);
    const second = await version();
    await start({ web: { password: placeholder, is: 'new' } });
    await purge(second);
    const served = () =>
      system.publisher.published().filter(({ topic }) => topic.includes('/content/')).length;
    const before = served();
    await says(device, 'failed');
    expect(await says(device, 'applied')).toMatchObject({ error: null });
    expect(served()).toBe(before);
    expect(await seen(device)).toMatchObject({ delivery: 'deployed' });
    expect(viewOf(device.root)).toEqual(rendered);
  });
});
