// Deployments, from POST to the end of their environment, as Humanitec's clients see them.
import { describe, expect, it } from 'vitest';
import { app, clientFor, env, givenApp, moduleOf } from './given.ts';

const zeros = '0'.repeat(43);

describe('a deployment', () => {
  it('is in progress in the answer that starts it, and has succeeded when one looks again', async () => {
    const { does, deploy } = await givenApp();
    const started = await deploy('web');
    expect(started).toMatchObject({
      status: 'in progress',
      env_id: 'development',
      from_id: '',
      comment: '',
      export_status: '',
      export_file: '',
      value_set_version_id: null,
    });
    expect(started.status_changed_at).toBe(started.created_at);
    const { status, ...rest } = await does(`GET ${env}/deploys/${started.id}`);
    expect(status).toBe('succeeded');
    expect({ ...rest, status: 'in progress' }).toEqual(started);
    expect(await does(`GET ${env}/deploys/${started.id}/errors`)).toEqual([]);
  });

  it('puts its delta on top of what the environment had', async () => {
    const { deploy, setOf } = await givenApp();
    await deploy('web');
    const second = await deploy('api');
    expect((await setOf(second.set_id)).modules).toEqual({
      web: moduleOf('image:1'),
      api: moduleOf('image:1'),
    });
  });

  it('without delta and set is the base again, and names no delta', async () => {
    const { does, deploy } = await givenApp();
    const first = await deploy('web');
    const again = await does(`POST ${env}/deploys`, {
      comment: 'again',
      message: 'unknown fields are nobody’s',
    });
    expect([again.set_id, again.from_id, again.comment, 'delta_id' in again]).toEqual([
      first.set_id,
      first.id,
      'again',
      false,
    ]);
  });

  it('in a new environment without delta is of the empty set', async () => {
    const { does } = await givenApp();
    expect((await does(`POST ${env}/deploys`, {})).set_id).toBe(zeros);
  });

  it('takes a set as it is, but only without a delta', async () => {
    const { does, deploy, delta } = await givenApp();
    const { set_id } = await deploy('web');
    const api = await delta({ add: { api: moduleOf('image:1') }, remove: ['web'] });
    const both = await does(`POST ${env}/deploys`, { delta_id: api, set_id });
    expect(both.set_id).not.toBe(set_id);
    expect((await does(`POST ${env}/deploys`, { set_id })).set_id).toBe(set_id);
    expect((await does(`POST ${env}/deploys`, { set_id: '0' })).set_id).toBe(zeros);
  });

  it('echoes pipeline and mode, and is found by its pipeline run', async () => {
    const { does, deploy } = await givenApp();
    await deploy('web');
    const pipeline = { id: 'ci', run_id: 'run-7', job_id: 'job', step_index: 2 };
    const started = await does(`POST ${env}/deploys`, { pipeline, mode: 'incremental' });
    expect(started).toMatchObject({ pipeline, mode: 'incremental' });
    const ids = async (run: string) =>
      (await does(`GET ${env}/deploys?pipelineRunId=${run}`)).map(({ id }: { id: string }) => id);
    expect(await ids('ci%2Crun-7')).toEqual([started.id]);
    expect(await ids('ci,run-7')).toEqual([started.id]);
    expect(await ids('ci,run-8')).toEqual([]);
  });

  it('is listed newest first, even of one millisecond', async () => {
    const { ask, does } = await givenApp();
    expect(await does(`GET ${env}/deploys`)).toEqual([]);
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.unshift((await ask(`POST ${env}/deploys`, {})).body.id);
    expect((await does(`GET ${env}/deploys`)).map(({ id }: { id: string }) => id)).toEqual(ids);
  });

  it('uses the newest values, or those of the version that it names', async () => {
    const { does } = await givenApp();
    const value = (key: string) => does(`POST ${app}/values`, { key, value: 'a', description: '' });
    await value('ONE');
    const [first] = await does(`GET ${env}/value-set-versions`);
    await value('TWO');
    const [second] = await does(`GET ${env}/value-set-versions`);
    expect((await does(`POST ${env}/deploys`, {})).value_set_version_id).toBe(second.id);
    expect((await does(`POST ${env}/deploys`, { value_set_version_id: null })).value_set_version_id).toBe(
      second.id,
    );
    expect((await does(`POST ${env}/deploys`, { value_set_version_id: first.id })).value_set_version_id).toBe(
      first.id,
    );
  });
});

