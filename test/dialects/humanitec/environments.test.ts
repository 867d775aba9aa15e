// Applications, environment types and environments: made, changed, deleted, and never woken again.
import { describe, expect, it } from 'vitest';
import { app, clientFor, env, givenApp } from './given.ts';

type Told = Record<string, unknown>;
const apps = '/orgs/acme/apps';
const types = '/orgs/acme/env-types';

describe('an application', () => {
  it.each<[string, object, unknown[]]>([
    ['comes with an environment', {}, [{ id: 'development', name: 'Development', type: 'development' }]],
    [
      'comes with the one that is asked for',
      { env: { id: 'live', name: 'Live' } },
      [{ id: 'live', name: 'Live', type: 'development' }],
    ],
    ['comes without, if that is asked for', { skip_environment_creation: true }, []],
  ])('%s', async (_, over, envs) => {
    const { does } = await givenApp();
    const made = await does(`POST ${apps}`, { id: 'other', name: 'Other', ...over });
    expect(made).toEqual({
      id: 'other',
      name: 'Other',
      org_id: 'acme',
      created_at: expect.any(String),
      created_by: expect.any(String),
      envs,
      status: 'active',
      status_changed_at: expect.any(String),
    });
    expect(await does(`GET ${apps}/other`)).toEqual(made);
    expect((await does(`GET ${apps}`)).map(({ id }: Told) => id)).toEqual(['shop', 'other']);
  });

  it('is renamed, and nothing else of it changes', async () => {
    const { ask, does } = await givenApp();
    expect((await does(`PATCH ${app}`, { name: 'Store' })).name).toBe('Store');
    expect((await ask(`PATCH ${app}`, { name: 'Store', id: 'store' })).status).toBe(400);
    expect((await ask(`PATCH ${app}`, {})).status).toBe(400);
  });

  it.each([
    ['a', 400],
    ['-ab', 400],
    ['ab-', 400],
    ['a--b', 400],
    ['Ab', 400],
    ['a'.repeat(51), 400],
    ['a'.repeat(50), 201],
    ['a-b-1', 201],
    ['shop', 409],
  ])('%s as its id: %i', async (id, status) => {
    const { ask } = await givenApp();
    expect((await ask(`POST ${apps}`, { id, name: 'x' })).status).toBe(status);
    if (id !== 'shop') expect((await ask(`POST ${app}/envs`, { id, name: 'x' })).status).toBe(status);
    if (id !== 'shop') expect((await ask(`POST ${types}`, { id })).status).toBe(status);
  });

  it('made twice with one idempotency key is made once; made by ten at once, too', async () => {
    const { ask, does } = await givenApp();
    const make = (name: string) => ask(`POST ${apps}`, { id: 'other', name }, { 'idempotency-key': 'k' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => make('Other')));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    await does(`PATCH ${apps}/other`, { name: 'Renamed' });
    expect((await make('Other')).body.name).toBe('Renamed');
    expect((await make('Another')).status).toBe(422);
    const others = await Promise.all(
      Array.from({ length: 10 }, () => ask(`POST ${apps}`, { id: 'third', name: 'x' })),
    );
    expect(others.filter(({ status }) => status === 201)).toHaveLength(1);
  });

  it('deleted and made again does not wake its old children', async () => {
    const { does, deploy, ask } = await givenApp();
    const { id, set_id } = await deploy('web');
    await does(`POST ${app}/values`, { key: 'A', value: 'a', description: '' });
    const [version] = await does(`GET ${app}/value-set-versions`);
    const [delta] = await does(`GET ${app}/deltas`);
    expect((await ask(`DELETE ${app}`)).status).toBe(204);
    expect((await ask(`DELETE ${app}`)).status).toBe(404);
    await does(`POST ${apps}`, { id: 'shop', name: 'Shop' });
    for (const path of ['values', 'value-set-versions', 'deltas', 'sets', 'envs/development/deploys'])
      expect(await does(`GET ${app}/${path}`)).toEqual([]);
    for (const path of [
      `sets/${set_id}`,
      `deltas/${delta.id}`,
      `value-set-versions/${version.id}`,
      `envs/development/deploys/${id}`,
    ])
      expect((await ask(`GET ${app}/${path}`)).status).toBe(404);
  });
});

