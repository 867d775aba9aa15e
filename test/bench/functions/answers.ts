// How long a door takes to answer when nothing has to be fetched: the real doors on a world in memory, route by route.
import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { memoryWorld } from '#adapters/memory/world';
import type { Dialect } from '#dialects/dialect';
import { heat } from '#dialects/heat/dialect';
import { humanitec } from '#dialects/humanitec/dialect';
import { miru } from '#dialects/miru/dialect';
import { createKey } from '#engine/keys';
import { door } from '#functions/wiring/door';
import { context, httpEvent, rememberingLog } from '#test/functions/given';
import { matchRoute } from '#test/support/route';

export interface Answered {
  readonly dialect: string;
  readonly request: string;
  readonly status: number;
  /** Half of the answers took no longer. */
  readonly medianUs: number;
}

const clock = { now: () => Date.now(), sleep: async () => {} };
const chance = { bytes: (length: number) => randomBytes(length) };
const requests = 200;

const median = (values: readonly number[]): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

type Fields = { readonly [field: string]: unknown };
type Ask = (request: string, body?: unknown) => Promise<{ status: number; body: Fields }>;

const asking = async (dialect: Dialect, headersOf: (key: string) => Record<string, string>): Promise<Ask> => {
  const { world } = memoryWorld({ clock, chance });
  const { key } = await createKey(world)({ organization: 'acme', scopes: ['*'] });
  const handler = door(dialect, world, rememberingLog().log);
  return async (request, body) => {
    const [method = '', url = ''] = request.split(' ');
    const [path = '', query = ''] = url.split('?');
    const { route = '$default', params } = matchRoute(Object.keys(dialect.contract), method, path);
    const event = httpEvent(route, {
      rawPath: path,
      rawQueryString: query,
      pathParameters: { ...params },
      headers: { 'content-type': 'application/json', host: 'bench', ...headersOf(key) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const { statusCode = 0, body: text = '{}' }: APIGatewayProxyStructuredResultV2 = await handler(
      event,
      context(),
    );
    return { status: statusCode, body: text === '' ? {} : JSON.parse(text) };
  };
};

const timed = async (
  dialect: string,
  ask: Ask,
  request: string,
  bodyOf: () => unknown,
): Promise<Answered> => {
  const took: number[] = [];
  let status = 0;
  for (let sent = 0; sent < requests; sent += 1) {
    const body = bodyOf();
    const from = performance.now();
    ({ status } = await ask(request, body));
    took.push((performance.now() - from) * 1000);
  }
  return { dialect, request: request.replaceAll(/\/[^/?]*\d[^/?]*/g, '/…'), status, medianUs: median(took) };
};

let counter = 0;
const fresh = (prefix: string): string => {
  counter += 1;
  return `${prefix}-${counter}`;
};

const miruAnswers = async (): Promise<readonly Answered[]> => {
  const ask = await asking(miru, (key) => ({ 'x-api-key': key, 'miru-version': '2026-03-09.tetons' }));
  const made = async (request: string, body: unknown) => String((await ask(request, body)).body.id);
  const type = await made('POST /beta/config_types', { name: 'Motion', slug: 'motion' });
  const schema = await made('POST /beta/config_schemas', {
    config_type_ref: { id: type },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'motion.json', data: '{"type":"object"}' }],
    instance_filepath: '/srv/motion.json',
  });
  const release = await made('POST /beta/releases', { version: 'v1.0.0', config_schema_ids: [schema] });
  const device = await made('POST /beta/devices', { name: 'robot' });
  const content = () => ({ format: 'json', data: JSON.stringify({ speed: fresh('s') }) });
  const instance = await made('POST /beta/config_instances', {
    config_schema_id: schema,
    content: content(),
  });
  const deployment = {
    target_status: 'deployed',
    description: 'bench',
    release_id: release,
    device_id: device,
    config_instance_ids: [instance],
  };
  const id = await made('POST /beta/deployments', deployment);
  const time = (request: string, bodyOf: () => unknown = () => undefined) =>
    timed('miru', ask, request, bodyOf);
  return [
    await time('POST /beta/devices', () => ({ name: fresh('robot') })),
    await time('GET /beta/devices?limit=20'),
    await time(`GET /beta/devices/${device}`),
    await time('POST /beta/config_instances', () => ({ config_schema_id: schema, content: content() })),
    await time('POST /beta/deployments', () => deployment),
    await time(`GET /beta/deployments/${id}`),
    await time(`GET /beta/deployments/${id}/why`),
    await time('GET /beta/deployments?limit=20'),
    await time('POST /beta/deployments', () => ({})),
  ];
};

const heatAnswers = async (): Promise<readonly Answered[]> => {
  const ask = await asking(heat, (key) => ({ 'x-auth-token': key }));
  const config = { name: 'prepare', group: 'script', config: '#!/bin/sh\necho done\n' };
  const { body } = await ask('POST /v1/acme/software_configs', config);
  const { id: config_id } = body.software_config as Fields;
  const wanted = () => ({ config_id, server_id: fresh('server'), action: 'CREATE', status: 'IN_PROGRESS' });
  const made = await ask('POST /v1/acme/software_deployments', { ...wanted(), server_id: 'first' });
  const { id } = made.body.software_deployment as Fields;
  const time = (request: string, bodyOf: () => unknown = () => undefined) =>
    timed('heat', ask, request, bodyOf);
  return [
    await time('POST /v1/acme/software_configs', () => config),
    await time('POST /v1/acme/software_deployments', wanted),
    await time(`GET /v1/acme/software_deployments/${id}`),
    await time('GET /v1/acme/software_deployments/metadata/first'),
    await time('GET /v1/acme/software_deployments'),
    await time(`PUT /v1/acme/software_deployments/${id}`, () => ({ status_reason: fresh('because') })),
    await time('POST /v1/acme/software_deployments', () => ({})),
  ];
};

const humanitecAnswers = async (): Promise<readonly Answered[]> => {
  const ask = await asking(humanitec, (key) => ({ authorization: `Bearer ${key}` }));
  await ask('POST /orgs/acme/apps', { id: 'shop', name: 'Shop' });
  const app = '/orgs/acme/apps/shop';
  const delta = () => ({
    modules: { add: { web: { profile: 'humanitec/default-module', spec: { image: fresh('image') } } } },
    shared: [],
  });
  const { body } = await ask(`POST ${app}/deltas`, delta());
  const time = (request: string, bodyOf: () => unknown = () => undefined) =>
    timed('humanitec', ask, request, bodyOf);
  return [
    await time(`GET ${app}`),
    await time(`POST ${app}/deltas`, delta),
    await time(`GET ${app}/deltas/${body.id}`),
    await time(`POST ${app}/envs/development/deploys`, () => ({ delta_id: body.id })),
    await time(`GET ${app}/envs/development/deploys`),
    await time(`GET ${app}/envs/development`),
    await time(`POST ${app}/deltas`, () => 7),
  ];
};

export const answers = async (): Promise<readonly Answered[]> => [
  ...(await miruAnswers()),
  ...(await heatAnswers()),
  ...(await humanitecAnswers()),
];
