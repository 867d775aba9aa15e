// A walk through everything that the deployed functions can be asked for, over their doors, with devices that are really there. What
// it is for is the calls that the functions make on the way.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contract as heat } from '#dialects/heat/contract';
import { contract as humanitec } from '#dialects/humanitec/contract';
import { contract as miru } from '#dialects/miru/contract';
import { stageNamed } from '#infra/constructs/stage';
import { usersAreHurtIn } from '#infra/constructs/users-are-hurt';
import type { LocalCloud } from '#infra/local/cloud';
import { tour } from '#infra/local/tour';
import { startDevices } from '#infra/local/tour/devices';
import { eventually } from '../support/folder.ts';

// biome-ignore lint/suspicious/noExplicitAny: a walker looks into answers of every shape
type Answer = { readonly status: number; readonly body: any };
type Ask = (request: string, body?: unknown) => Promise<Answer>;
type Does = (request: string, body?: unknown) => Promise<Answer['body']>;
type Ids = Readonly<Record<string, string>>;

const asking =
  (base: string, headers: Readonly<Record<string, string>>): Ask =>
  async (request, body) => {
    const [method = '', path = ''] = request.split(' ');
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.text();
    return { status: answer.status, body: /^[[{"]/.test(text) ? JSON.parse(text) : text };
  };

const insisting =
  (ask: Ask): Does =>
  async (request, body) => {
    const answer = await ask(request, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${request} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  };

/** `devices.id` before `id`: the same name means another thing below another collection. */
const pathWith = (path: string, ids: Ids): string => {
  const segments = path.split('/');
  return segments
    .map((segment, at) => {
      const name = /^\{(\w+)\}$/.exec(segment)?.[1];
      return name === undefined ? segment : (ids[`${segments[at - 1]}.${name}`] ?? ids[name] ?? 'unknown');
    })
    .join('/');
};

/** Reads all that can be read; what is not found is an answer as well. */
const readsAll = async (routes: readonly string[], ask: Ask, ids: Ids): Promise<void> => {
  for (const route of routes.filter((each) => each.startsWith('GET '))) {
    const request = pathWith(route, ids);
    const { status, body } = await ask(request);
    if (status >= 500) throw new Error(`${request} answered ${status}: ${JSON.stringify(body)}`);
  }
};

const schema = '{"type":"object","properties":{"speed":{"type":"number"}}}';

const walkMiru = async ({ config }: LocalCloud): Promise<void> => {
  const headers = { 'x-api-key': config.apiKey, 'miru-version': '2026-03-09.tetons' };
  const ask = asking(config.url, headers);
  const does = insisting(ask);
  const made = async (path: string, body: unknown): Promise<string> =>
    (await does(`POST /beta/${path}`, body)).id;

  const commit = await made('git_commits', {
    sha: 'abcdef0',
    message: 'm',
    origin: 'https://github.com/acme/arms',
  });
  const type = await made('config_types', { name: 'Walk', slug: 'walk' });
  await does(`PATCH /beta/config_types/${type}`, { name: 'Walking' });
  const schemaId = await made('config_schemas', {
    config_type_ref: { id: type },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'walk.json', data: schema }],
    instance_filepath: '/srv/walk.json',
  });
  const releases = [
    await made('releases', { version: '0.1.0', config_schema_ids: [schemaId] }),
    await made('releases', { version: '0.2.0', config_schema_ids: [schemaId] }),
  ];
  const device = await made('devices', { name: 'pedestrian' });
  await does(`PATCH /beta/devices/${device}`, { name: 'wanderer' });
  const instance = await made('config_instances', {
    config_schema_id: schemaId,
    content: { format: 'json', data: '{"speed": 1}' },
  });
  const deployment = (release_id: string | undefined, target_status: string) =>
    made('deployments', {
      target_status,
      description: target_status,
      release_id,
      device_id: device,
      config_instance_ids: [instance],
    });
  const deployed = await deployment(releases[0], 'deployed');
  const staged = await deployment(releases[1], 'staged');
  await does(`POST /beta/deployments/${staged}/deploy`, {});
  await does(`POST /beta/devices/${device}/activation_token`, {});
  await ask(`POST /beta/provisioning_tokens`, {});
  await readsAll(Object.keys(miru), ask, {
    'git_commits.id': commit,
    'config_types.id': type,
    'config_schemas.id': schemaId,
    'config_instances.id': instance,
    'releases.id': releases[0] ?? '',
    'devices.id': device,
    'deployments.id': deployed,
  });
  await does(`POST /beta/deployments/${staged}/archive`, {});

  const { data } = await does('GET /beta/devices');
  const running = data.find(({ name }: { name: string }) => name.startsWith('robot-'));
  await ask(`POST /beta/devices/${running.id}/ping`, {});
  await does(`POST /beta/devices/${running.id}/revoke`, {});
  for (const { id } of data) await ask(`DELETE /beta/devices/${id}`);
};

const moduleOf = (image: string) => ({
  profile: 'humanitec/default-module',
  spec: { containers: { main: { id: 'main', image, variables: {} } } },
  externals: {},
});

const alarm = { detail: { alarmName: usersAreHurtIn(stageNamed('dev')), state: { value: 'ALARM' } } };

const walkHumanitec = async (cloud: LocalCloud, directory: string, onEnd: OnEnd): Promise<void> => {
  const { config } = cloud;
  const ask = asking(config.url, { authorization: `Bearer ${config.apiKey}` });
  const does = insisting(ask);
  const org = `/orgs/${config.organization}`;
  const app = `${org}/apps/shop`;
  const env = `${app}/envs/development`;
  await does(`POST ${org}/env-types`, { id: 'walking' });
  await does(`POST ${org}/apps`, { id: 'shop', name: 'Shop' });
  await does(`PATCH ${app}`, { name: 'Shop two' });
  // Nobody answers there: it is tried, and tried again.
  await does(`POST ${app}/webhooks`, { id: 'hook', url: 'http://127.0.0.1:9/hook' });
  await does(`PATCH ${app}/webhooks/hook`, { disabled: false });
  await does(`POST ${app}/values`, { key: 'MSG', value: 'hello', description: '' });
  await does(`PATCH ${app}/values/MSG`, { value: 'hi' });
  await does(`POST ${env}/values`, { key: 'OWN', value: 'mine', description: '' });
  const [version] = await does(`GET ${app}/value-set-versions`);
  await does(`POST ${app}/value-set-versions/${version.id}/restore`, {});

  await does(`PUT ${env}/devices/walker`);
  const bringIn = async (folder: string): Promise<void> => {
    const { token } = await does(`POST ${env}/devices/walker/activation-token`, {
      allow_reactivation: true,
    });
    const devices = startDevices({
      name: 'walker',
      directory: join(directory, folder),
      stateDirectory: directory,
      log: () => {},
      more: ['--token', token],
    });
    onEnd(devices.stop);
    await devices.connected(1);
  };
  await bringIn('walkers');

  const deltaWith = async (image: string): Promise<string> =>
    (await does(`POST ${app}/deltas`, { modules: { add: { web: moduleOf(image) } }, shared: [] })).id;
  const delta = await deltaWith('image:1');
  await does(`PUT ${app}/deltas/${delta}/metadata/name`, 'walk');
  await does(`PATCH ${app}/deltas/${delta}`, [{ modules: { add: { api: moduleOf('image:1') } } }]);
  const deployment = await does(`POST ${env}/deploys`, { delta_id: delta });
  await eventually(
    () => does(`GET ${env}/deploys/${deployment.id}`),
    ({ status }) => status === 'succeeded' || status === 'failed',
    30_000,
  );
  // On a new disk, so with a new certificate, which the old one makes way for.
  await bringIn('walkers-new-disk');
  // Its deployment waits for a device that sleeps, so that there is one to halt.
  await does(`PUT ${env}/devices/sleeper`);
  const other = await does(`POST ${env}/deploys`, { delta_id: await deltaWith('image:2') });
  await cloud.invoke('halt-rollouts', alarm);
  for (const verb of ['pause', 'resume', 'cancel']) await ask(`POST ${env}/deploys/${other.id}/${verb}`, {});
  await does(`POST ${app}/envs`, {
    id: 'staging',
    name: 'Staging',
    from_deploy_id: deployment.id,
    type: 'development',
  });
  const rule = await does(`POST ${env}/rules`, { type: 'update', match_ref: 'refs/heads/.*' });
  await readsAll(Object.keys(humanitec), ask, {
    orgId: config.organization,
    appId: 'shop',
    envId: 'development',
    envTypeId: 'walking',
    deployId: deployment.id,
    deviceId: 'walker',
    deltaId: delta,
    setId: deployment.set_id,
    sourceSetId: '0',
    versionId: version.id,
    jobId: 'hook',
    ruleId: rule.id,
  });
  await does(`DELETE ${env}/rules/${rule.id}`);
  await does(`DELETE ${env}/values/OWN`);
  await does(`DELETE ${app}/values/MSG`);
  await ask(`DELETE ${env}/devices/walker`);
  await does(`DELETE ${app}/envs/staging`);
  await does(`DELETE ${app}/webhooks/hook`);
  await ask(`DELETE ${app}`);
  await ask(`DELETE ${org}/env-types/walking`);
};

const walkHeat = async ({ config }: LocalCloud): Promise<void> => {
  const ask = asking(config.url, { 'x-auth-token': config.apiKey, accept: 'application/json' });
  const does = insisting(ask);
  const at = `/v1/${config.organization}`;
  const { software_config: made } = await does(`POST ${at}/software_configs`, {
    name: 'walk',
    group: 'script',
    config: '#!/bin/sh\necho walk\n',
  });
  const deployment = async (server_id: string) =>
    (
      await does(`POST ${at}/software_deployments`, {
        config_id: made.id,
        server_id,
        action: 'CREATE',
        status: 'IN_PROGRESS',
      })
    ).software_deployment.id;
  const first = await deployment('walking');
  const second = await deployment('walking');
  await does(`PUT ${at}/software_deployments/${first}`, { status: 'COMPLETE', output_values: { a: 'b' } });
  const { url } = await does(`GET ${at}/deployments/${second}/signal_url`);
  await ask(`POST ${new URL(url).pathname}${new URL(url).search}`, { deploy_stdout: 'walked' });
  await does(`POST ${at}/servers/walking/activation_token`, {});
  await ask(`POST ${at}/servers/walking/metadata_url`, {});
  await ask('POST /v3/auth/tokens', { auth: { identity: { methods: ['password'] } } });
  await readsAll(Object.keys(heat), ask, {
    tenant_id: config.organization,
    'software_configs.id': made.id,
    id: first,
    server_id: 'walking',
  });
  for (const id of [first, second]) await does(`DELETE ${at}/software_deployments/${id}`);
  await does(`DELETE ${at}/software_configs/${made.id}`);
};

type OnEnd = (act: () => Promise<void>) => void;

export const walk = async (cloud: LocalCloud, directory: string): Promise<void> => {
  const ends: Array<() => Promise<void>> = [];
  const onEnd: OnEnd = (act) => void ends.push(act);
  writeFileSync(join(directory, 'local.json'), JSON.stringify(cloud.config), { mode: 0o600 });
  try {
    await tour(cloud, {
      devices: 0,
      directory: join(directory, 'devices'),
      stateDirectory: directory,
      say: () => {},
      log: () => {},
      onEnd,
    });
    await walkHeat(cloud);
    await walkHumanitec(cloud, directory, onEnd);
    await walkMiru(cloud);
    await cloud.invoke('serve-content', { thing: 'nobody', digest: `sha256:${'0'.repeat(64)}`, chunk: 0 });
    await cloud.invoke('sweep-contents', {});
    await cloud.invoke('sweep-overdue', {});
  } finally {
    await Promise.all(ends.map((end) => end()));
  }
};