describe('an environment type', () => {
  it('development is there for everybody', async () => {
    const { does } = await givenApp();
    const [seeded] = await does(`GET ${types}`);
    expect(seeded).toMatchObject({ id: 'development' });
    expect(await does(`GET ${types}/development`)).toEqual(seeded);
    expect(await does(`PATCH ${types}/development`, { description: 'ours' })).toEqual({
      id: 'development',
      description: 'ours',
    });
    expect(await does(`GET ${types}`)).toEqual([{ id: 'development', description: 'ours' }]);
  });

  it('is made, changed, used and deleted when nobody uses it', async () => {
    const { ask, does } = await givenApp();
    expect(await does(`POST ${types}`, { id: 'live', description: 'Live' })).toEqual({
      id: 'live',
      description: 'Live',
    });
    expect((await ask(`POST ${types}`, { id: 'live' })).status).toBe(409);
    expect((await ask(`POST ${types}`, { id: 'development' })).status).toBe(409);
    await does(`POST ${app}/envs`, { id: 'eu', name: 'EU', type: 'live' });
    const refused = await ask(`DELETE ${types}/live`);
    expect([refused.status, refused.body]).toEqual([409, [{ app_id: 'shop', env_id: 'eu' }]]);
    await does(`DELETE ${app}/envs/eu`);
    await does(`DELETE ${types}/live`);
    expect((await ask(`DELETE ${types}/live`)).status).toBe(404);
    expect((await ask(`PATCH ${types}/live`, { description: '' })).status).toBe(404);
    expect((await ask(`DELETE ${types}/development`)).status).toBe(409);
  });
});

