// An integrator's way from the first request to the last, walked by both official clients over HTTP.
import { describe, expect, it } from 'vitest';
import { smallSystem } from '#test/support/small-system';
import { clientFor, moduleOf } from '../given.ts';
import { type Client, oldClient, statusOf, youngClient } from './client.ts';
import { listen } from './http.ts';

const development = 'development';
const clients = { '0.0.11': youngClient, '0.0.8': oldClient };

const refusalOf = async (asked: Promise<unknown>): Promise<number | undefined> =>
  asked.then(
    () => undefined,
    (error) => statusOf(error),
  );

const given = async (make: (token: string, url: string) => Client) => {
  const system = smallSystem();
  // Without a key of its own: the client brings one.
  const { url, faults } = await listen(await clientFor(system, 'acme'));
  const key = await system.newKey('acme');
  const client = make(key, url);
  const start = async (deployment: Parameters<Client['deploy']>[1], env = development) => {
    system.clock.pass(1000);
    const started = await client.deploy(env, deployment);
    expect(started.status).toBe('in progress');
    expect((await client.getDeploy(env, started.id)).status).toBe('succeeded');
    return started;
  };
  const added = async (name: string, image = 'image:1'): Promise<string> =>
    (await client.createDelta({ modules: { add: { [name]: moduleOf(image) } } })).id;
  return { client, faults, start, added, url, make };
};

