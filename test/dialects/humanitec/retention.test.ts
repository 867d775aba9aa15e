// What becomes of an application's history: it goes a while after it is over, and whatever can be gone back to stays.
import { describe, expect, it } from 'vitest';
import { ownerOf } from '#dialects/humanitec/fleet/owner';
import { sweepOrganization } from '#functions/jobs/sweep-organization';
import { fleetLife } from '#test/support/fleet-life';
import { days } from '../../engine/given.ts';
import { app, env, givenApp, moduleOf } from './given.ts';

const endedMs = 400 * days;
const contentMs = 90 * days;

const given = async () => {
  const shop = await givenApp();
  const { system, does, deploy } = shop;
  const sweep = () => sweepOrganization(system.world, { endedMs, contentMs })('acme');
  const grow = (): void => system.clock.pass(endedMs + 1 * days);
  const deployTimes = async (times: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let at = 0; at < times; at += 1) ids.push((await deploy('web', `image:${at}`)).id);
    return ids;
  };
  const listed = async (at = env): Promise<string[]> =>
    (await does(`GET ${at}/deploys`)).map(({ id }: { id: string }) => id);
  return { ...shop, sweep, grow, deployTimes, listed };
};

describe('deployments that are over', () => {
  it('stay for as long as it is said, whatever their number', async () => {
    const { system, sweep, deployTimes, listed } = await given();
    const ids = await deployTimes(15);
    system.clock.pass(endedMs - 1 * days);
    expect(await sweep()).toMatchObject({ removedEntries: 0 });
    expect(await listed()).toEqual(ids.toReversed());
  });

  it('go then, but for the ten newest, which can be gone back to', async () => {
    const { ask, sweep, grow, deployTimes, listed } = await given();
    const ids = await deployTimes(15);
    grow();
    expect((await sweep()).removedEntries).toBeGreaterThanOrEqual(5);
    expect(await listed()).toEqual(ids.slice(-10).toReversed());
    for (const id of ids.slice(0, 5)) expect((await ask(`GET ${env}/deploys/${id}`)).status).toBe(404);
    expect(await sweep()).toMatchObject({ removedEntries: 0 });
  });

  it('stay where an environment names them: what it is based on, wherever that ran', async () => {
    const { does, sweep, grow, deployTimes } = await given();
    const ids = await deployTimes(15);
    const other = `${app}/envs/staging`;
    await does(`POST ${app}/envs`, { id: 'staging', name: 'Staging', from_deploy_id: ids[2] });
    await does(`PUT ${env}/from_deploy_id`, JSON.stringify(ids[1]));
    grow();
    await sweep();
    for (const id of [ids[1], ids[2], ids[14]]) expect((await does(`GET ${env}/deploys/${id}`)).id).toBe(id);
    expect((await does(`GET ${env}`)).from_deploy.id).toBe(ids[1]);
    // And can be deployed, with the set that they have brought.
    const again = await does(`POST ${other}/deploys`, {});
    expect(again).toMatchObject({ from_id: ids[2], status: 'in progress' });
    expect(Object.keys((await does(`GET ${app}/sets/${again.set_id}`)).modules)).toEqual(['web']);
  });

  it('take their sets and archived deltas with them, which nothing else is made of', async () => {
    const { ask, does, sweep, grow, deployTimes } = await given();
    const [first = '', ...others] = await deployTimes(15);
    const oldest = await does(`GET ${env}/deploys/${first}`);
    const newest = await does(`GET ${env}/deploys/${others.at(-1)}`);
    for (const { delta_id: id } of [oldest, newest])
      await does(`PUT ${app}/deltas/${id}/metadata/archived`, 'true');
    grow();
    expect(await sweep()).toMatchObject({ removedEntries: 5 + 1 + 5 });
    expect((await ask(`GET ${app}/sets/${oldest.set_id}`)).status).toBe(404);
    expect((await ask(`GET ${app}/deltas/${oldest.delta_id}`)).status).toBe(404);
    expect((await does(`GET ${app}/sets/${newest.set_id}`)).id).toBe(newest.set_id);
    expect((await does(`GET ${app}/deltas/${newest.delta_id}`)).id).toBe(newest.delta_id);
  });

  it('leave their content to the sweep of content, as soon as nothing names it any more', async () => {
    const { sweep, grow, deployTimes } = await given();
    await deployTimes(15);
    grow();
    const { removed } = await sweep();
    expect(removed).toBeGreaterThanOrEqual(5);
  });
});

describe('what was made and never deployed', () => {
  it('stays while it is a delta that somebody may still work on', async () => {
    const { does, delta, sweep, grow } = await given();
    const id = await delta({ add: { web: moduleOf('image:1') } });
    grow();
    await sweep();
    expect((await does(`GET ${app}/deltas/${id}`)).id).toBe(id);
  });

  it('has as much time again when somebody makes the same set', async () => {
    const { system, ask, does, sweep, grow } = await given();
    const make = () => does(`POST ${app}/sets/0`, { modules: { add: { web: moduleOf('image:1') } } });
    const id = await make();
    grow();
    expect(await make()).toBe(id);
    await sweep();
    expect((await does(`GET ${app}/sets/${id}`)).id).toBe(id);
    system.clock.pass(endedMs + 1 * days);
    await sweep();
    expect((await ask(`GET ${app}/sets/${id}`)).status).toBe(404);
  });
});

describe('a rollout', () => {
  it('goes with the last deployment that tells of it', async () => {
    const shop = await given();
    const { system, does, deployTimes, sweep, grow } = shop;
    const life = fleetLife(system, ownerOf(system.world));
    const { thing } = await does(`PUT ${env}/devices/robot-1`);
    life.things.push(thing);
    await life.connect(thing);
    const ids: string[] = [];
    for (let at = 0; at < 12; at += 1) {
      ids.push(...(await deployTimes(1)));
      await life.run(30);
    }
    const rollouts = () => Array.fromAsync(system.world.estate.rolloutsOf('acme'));
    expect(await rollouts()).toHaveLength(12);
    grow();
    expect(await sweep()).toMatchObject({ removedRollouts: 2, endedRollouts: 0 });
    expect(await rollouts()).toHaveLength(10);
    // Its devices are forgotten by then; how many there were, and how it went for them, is not.
    expect(await does(`GET ${env}/deploys/${ids[3]}`)).toMatchObject({
      status: 'succeeded',
      progress: { total: 1, applied: 1 },
    });
  });
});

it('what belongs to another organization is left alone', async () => {
  const { system, grow, deployTimes, listed } = await given();
  await deployTimes(12);
  grow();
  await sweepOrganization(system.world, { endedMs, contentMs })('globex');
  expect(await listed()).toHaveLength(12);
});