describe('an environment', () => {
  it('is made, listed by time, renamed and deleted; the last one, too', async () => {
    const { does, ask } = await givenApp();
    const made = await does(`POST ${app}/envs`, { id: 'alpha', name: 'Alpha' });
    expect(made).toEqual({
      id: 'alpha',
      name: 'Alpha',
      type: 'development',
      created_at: expect.any(String),
      created_by: expect.any(String),
      status: 'active',
      status_changed_at: expect.any(String),
    });
    expect((await does(`GET ${app}/envs`)).map(({ id }: Told) => id)).toEqual(['development', 'alpha']);
    expect((await does(`PATCH ${app}/envs/alpha`, { name: 'First' })).name).toBe('First');
    expect((await does(`GET ${app}`)).envs[1].name).toBe('First');
    for (const id of ['alpha', 'development'])
      expect((await ask(`DELETE ${app}/envs/${id}`)).status).toBe(204);
    expect((await ask(`GET ${env}`)).status).toBe(404);
    expect((await does(`GET ${app}`)).envs).toEqual([]);
  });

  it('of a type that there is not is refused', async () => {
    const { ask } = await givenApp();
    expect((await ask(`POST ${app}/envs`, { id: 'eu', name: 'EU', type: 'nothing' })).status).toBe(400);
    expect(
      (await ask(`POST ${apps}`, { id: 'other', name: 'x', env: { id: 'eu', name: 'EU', type: 'nothing' } }))
        .status,
    ).toBe(400);
  });

  it('made by ten at once is one; ten different ones are ten', async () => {
    const { ask, does } = await givenApp();
    const same = await Promise.all(
      Array.from({ length: 10 }, () => ask(`POST ${app}/envs`, { id: 'eu', name: 'x' })),
    );
    expect(same.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    await Promise.all(
      Array.from({ length: 10 }, (_, at) => ask(`POST ${app}/envs`, { id: `e${at}`, name: 'x' })),
    );
    expect(await does(`GET ${app}/envs`)).toHaveLength(12);
    const repeat = () => ask(`POST ${app}/envs`, { id: 'us', name: 'x' }, { 'idempotency-key': 'k' });
    expect((await Promise.all([repeat(), repeat(), repeat()])).map(({ status }) => status)).toEqual([
      201, 201, 201,
    ]);
  });

  it('with more history than one request can remove is deleted by several', async () => {
    const { system, ask, does } = await givenApp();
    for (let count = 0; count < 60; count += 1) await does(`POST ${env}/deploys`, {});
    const { remove } = system.world.catalog;
    Object.assign(system.world.catalog, {
      remove: async (entry: Parameters<typeof remove>[0]) => {
        system.clock.pass(250);
        return remove(entry);
      },
    });
    expect((await ask(`DELETE ${env}`)).status).toBe(202);
    expect((await does(`GET ${env}`)).status).toBe('deleting');
    expect((await ask(`POST ${env}/deploys`, {})).status).toBe(404);
    expect((await ask(`POST ${app}/envs`, { id: 'development', name: 'x' })).status).toBe(409);
    const statuses: number[] = [];
    while (statuses.at(-1) !== 204) statuses.push((await ask(`DELETE ${env}`)).status);
    expect(statuses.length).toBeGreaterThan(1);
    expect((await ask(`GET ${env}`)).status).toBe(404);
  });

  it('has nothing running in a cluster, and says so', async () => {
    const { ask, does, deploy } = await givenApp();
    await deploy('web');
    expect(await does(`GET ${env}/resources`)).toEqual([]);
    expect(await does(`GET ${env}/runtime`)).toEqual({ namespace: 'shop-development', modules: {} });
    const v2 = await ask(`GET ${env}/runtime`, undefined, { accept: 'application/v2+json' });
    expect([v2.headers['content-type'], v2.body.modules]).toEqual(['application/v2+json', {}]);
    await does(`PATCH ${env}/runtime/replicas`, { web: 2 });
    expect((await ask(`PATCH ${env}/runtime/replicas`, { api: 2 })).status).toBe(400);
    expect((await ask(`PATCH ${env}/runtime/replicas`, { web: -1 })).status).toBe(400);
    await does(`PUT ${env}/runtime/paused`, 'true');
    expect((await ask(`PATCH ${env}/runtime/replicas`, { web: 1 })).status).toBe(400);
    expect((await ask(`GET ${app}/runtime?id=a&id=b&id=c&id=d&id=e&id=f`)).status).toBe(400);
  });

  it('has automation rules', async () => {
    const { ask, does } = await givenApp();
    const rules = `${env}/rules`;
    const made = await does(`POST ${rules}`, { type: 'update', match_ref: 'refs/heads/.*' });
    expect(made).toMatchObject({
      active: true,
      artefacts_filter: [],
      images_filter: [],
      update_to: 'branch',
      match: '',
    });
    expect(await does(`GET ${rules}/${made.id}`)).toEqual(made);
    const changed = await does(`PUT ${rules}/${made.id}`, { type: 'update', active: false });
    expect([changed.active, changed.match_ref]).toEqual([false, '']);
    expect(await does(`GET ${rules}`)).toEqual([changed]);
    for (const mixed of [
      { images_filter: [], artefacts_filter: [] },
      { match: 'a', match_ref: 'b' },
      { update_to: 'tag', match_ref: 'b' },
    ])
      expect((await ask(`POST ${rules}`, { type: 'update', ...mixed })).status).toBe(400);
    await does(`DELETE ${rules}/${made.id}`);
    expect((await ask(`DELETE ${rules}/${made.id}`)).status).toBe(404);
    expect((await ask(`PUT ${rules}/${made.id}`, { type: 'update' })).status).toBe(404);
  });
});

describe('another organization', () => {
  it('finds nothing, whatever it asks for', async () => {
    const { system, deploy } = await givenApp();
    const { id } = await deploy('web');
    const globex = await clientFor(system, 'globex');
    const requests = [
      'GET /orgs/acme',
      `GET ${apps}`,
      `GET ${app}`,
      `DELETE ${app}`,
      `GET ${env}`,
      `GET ${env}/deploys/${id}`,
      `GET ${types}`,
      `GET ${app}/values`,
    ];
    for (const request of requests) expect((await globex(request)).status).toBe(404);
    expect((await globex('GET /orgs')).body).toMatchObject([{ id: 'globex' }]);
    await globex('POST /orgs/globex/apps', { id: 'shop', name: 'Shop' });
    expect((await globex('GET /orgs/globex/apps/shop/sets')).body).toEqual([]);
  });
});