describe('a deployment is refused', () => {
  it.each<[string, object, object]>([
    ['with an unknown delta', { delta_id: 'nothing' }, { field: 'delta_id' }],
    ['with an unknown set', { set_id: 'nothing' }, { field: 'set_id' }],
    [
      'with an unknown value set version',
      { value_set_version_id: 'nothing' },
      { field: 'value_set_version_id' },
    ],
    ['in an unknown mode', { mode: 'half' }, { issues: [{ field: 'mode', reason: expect.any(String) }] }],
    [
      'with a comment that is none',
      { comment: 7 },
      { issues: [{ field: 'comment', reason: expect.any(String) }] },
    ],
  ])('%s', async (_, body, details) => {
    const { ask, does } = await givenApp();
    const answer = await ask(`POST ${env}/deploys`, body);
    expect([answer.status, answer.body.details]).toEqual([400, expect.objectContaining(details)]);
    expect(await does(`GET ${env}/deploys`)).toEqual([]);
  });

  it('with a delta that does not fit, and is told module and operation', async () => {
    const { ask, delta, deploy } = await givenApp();
    await deploy('web');
    const delta_id = await delta({ update: { web: [{ op: 'replace', path: '/spec/nothing', value: 1 }] } });
    const answer = await ask(`POST ${env}/deploys`, { delta_id });
    expect([answer.status, answer.body]).toEqual([
      400,
      {
        error: 'DEL-400',
        message: `Delta ${delta_id} does not fit: module web: replace /spec/nothing: there is nothing to replace.`,
        details: expect.objectContaining({
          module: 'web',
          operation: { op: 'replace', path: '/spec/nothing' },
        }),
      },
    ]);
  });

  it('while the environment is paused', async () => {
    const { ask, does } = await givenApp();
    await does(`PUT ${env}/runtime/paused`, 'true');
    const refused = await ask(`POST ${env}/deploys`, {});
    expect([refused.status, refused.body.details.conflict]).toEqual([400, 'environment_paused']);
    expect(await does(`GET ${app}/runtime?id=development`)).toEqual([
      { id: 'development', paused: true, status: 'Unknown' },
    ]);
    await does(`PUT ${env}/runtime/paused`, 'false');
    await does(`POST ${env}/deploys`, {});
  });
});

describe('many at the same time', () => {
  it('fifty starts are one deployment, which the other forty-nine are told of', async () => {
    const { ask, does, delta } = await givenApp();
    const delta_id = await delta({ add: { web: moduleOf('image:1') } });
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => ask(`POST ${env}/deploys`, { delta_id })),
    );
    const started = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 409);
    expect([started.length, refused.length]).toEqual([1, 49]);
    const id = started[0]?.body.id;
    expect(new Set(refused.map(({ body }) => body.details.deployment_id))).toEqual(new Set([id]));
    expect(refused[0]?.body).toMatchObject({ error: 'DEP-409', message: expect.stringContaining(id) });
    expect(await does(`GET ${env}/deploys`)).toHaveLength(1);
  });

  it('fifty starts with one idempotency key are one, and all are told it', async () => {
    const { ask, does } = await givenApp();
    const start = (comment: string) => ask(`POST ${env}/deploys`, { comment }, { 'idempotency-key': 'k' });
    const answers = await Promise.all(Array.from({ length: 50 }, () => start('one')));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    expect(await does(`GET ${env}/deploys`)).toHaveLength(1);
    await does(`POST ${env}/deploys`, {});
    const repeat = await start('one');
    expect([repeat.status, repeat.body]).toEqual([201, answers[0]?.body]);
    expect((await start('other')).status).toBe(422);
  });

  it('different environments do not wait for each other', async () => {
    const { ask, does } = await givenApp();
    await does(`POST ${app}/envs`, { id: 'staging', name: 'Staging' });
    const answers = await Promise.all([
      ask(`POST ${env}/deploys`, {}),
      ask(`POST ${app}/envs/staging/deploys`, {}),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
  });

  it('a rename or a pause in between is no other start', async () => {
    const { ask } = await givenApp();
    const [started, paused] = await Promise.all([
      ask(`POST ${env}/deploys`, {}),
      ask(`PUT ${env}/runtime/paused`, 'false'),
    ]);
    expect([started.status, paused.status]).toEqual([201, 204]);
  });
});

describe('a request that dies', () => {
  /** From the n-th write on, the world is gone for one request. */
  const dyingAt = async (write: number) => {
    const given = await givenApp();
    await given.deploy('web');
    const { catalog } = given.system.world;
    const { save } = catalog;
    let writes = 0;
    Object.assign(catalog, {
      save: async (entry: Parameters<typeof save>[0]) => {
        writes += 1;
        if (writes === write) throw new Error('dead');
        return save(entry);
      },
    });
    const died = given.ask(`POST ${env}/deploys`, {}).then(
      () => false,
      () => true,
    );
    const hasDied = await died;
    Object.assign(catalog, { save });
    return { ...given, hasDied };
  };

  it.each([1, 2, 3, 4, 5])(
    'at its write %i does not block the environment, and no history is lost',
    async (write) => {
      const { does } = await dyingAt(write);
      const before = await does(`GET ${env}/deploys`);
      expect(before.map(({ status }: { status: string }) => status)).toEqual(before.map(() => 'succeeded'));
      const next = await does(`POST ${env}/deploys`, {});
      const after = await does(`GET ${env}/deploys`);
      expect(after.map(({ id }: { id: string }) => id)).toEqual([
        next.id,
        ...before.map(({ id }: { id: string }) => id),
      ]);
    },
  );

  it('was dead indeed', async () => {
    expect((await dyingAt(1)).hasDied).toBe(true);
  });
});

