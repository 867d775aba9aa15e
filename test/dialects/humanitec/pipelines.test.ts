// Pipeline runs: deployments that are started as newer clients start them, and found again by their run.
import { describe, expect, it } from 'vitest';
import { app, clientFor, env, givenApp, moduleOf } from './given.ts';

const runs = `${app}/pipeline-runs`;
const trigger = 'deployment_request';

const given = async () => {
  const shop = await givenApp();
  const { ask, does, delta } = shop;
  const delta_id = await delta({ add: { web: moduleOf('image:1') } });
  const run = (body: object, query = '') =>
    does(`POST ${runs}${query}`, { trigger, env_id: 'development', ...body });
  const refused = async (body: object) => (await ask(`POST ${runs}`, { trigger, ...body })).status;
  const deploys = (query = '') => does(`GET ${env}/deploys${query}`);
  return { ...shop, delta_id, run, refused, deploys };
};

const filterOf = ({ pipeline_id, id }: { readonly pipeline_id: string; readonly id: string }) =>
  `?pipelineRunId=${encodeURIComponent(`${pipeline_id},${id}`)}`;

describe('a pipeline run', () => {
  it('starts a deployment, which is found by it, and ends with it', async () => {
    const { does, run, delta_id, deploys } = await given();
    const started = await run({ delta_id, comment: 'a run', mode: 'full' });
    expect(started).toMatchObject({
      org_id: 'acme',
      app_id: 'shop',
      env_ids: ['development'],
      pipeline_id: 'default',
      status: 'executing',
      trigger,
      inputs: { env_id: 'development', comment: 'a run', delta_id, mode: 'full' },
    });
    await does(`POST ${env}/deploys`, {});
    const [deployment, ...others] = await deploys(filterOf(started));
    expect(others).toEqual([]);
    expect(deployment).toMatchObject({
      delta_id,
      comment: 'a run',
      pipeline: { id: 'default', run_id: started.id, job_id: 'deploy', step_index: 0 },
    });
    const ended = await does(`GET ${app}/pipelines/default/runs/${started.id}`);
    expect(ended).toMatchObject({ id: started.id, status: 'succeeded', inputs: started.inputs });
    expect(ended.completed_at).toBe(deployment.status_changed_at);
    expect(ended.etag).not.toBe(started.etag);
  });

  it('deploys a set, or what an older deployment had, values and all', async () => {
    const { does, run, delta_id, deploys } = await given();
    await does(`POST ${app}/values`, { key: 'COLOR', value: 'red', description: '' });
    await run({ delta_id });
    const [first] = await deploys();
    await does(`PUT ${app}/values/COLOR`, { value: 'blue', description: '' });
    await run({ set_id: '0'.repeat(43) });
    const redeployed = await run({ deployment_id: first.id });
    const [last, second] = await deploys();
    expect([last.set_id, last.value_set_version_id]).toEqual([first.set_id, first.value_set_version_id]);
    expect(second.value_set_version_id).not.toBe(first.value_set_version_id);
    expect(redeployed.inputs).toMatchObject({
      set_id: first.set_id,
      value_set_version_id: first.value_set_version_id,
    });
  });

  it('understands the older name of the environment', async () => {
    const { does, delta_id, deploys } = await given();
    await does(`POST ${runs}`, { trigger, environment: 'development', delta_id });
    expect(await deploys()).toHaveLength(1);
  });

  it('is one, however often its request is repeated', async () => {
    const { ask, delta_id, deploys } = await given();
    const start = (comment: string) =>
      ask(`POST ${runs}`, { trigger, env_id: 'development', delta_id, comment }, { 'idempotency-key': 'k' });
    const answers = [await start('one'), await start('one')];
    expect(new Set(answers.map(({ status, raw }) => `${status} ${raw}`)).size).toBe(1);
    expect(answers[0]?.headers.etag).toBe(`"${answers[0]?.body.etag}"`);
    expect(await deploys()).toHaveLength(1);
    expect((await start('other')).status).toBe(422);
  });

  it('that is only tried out says whether it could be started, and starts nothing', async () => {
    const { ask, delta, delta_id, deploys } = await given();
    const body = { trigger, env_id: 'development' };
    const tried = await ask(`POST ${runs}?dry_run=true`, { ...body, delta_id });
    expect([tried.status, tried.raw]).toEqual([204, '']);
    const misfit = await delta({ update: { nowhere: [{ op: 'add', path: '/a', value: 1 }] } });
    expect((await ask(`POST ${runs}?dry_run=true`, { ...body, delta_id: misfit })).status).toBe(400);
    expect((await ask(`POST ${runs}?dry_run=true`, { ...body, set_id: 'nonsense' })).status).toBe(400);
    expect(await deploys()).toEqual([]);
  });

  it.each<[string, object, number]>([
    ['nothing to deploy', { env_id: 'development' }, 400],
    ['two things to deploy', { env_id: 'development', delta_id: 'a', set_id: 'b' }, 400],
    ['no environment', { set_id: '0'.repeat(43) }, 400],
    ['an unknown environment', { env_id: 'nowhere', set_id: '0'.repeat(43) }, 404],
    ['an unknown delta', { env_id: 'development', delta_id: 'nonsense' }, 400],
    ['an unknown deployment', { env_id: 'development', deployment_id: 'nonsense' }, 400],
    [
      'values beside a deployment that has its own',
      { env_id: 'development', deployment_id: 'd', value_set_version_id: crypto.randomUUID() },
      400,
    ],
    ['another trigger', { trigger: 'pipeline_call', env_id: 'development', delta_id: 'a' }, 400],
  ])('with %s is refused', async (_, body, status) => {
    const { refused, deploys } = await given();
    expect(await refused(body)).toBe(status);
    expect(await deploys()).toEqual([]);
  });

  it('waits for nobody: a paused environment refuses it', async () => {
    const { does, refused, delta_id } = await given();
    await does(`PUT ${env}/runtime/paused`, 'true');
    expect(await refused({ env_id: 'development', delta_id })).toBe(400);
  });

  it('is found only where it ran, under its pipeline’s name', async () => {
    const { ask, does, run, delta_id, system } = await given();
    const { id } = await run({ delta_id });
    await does(`POST ${app}/envs`, { id: 'staging', name: 'Staging' });
    await does('POST /orgs/acme/apps', { id: 'other', name: 'Other' });
    for (const path of [
      `${app}/pipelines/other/runs/${id}`,
      `${app}/pipelines/default/runs/${id.slice(0, -1)}`,
      `${app}/pipelines/default/runs/nonsense`,
      `/orgs/acme/apps/other/pipelines/default/runs/${id}`,
    ])
      expect((await ask(`GET ${path}`)).status, path).toBe(404);
    const reader = await clientFor(system, 'acme', 'deployments:read');
    expect((await reader(`GET ${app}/pipelines/default/runs/${id}`)).status).toBe(200);
    expect((await reader(`POST ${runs}`, { trigger, env_id: 'development', delta_id })).status).toBe(403);
  });

  it('is not one that somebody only says so of', async () => {
    const { ask, does } = await given();
    const pipeline = { id: 'theirs', run_id: 'their-run', job_id: 'j', step_index: 2 };
    await does(`POST ${env}/deploys`, { pipeline });
    expect((await ask(`GET ${app}/pipelines/theirs/runs/their-run`)).status).toBe(404);
  });
});
