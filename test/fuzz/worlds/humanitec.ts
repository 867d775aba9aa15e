// Two organizations in Humanitec’s words, and what its fuzz and its authorization need to know of them.
import * as z from 'zod';
import { humanitec } from '#dialects/humanitec/dialect';
import { environment, error } from '#dialects/humanitec/objects';
import { type Ask, smallSystem } from '#test/support/small-system';
import type { Subject } from '../fuzz.ts';
import { givenKeys, listening, neighbours, onlyIn, ours, secretsOf } from '../given.ts';

const hush = 'hush-4f1c-of-acme';
const nextHush = 'hush-9b2e-of-acme';

const moduleOf = (image: string) => ({
  profile: 'humanitec/default-module',
  spec: { containers: { main: { id: 'main', image, variables: {} } } },
  externals: {},
});

/** One of each, and some to spare. */
const fill = async (ask: Ask, of: string) => {
  const { does, heard } = listening(ask);
  const app = `/orgs/${of}/apps/shop`;
  const env = `${app}/envs/development`;
  await does(`POST /orgs/${of}/env-types`, { id: `lab-${of}`, description: `Lab of ${of}` });
  await does(`POST /orgs/${of}/apps`, { id: 'shop', name: `Shop of ${of}` });
  const delta = async (): Promise<string> =>
    (
      await does(`POST ${app}/deltas`, {
        modules: { add: { [`web-${of}`]: moduleOf(`${of}/web:1`) } },
        shared: [],
      })
    ).id;
  const deltas = [await delta(), await delta()];
  const value = (at: string, key: string, text: string, isSecret: boolean) =>
    does(`POST ${at}/values`, { key, value: text, description: `${key} of ${of}`, is_secret: isSecret });
  for (const at of [app, env]) {
    await value(at, 'PLAIN', `plain-of-${of}`, false);
    await value(at, 'SECRET', of === ours ? hush : `hush-of-${of}`, true);
  }
  // What a value was earlier can be destroyed, what it is cannot.
  for (const at of [app, env])
    await does(`PUT ${at}/values/PLAIN`, { value: `plainer-of-${of}`, description: `PLAIN of ${of}` });
  const versionsOf = async (at: string): Promise<string[]> =>
    (await does(`GET ${at}/value-set-versions`)).map(({ id }: { id: string }) => id);
  const deployment = await does(`POST ${env}/deploys`, { delta_id: deltas[0], comment: `by ${of}` });
  const rule = await does(`POST ${env}/rules`, { type: 'update', match: `of-${of}` });
  const webhook = await does(`POST ${app}/webhooks`, {
    id: 'hook',
    url: `https://hooks.example/${of}`,
    triggers: [{ scope: 'deployment', type: 'finished' }],
  });
  const run = await does(`POST ${app}/pipeline-runs`, {
    trigger: 'deployment_request',
    env_id: 'development',
    set_id: deployment.set_id,
  });
  // A floor of devices: there a deployment takes as long as they do.
  const floor = `${app}/envs/floor`;
  await does(`POST ${app}/envs`, { id: 'floor', name: `Floor of ${of}`, type: 'development' });
  await does(`PUT ${floor}/devices/robot-of-${of}`);
  const rolling = await does(`POST ${floor}/deploys`, { delta_id: deltas[0] });
  return {
    run,
    rolling: rolling.id as string,
    deltas,
    deployment: deployment.id as string,
    set: deployment.set_id as string,
    rule: rule.id as string,
    secret: webhook.secret as string,
    versions: [...(await versionsOf(app)), ...(await versionsOf(env))],
    // The oldest has one value, the newest what is used.
    appVersions: await versionsOf(app),
    envVersions: await versionsOf(env),
    heard,
  };
};