describe.each(Object.entries(clients))('@humanitec/autogen %s', (_version, make) => {
  it('1: is let in with a key, and not without', async () => {
    const { client, url } = await given(make);
    expect((await client.currentUser()).type).toBe('service');
    expect((await client.organization()).id).toBe('acme');
    expect(await refusalOf(make('nonsense', url).envTypes())).toBe(401);
  });

  it('2, 3: an application with its environment, which has no deployments yet', async () => {
    const { client, faults } = await given(make);
    expect(await client.envTypes()).toEqual([{ id: development, description: expect.any(String) }]);
    const app = await client.createApp();
    expect(app.envs).toEqual([{ id: development, name: 'Development', type: development }]);
    expect(await refusalOf(client.createApp())).toBe(409);
    await client.createEnv('staging');
    expect(await refusalOf(client.createEnv('staging'))).toBe(409);
    expect((await client.listEnvs()).map(({ id }: { id: string }) => id)).toEqual([development, 'staging']);
    expect(await client.listDeploys(development)).toEqual([]);
    expect(await refusalOf(client.listDeploys('nobody'))).toBe(404);
    expect(faults).toEqual([]);
  });

  it('4, 12: deltas: created, merged, replaced, named, archived', async () => {
    const { client, faults } = await given(make);
    await client.createApp();
    const made = await client.createDelta({ metadata: { env_id: development, name: 'first' } });
    expect(made.modules).toEqual({ add: {}, remove: [], update: {} });
    expect(made.shared).toEqual([]);
    expect([made.metadata.env_id, made.metadata.name, made.metadata.archived]).toEqual([
      development,
      'first',
      false,
    ]);
    const merged = await client.patchDelta(made.id, [
      { modules: { remove: ['old'], add: { web: moduleOf('image:1') } } },
      { modules: { add: { old: null }, update: { web: [{ op: 'add', path: '/spec/replicas', value: 2 }] } } },
    ]);
    expect(merged.modules.remove).toEqual([]);
    expect(merged.modules.add.web.spec.replicas).toBe(2);
    await client.putDelta(made.id, { modules: { add: { api: moduleOf('image:1') } } });
    await client.nameDelta(made.id, 'renamed');
    const found = await client.getDelta(made.id);
    expect([Object.keys(found.modules.add), found.metadata.name]).toEqual([['api'], 'renamed']);
    await client.archiveDelta(made.id, true);
    expect(await refusalOf(client.patchDelta(made.id, [{}]))).toBe(400);
    expect([await client.listDeltas(), (await client.listDeltas(true)).length]).toEqual([[], 1]);
    expect(await refusalOf(client.getDelta('nobody'))).toBe(404);
    expect(faults).toEqual([]);
  });

  it('5 to 8: deployments, polled to their end', async () => {
    const { client, faults, start, added } = await given(make);
    await client.createApp();
    const first = await start({ delta_id: await added('web'), comment: 'first' });
    const second = await start({});
    expect([second.set_id, second.from_id]).toEqual([first.set_id, first.id]);
    expect((await client.listDeploys(development)).map(({ id }: { id: string }) => id)).toEqual([
      second.id,
      first.id,
    ]);
    expect(await client.deployErrors(development, first.id)).toEqual([]);
    const misfit = await client.createDelta({
      modules: { update: { nobody: [{ op: 'add', path: '/x', value: 1 }] } },
    });
    expect(await refusalOf(client.deploy(development, { delta_id: misfit.id }))).toBe(400);
    expect(await refusalOf(client.deploy(development, { delta_id: 'nobody' }))).toBe(400);
    const at = await Promise.all(Array.from({ length: 8 }, () => refusalOf(client.deploy(development, {}))));
    expect(at.filter((status) => status !== undefined && status !== 409)).toEqual([]);
    expect(await client.runtime(development)).toMatchObject({ modules: {} });
    expect(await client.resources(development)).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('9: rollback and clone by rebase', async () => {
    const { client, faults, start, added } = await given(make);
    await client.createApp();
    const good = await start({ delta_id: await added('web', 'image:1') });
    await start({ delta_id: await added('web', 'image:2') });
    await client.rebase(development, good.id);
    const env = await client.getEnv(development);
    expect(env.from_deploy.id).toBe(good.id);
    expect(env.last_deploy.id).not.toBe(good.id);
    expect((await start({})).set_id).toBe(good.set_id);
    expect(await refusalOf(client.rebase(development, 'nobody'))).toBe(400);
    const staging = await client.createEnv('staging', good.id);
    expect([staging.from_deploy.id, staging.last_deploy]).toEqual([good.id, undefined]);
    expect((await start({}, 'staging')).set_id).toBe(good.set_id);
    expect(faults).toEqual([]);
  });

  it('10, 11: sets are applied to, read and compared', async () => {
    const { client, faults } = await given(make);
    await client.createApp();
    const one = await client.applyToSet('0', { modules: { add: { web: moduleOf('image:1') } } });
    const two = await client.applyToSet(one, {
      modules: {
        add: { api: moduleOf('image:1') },
        update: { web: [{ op: 'add', path: '/spec/x', value: null }] },
      },
      shared: [{ op: 'add', path: '/db', value: { type: 'postgres' } }],
    });
    expect(await client.applyToSet(one, {})).toBe(one);
    expect((await client.getSet(two)).modules.web.spec.x).toBeNull();
    expect((await client.listSets()).map(({ id }: { id: string }) => id).sort()).toEqual([one, two].sort());
    for (const [to, from] of [
      [one, two],
      [two, one],
      [two, '0'],
      ['0', two],
    ] as const) {
      const made = await client.applyToSet(from, await client.diff(to, from));
      expect(made).toBe(to === '0' ? '0'.repeat(43) : to);
    }
    expect(faults).toEqual([]);
  });

  it('13, 14: values, secrets and their versions', async () => {
    const { client, faults, start } = await given(make);
    await client.createApp();
    await client.createValue({ key: 'MSG', value: 'hello', description: '' });
    expect(await refusalOf(client.createValue({ key: 'MSG', value: '', description: '' }))).toBe(409);
    const key = await client.createValue({ key: 'KEY', value: 'hunter2', description: '', is_secret: true });
    expect([key.value, key.secret_key, key.secret_store_id, key.secret_version]).toEqual([
      '',
      'orgs--acme--apps--shop--secret_values--KEY',
      'humanitec',
      '1',
    ]);
    await client.createEnvValue(development, { key: 'MSG', value: 'here', description: '' });
    expect(await refusalOf(client.envValues('nobody'))).toBe(400);
    const seen = await client.envValues(development);
    expect(seen.map((value: Record<string, unknown>) => [value.key, value.value, value.source])).toEqual([
      ['KEY', '', 'app'],
      ['MSG', 'here', 'env'],
    ]);
    await client.putValue('MSG', 'second');
    expect((await client.patchValue('MSG', 'third')).value).toBe('third');
    const versions = await client.versions();
    expect(versions.map(({ result_of }: Record<string, unknown>) => result_of)).toEqual([
      'app_value_update',
      'app_value_update',
      'app_value_create',
      'app_value_create',
    ]);
    const [, , second, first] = versions;
    expect((await client.restoreKey(first.id, 'MSG')).values.MSG.value).toBe('hello');
    expect(Object.keys((await client.restore(first.id)).values)).toEqual(['MSG']);
    await client.purge(second.id, 'KEY');
    expect(await refusalOf(client.restore(second.id))).toBe(400);
    expect(await refusalOf(client.deploy(development, { value_set_version_id: second.id }))).toBe(400);
    expect((await start({})).value_set_version_id).toEqual(expect.any(String));
    expect(faults).toEqual([]);
  });

  it('15: what is deleted is gone', async () => {
    const { client, faults, start, added } = await given(make);
    await client.createApp();
    const { id } = await start({ delta_id: await added('web') });
    await client.deleteEnv(development);
    expect(await refusalOf(client.getDeploy(development, id))).toBe(404);
    await client.deleteApp();
    expect(await refusalOf(client.getApp())).toBe(404);
    expect((await client.createApp()).envs).toHaveLength(1);
    expect(await client.listDeploys(development)).toEqual([]);
    expect(await client.listSets()).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('16: runs of a pipeline find their deployments', async () => {
    const { client, faults, start } = await given(make);
    await client.createApp();
    const pipeline = { id: 'release', run_id: 'run-7', job_id: 'deploy', step_index: 2 };
    const { id } = await start({ pipeline });
    await start({ comment: 'by hand' });
    // The older client cannot ask for one run: it gets them all.
    const found = await client.listDeploys(development, 'release,run-7');
    const ofRun = found.filter((deployment: { pipeline?: object }) => deployment.pipeline !== undefined);
    expect(ofRun).toMatchObject([{ id, pipeline }]);
    expect(faults).toEqual([]);
  });

  it('17: what dashboards ask for', async () => {
    const { client, faults } = await given(make);
    await client.createApp();
    expect(await client.resources(development)).toEqual([]);
    expect((await client.runtime(development)).modules).toEqual({});
    expect(faults).toEqual([]);
  });

  it('18: rules, and an environment that is paused', async () => {
    const { client, faults, start, added } = await given(make);
    await client.createApp();
    await start({ delta_id: await added('web') });
    const rule = await client.createRule(development, {
      type: 'update',
      active: true,
      artefacts_filter: ['acme/web'],
      match_ref: 'refs/heads/main',
    });
    const listed = await client.listRules(development);
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([rule.id]);
    await client.deleteRule(development, rule.id);
    expect(await client.listRules(development)).toEqual([]);
    await client.pause(development, true);
    expect(await refusalOf(client.deploy(development, {}))).toBe(400);
    await client.pause(development, false);
    await client.replicas(development, { web: 2 });
    await start({});
    expect(faults).toEqual([]);
  });
});
