// What is told on the local cloud while its functions die: one scenario of each dialect, from its request to its confirmed end.
import * as z from 'zod';
import { target } from '#device/shadow';
import type { Ground } from '#infra/local/drills/ground';

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
export type Json = any;

export interface GivenStory {
  readonly ground: Ground;
  readonly ask: (request: string, body?: object, headers?: Record<string, string>) => Promise<Json>;
  /** Looks again and again; when nothing happens any more, lets a minute pass. */
  readonly until: (what: string, isDone: () => Promise<boolean>) => Promise<void>;
  /** Never the same twice. */
  readonly name: string;
}

type Prepared = Readonly<Record<string, string>>;

export interface Story {
  readonly name: string;
  readonly base: (organization: string) => string;
  readonly headers: (key: string) => Record<string, string>;
  readonly prepare: (given: Omit<GivenStory, 'until'>) => Promise<Prepared>;
  readonly run: (prepared: Prepared, given: GivenStory) => Promise<unknown>;
  readonly expected: unknown;
  /** Minutes after which it has come to the same: the clock goes by whole ones. */
  readonly sweepsMax: number;
}

/** What stands in the list of what is due becomes due in the first minute, is found in the second, and may lead on in the third. */
const oneSweep = 3;

const once = { 'idempotency-key': 'once' };
const told = z.object({ state: z.object({ desired: z.object({ target }) }) });

const targetOf = async ({ ground }: Pick<GivenStory, 'ground'>, thing: string, channel: string) => {
  const found = told.safeParse(await ground.shadow(thing, channel).catch(() => undefined));
  return found.success ? found.data.state.desired.target : undefined;
};

/** As its agent would: what its shadow shows is applied. */
const apply = async (given: GivenStory, thing: string, channel: string): Promise<void> => {
  const found = await targetOf(given, thing, channel);
  if (found === undefined) throw new Error(`${thing} was told nothing`);
  const { v, seq, deployment, manifest } = found;
  const current = { v, seq, deployment, manifest, state: 'applied', attempt: 1, error: null };
  await given.ground.report(thing, channel, { current });
};

const thingOf = (id: string): string => id.slice(id.indexOf('_') + 1);

const deploymentToADevice: Story = {
  name: 'a deployment to a device',
  base: () => '/beta',
  headers: (key) => ({ 'x-api-key': key, 'miru-version': '2026-03-09.tetons' }),
  prepare: async ({ ask, name }) => {
    const type = await ask('POST /config_types', { name, slug: name });
    const schema = await ask('POST /config_schemas', {
      config_type_ref: { id: type.id },
      language: 'jsonschema',
      format: 'json',
      documents: [{ name: 'a', data: '{}' }],
      instance_filepath: '/srv/a.json',
    });
    const release = await ask('POST /releases', { version: `1.0.0-${name}`, config_schema_ids: [schema.id] });
    const content = { format: 'json', data: '{"speed":1}' };
    const instance = await ask('POST /config_instances', { config_schema_id: schema.id, content });
    const device = await ask('POST /devices', { name });
    return { release: release.id, instance: instance.id, device: device.id };
  },
  run: async ({ release, instance, device = '' }, given) => {
    const { ask, until } = given;
    const body = {
      target_status: 'deployed',
      description: 'a test',
      release_id: release,
      device_id: device,
      config_instance_ids: [instance],
    };
    const { id } = await ask('POST /deployments', body, { 'idempotency-key': given.name });
    await until('told', async () => (await targetOf(given, thingOf(device), 'release'))?.deployment === id);
    await apply(given, thingOf(device), 'release');
    await until('deployed', async () => (await ask(`GET /deployments/${id}`)).status === 'deployed');
    const { data } = await ask(`GET /deployments?device_id=${device}`);
    const history = await ask(`GET /deployments/${id}/history`);
    return {
      deployments: data.map(({ status }: Json) => status),
      history: history.data.map(({ to }: Json) => to),
    };
  },
  expected: { deployments: ['deployed'], history: ['queued', 'deployed'] },
  sweepsMax: oneSweep,
};