const given = async () => {
  const system = smallSystem();
  const keys = await givenKeys(system);
  const clientOf = (key: string) => system.clientOf(humanitec, { authorization: `Bearer ${key}` });
  const our = await fill(clientOf(keys.own), ours);
  const their = await fill(clientOf(keys.foreign), neighbours);
  const plain = [
    { key: 'MORE', description: 'more', value: 'more' },
    { key: 'HUSH', description: null, value: nextHush, is_secret: true },
  ];
  const deploys = '/orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}';
  const onTheFloor = (deployId: string) => [
    { params: { orgId: ours, appId: 'shop', envId: 'floor', deployId } },
  ];
  const devices = '/orgs/{orgId}/apps/{appId}/envs/{envId}/devices/{deviceId}';
  const robot = [{ params: { orgId: ours, appId: 'shop', envId: 'floor', deviceId: 'robot-of-acme' } }];
  const robotOnTheFloor = {
    [`PUT ${devices}`]: robot,
    [`GET ${devices}`]: robot,
    [`DELETE ${devices}`]: robot,
    [`POST ${devices}/activation-token`]: robot,
  };
  const inVersions = (of: string, versions: readonly string[], more = {}) =>
    Object.fromEntries(
      ['restore', 'restore/{key}', 'purge/{key}'].map((action) => [
        `POST ${of}/value-set-versions/{versionId}/${action}`,
        versions.map((versionId) => ({
          params: {
            orgId: ours,
            appId: 'shop',
            ...more,
            versionId,
            ...(action === 'restore' ? {} : { key: 'PLAIN' }),
          },
        })),
      ]),
    );
  return {
    system,
    keys,
    together: {
      [`POST ${deploys}/pause`]: onTheFloor(our.rolling),
      [`POST ${deploys}/resume`]: onTheFloor(our.rolling),
      [`POST ${deploys}/cancel`]: onTheFloor(our.rolling),
      ...robotOnTheFloor,
      ...inVersions('/orgs/{orgId}/apps/{appId}', our.appVersions),
      ...inVersions('/orgs/{orgId}/apps/{appId}/envs/{envId}', our.envVersions, { envId: 'development' }),
    },
    theirs: onlyIn(their.heard, our.heard),
    ours: onlyIn(our.heard, their.heard),
    secrets: [...secretsOf(keys), hush, nextHush, 'hush-of-globex', our.secret, their.secret],
    known: {
      orgId: [ours],
      appId: ['shop'],
      envId: ['development'],
      envTypeId: ['lab-acme', 'development'],
      deployId: [our.deployment],
      deltaId: our.deltas,
      setId: [our.set],
      sourceSetId: [our.set],
      versionId: our.versions,
      key: ['PLAIN', 'SECRET'],
      jobId: ['hook'],
      ruleId: [our.rule],
      pipelineId: [our.run.pipeline_id],
      runId: [our.run.id],
      diff: [our.set],
      from_deploy_id: [our.deployment],
      delta_id: our.deltas,
      set_id: [our.set],
      value_set_version_id: our.envVersions,
      env_id: ['development'],
      url: ['https://hooks.example/more'],
      secret_ref: [null],
      'POST /orgs/{orgId}/apps/{appId}/envs body': [
        { id: 'lab', name: 'Lab', type: 'development' },
        { id: 'hall', name: 'Hall', type: 'lab-acme', from_deploy_id: our.deployment },
      ],
      'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/rules body': [{ type: 'update', match: 'main' }],
      'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/rules/{ruleId} body': [{ type: 'update', active: false }],
      'PATCH /orgs/{orgId}/apps/{appId}/webhooks/{jobId} body': [{ disabled: true }, { payload: { a: 1 } }],
      'PATCH /orgs/{orgId}/apps/{appId}/envs/{envId}/runtime/replicas body': [{ 'web-acme': 2 }],
      path: ['/more'],
      op: ['add'],
      'POST /orgs/{orgId}/apps/{appId}/values body': plain,
      'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/values body': plain,
      'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/from_deploy_id body': [our.deployment],
    },
  };
};

export const humanitecSubject: Subject = {
  dialect: humanitec,
  no: z.union([error.strict(), z.array(environment.partial())]),
  foreignStatus: 404,
  organizationParam: 'orgId',
  // A dry run makes nothing.
  alsoGranted: {
    'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys': [200],
    'POST /orgs/{orgId}/apps/{appId}/pipeline-runs': [204],
    'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/devices/{deviceId}': [200],
  },
  rarelyGranted: {
    'POST /orgs/{orgId}/apps/{appId}/pipeline-runs':
      'of a delta, a set and a deployment exactly one must be named, and chance names two or none most of the time',
  },
  headersFor: (key): Record<string, string> =>
    key === '' || key === undefined ? {} : { authorization: `Bearer ${key}` },
  given,
};