describe('the base', () => {
  it('of an environment is what was deployed last; both are embedded', async () => {
    const { does, deploy } = await givenApp();
    expect(await does(`GET ${env}`)).not.toHaveProperty('from_deploy');
    const { id } = await deploy('web');
    const found = await does(`GET ${env}`);
    expect([found.from_deploy.id, found.last_deploy.id, found.last_deploy.status]).toEqual([
      id,
      id,
      'succeeded',
    ]);
  });

  it('rollback: rebase to an older deployment, and deploy nothing', async () => {
    const { does, deploy } = await givenApp();
    const good = await deploy('web', 'image:1');
    const bad = await deploy('web', 'image:2');
    await does(`PUT ${env}/from_deploy_id`, JSON.stringify(good.id));
    const between = await does(`GET ${env}`);
    expect([between.from_deploy.id, between.last_deploy.id]).toEqual([good.id, bad.id]);
    const back = await does(`POST ${env}/deploys`, {});
    expect([back.set_id, back.from_id]).toEqual([good.set_id, good.id]);
    const after = await does(`GET ${env}`);
    expect([after.from_deploy.id, after.last_deploy.id]).toEqual([back.id, back.id]);
  });

  it('clone: rebase to a deployment of another environment', async () => {
    const { does, deploy } = await givenApp();
    const { id, set_id } = await deploy('web');
    const staging = `${app}/envs/staging`;
    await does(`POST ${app}/envs`, { id: 'staging', name: 'Staging' });
    await does(`PUT ${staging}/from_deploy_id`, JSON.stringify(id));
    expect((await does(`POST ${staging}/deploys`, {})).set_id).toBe(set_id);
  });

  it('an environment made from a deployment starts from it, and has run nothing', async () => {
    const { does, deploy } = await givenApp();
    const { id } = await deploy('web');
    const made = await does(`POST ${app}/envs`, { id: 'staging', name: 'Staging', from_deploy_id: id });
    expect(made.from_deploy.id).toBe(id);
    expect(made).not.toHaveProperty('last_deploy');
  });

  it('outlives the environment that it ran in', async () => {
    const { does, deploy } = await givenApp();
    const staging = `${app}/envs/staging`;
    await does(`POST ${app}/envs`, { id: 'staging', name: 'Staging' });
    const { id, set_id } = await deploy('web', 'image:1', staging);
    await does(`PUT ${env}/from_deploy_id`, JSON.stringify(id));
    await does(`DELETE ${staging}`);
    expect((await does(`GET ${env}`)).from_deploy).toMatchObject({ id, status: 'succeeded' });
    expect((await does(`POST ${env}/deploys`, {})).set_id).toBe(set_id);
  });

  it.each([
    ['nobody’s', 'nothing'],
    ['nobody’s, in the shape of ours', '0'.repeat(32)],
  ])('cannot be %s', async (_, id) => {
    const { ask, does, deploy } = await givenApp();
    await deploy('web');
    expect((await ask(`PUT ${env}/from_deploy_id`, JSON.stringify(id))).status).toBe(400);
    const refused = await ask(`POST ${app}/envs`, { id: 'staging', name: 'Staging', from_deploy_id: id });
    expect(refused.status).toBe(400);
    expect(await does(`GET ${app}/envs`)).toHaveLength(1);
  });

  it('cannot be another application’s, nor another organization’s', async () => {
    const { system, ask, does, deploy } = await givenApp();
    const { id } = await deploy('web');
    await does('POST /orgs/acme/apps', { id: 'other', name: 'Other' });
    expect(
      (await ask('PUT /orgs/acme/apps/other/envs/development/from_deploy_id', JSON.stringify(id))).status,
    ).toBe(400);
    const globex = await clientFor(system, 'globex');
    await globex('POST /orgs/globex/apps', { id: 'shop', name: 'Shop' });
    const stolen = await globex(
      'PUT /orgs/globex/apps/shop/envs/development/from_deploy_id',
      JSON.stringify(id),
    );
    expect(stolen.status).toBe(400);
  });
});
