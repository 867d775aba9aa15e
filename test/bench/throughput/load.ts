// Requests as fast as they are answered: creating, getting and listing, in each dialect, on the local cloud.
import autocannon from 'autocannon';
import type { LocalConfig } from '#infra/local/cloud';

export interface Loaded {
  readonly dialect: string;
  readonly request: string;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were no success: limits, faults. */
  readonly refused: number;
}

export interface Shot {
  readonly dialect: string;
  readonly request: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

const connections = 8;
const seconds = 4;

export const load = async ({ url }: LocalConfig, shot: Shot): Promise<Loaded> => {
  const [method = 'GET', path = ''] = shot.request.split(' ');
  const result = await autocannon({
    url: `${url}${path}`,
    method: method as 'GET' | 'POST',
    headers: { 'content-type': 'application/json', ...shot.headers },
    ...(shot.body === undefined ? {} : { body: JSON.stringify(shot.body) }),
    connections,
    duration: seconds,
  });
  return {
    dialect: shot.dialect,
    request: shot.request.replaceAll(/\/[^/?]*\d[^/?]{8,}/g, '/…'),
    perSecond: result.requests.average,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    refused: result.non2xx,
  };
};

type Fields = Readonly<Record<string, unknown>>;
type Ask = (request: string, body?: unknown) => Promise<Fields>;

const askerAt =
  (url: string, headers: Readonly<Record<string, string>>): Ask =>
  async (request, body) => {
    const [method = 'GET', path = ''] = request.split(' ');
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${request} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as Fields;
  };

const miruShots = async ({ url, apiKey }: LocalConfig): Promise<readonly Shot[]> => {
  const headers = { 'x-api-key': apiKey, 'miru-version': '2026-03-09.tetons' };
  const ask = askerAt(url, headers);
  const made = async (request: string, body: unknown) => String((await ask(request, body)).id);
  const type = await made('POST /beta/config_types', { name: 'Load', slug: 'load' });
  const schema = await made('POST /beta/config_schemas', {
    config_type_ref: { id: type },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'load.json', data: '{"type":"object"}' }],
    instance_filepath: 'load.json',
  });
  const release = await made('POST /beta/releases', { version: 'v1.0.0', config_schema_ids: [schema] });
  const device = await made('POST /beta/devices', { name: 'load' });
  const content = { format: 'json', data: '{"speed":1}' };
  const instance = await made('POST /beta/config_instances', { config_schema_id: schema, content });
  const body = {
    target_status: 'staged',
    description: 'load',
    release_id: release,
    device_id: device,
    config_instance_ids: [instance],
  };
  const id = await made('POST /beta/deployments', body);
  const shot = (request: string, more: object = {}): Shot => ({ dialect: 'miru', request, headers, ...more });
  return [
    shot('POST /beta/config_instances', { body: { config_schema_id: schema, content } }),
    shot(`GET /beta/deployments/${id}`),
    shot('GET /beta/deployments?limit=20'),
  ];
};

const heatShots = async ({ url, apiKey, organization }: LocalConfig): Promise<readonly Shot[]> => {
  const headers = { 'x-auth-token': apiKey };
  const ask = askerAt(url, headers);
  const base = `/v1/${organization}`;
  const config = { name: 'load', group: 'script', config: '#!/bin/sh\ntrue\n' };
  const { software_config } = await ask(`POST ${base}/software_configs`, config);
  const { id: config_id } = software_config as Fields;
  const body = { config_id, server_id: 'load', action: 'CREATE', status: 'COMPLETE' };
  const { software_deployment } = await ask(`POST ${base}/software_deployments`, body);
  const { id } = software_deployment as Fields;
  const shot = (request: string, more: object = {}): Shot => ({ dialect: 'heat', request, headers, ...more });
  return [
    shot(`POST ${base}/software_configs`, { body: config }),
    shot(`GET ${base}/software_deployments/${id}`),
    shot(`GET ${base}/software_deployments/metadata/load`),
    shot(`GET ${base}/software_deployments`),
  ];
};

const humanitecShots = async ({ url, apiKey, organization }: LocalConfig): Promise<readonly Shot[]> => {
  const headers = { authorization: `Bearer ${apiKey}` };
  const ask = askerAt(url, headers);
  await ask(`POST /orgs/${organization}/apps`, { id: 'load', name: 'Load' });
  const app = `/orgs/${organization}/apps/load`;
  const body = { modules: { add: { web: { profile: 'humanitec/default-module', spec: {} } } }, shared: [] };
  const { id } = await ask(`POST ${app}/deltas`, body);
  const shot = (request: string, more: object = {}): Shot => ({
    dialect: 'humanitec',
    request,
    headers,
    ...more,
  });
  return [shot(`POST ${app}/deltas`, { body }), shot(`GET ${app}/deltas/${id}`), shot(`GET ${app}/envs`)];
};

export const shotsAt = async (config: LocalConfig): Promise<readonly Shot[]> => [
  ...(await miruShots(config)),
  ...(await heatShots(config)),
  ...(await humanitecShots(config)),
];