const shown = z.object({
  state: z.object({
    desired: z.object({ target: z.object({ run: z.array(z.looseObject({ deployment: z.string() })) }) }),
  }),
});

const runsOf = async ({ ground }: GivenStory, thing: string): Promise<readonly Json[]> => {
  const found = shown.safeParse(await ground.shadow(thing, 'software').catch(() => undefined));
  return found.success ? found.data.state.desired.target.run : [];
};

const softwareOnAServer: Story = {
  name: 'a software deployment to a server',
  base: (organization) => `/v1/${organization}`,
  headers: (key) => ({ 'x-auth-token': key }),
  prepare: async ({ ask, name }) => {
    const { software_config: config } = await ask('POST /software_configs', {
      name,
      group: 'script',
      config: '#!/bin/sh\ntrue\n',
      outputs: [{ name: 'summary' }],
    });
    const { token } = await ask(`POST /servers/${name}/activation_token`, {});
    return { config: config.id, server: name, thing: token.slice('sat_'.length, 'sat_'.length + 16) };
  },
  run: async ({ config, server, thing = '' }, given) => {
    const { ask, until } = given;
    const body = { config_id: config, server_id: server, action: 'CREATE', status: 'IN_PROGRESS' };
    const { software_deployment: made } = await ask('POST /software_deployments', body, {
      'idempotency-key': given.name,
    });
    await until('told', async () => (await runsOf(given, thing)).length === 1);
    const { url } = await ask(`GET /deployments/${made.id}/signal_url`);
    await ask(`POST ${url.slice(url.indexOf('/deployments/'))}`, { deploy_status_code: 0, summary: 'ready' });
    await until('taken back', async () => (await runsOf(given, thing)).length === 0);
    const { software_deployments: all } = await ask(`GET /software_deployments?server_id=${server}`);
    return all.map(({ status, output_values: { summary } }: Json) => [status, summary]);
  },
  expected: [['COMPLETE', 'ready']],
  sweepsMax: oneSweep,
};

const env = (name: string): string => `/apps/${name}/envs/development`;

const environmentOfADevice: Story = {
  name: 'a deployment of an environment with a device',
  base: (organization) => `/orgs/${organization}`,
  headers: (key) => ({ authorization: `Bearer ${key}` }),
  prepare: async ({ ground, ask, name }) => {
    await ask('POST /apps', { id: name, name });
    const { thing } = await ask(`PUT ${env(name)}/devices/${name}`);
    const said = { kind: 'presence', thing, eventType: 'connected', versionNumber: 1 };
    await ground.send('reports', JSON.stringify({ ...said, timestamp: ground.control.time.now() }));
    await ground.until(
      'online',
      async () => (await ask(`GET ${env(name)}/devices/${name}`)).status === 'online',
    );
    const add = { web: { profile: 'acme/web', spec: { speed: 1 } } };
    const { id } = await ask(`POST /apps/${name}/deltas`, { modules: { add } });
    return { thing, delta: id };
  },
  run: async ({ thing = '', delta }, given) => {
    const { ask, until, name } = given;
    const { id } = await ask(`POST ${env(name)}/deploys`, { delta_id: delta }, once);
    await until('told', async () => (await targetOf(given, thing, 'environment')) !== undefined);
    await apply(given, thing, 'environment');
    await until('over', async () => (await ask(`GET ${env(name)}/deploys/${id}`)).rollout.phase === 'over');
    const all = await ask(`GET ${env(name)}/deploys`);
    const { progress } = await ask(`GET ${env(name)}/deploys/${id}`);
    const { delivery } = await ask(`GET ${env(name)}/devices/${name}`);
    return { statuses: all.map(({ status }: Json) => status), applied: progress.applied, delivery };
  },
  expected: { statuses: ['succeeded'], applied: 1, delivery: 'deployed' },
  // A shard whose message is lost is found by the fifth look. The looks before are seconds apart, and a minute each where nothing shorter passes.
  sweepsMax: oneSweep + 5,
};

export const stories: readonly Story[] = [deploymentToADevice, softwareOnAServer, environmentOfADevice];
