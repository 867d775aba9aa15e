// The published Python SDK, as its calls were recorded: its headers, its comma arrays, its empty bodies that call
// themselves JSON, and what it repeats.
import { describe, expect, it } from 'vitest';
import { smallSystem } from '#test/support/small-system';
import { miruVersion, speedSchema } from '../given.ts';
import { type CheckedClient, checkedClient } from './client.ts';

/** What it sends with every call, with a body or without. */
const sdkHeaders = {
  accept: 'application/json',
  'accept-encoding': 'gzip, deflate',
  connection: 'keep-alive',
  'content-type': 'application/json',
  host: 'localhost:8080',
  'miru-version': miruVersion,
  'user-agent': 'Miru/Python 0.10.0',
  'x-stainless-async': 'false',
  'x-stainless-lang': 'python',
  'x-stainless-package-version': '0.10.0',
  'x-stainless-retry-count': '0',
};

const repeated: readonly number[] = [408, 409, 429];

/** Its own rule of what is tried again, at most twice: the answer's word first, then the status. */
const isRepeated = (status: number, shouldRetry: string | undefined): boolean =>
  shouldRetry === undefined ? repeated.includes(status) || status >= 500 : shouldRetry === 'true';

const retriesMax = 2;

const sdkOf = ({ ask }: CheckedClient) => {
  const calls: string[] = [];
  const call = async (request: string, body: unknown = '') => {
    for (let retries = 0; ; retries += 1) {
      calls.push(request);
      const answer = await ask(request, body);
      if (retries === retriesMax || !isRepeated(answer.status, answer.headers['x-should-retry']))
        return answer;
    }
  };
  return { call, calls };
};

const givenSdk = async () => {
  const system = smallSystem();
  const key = await system.newKey('acme');
  const sdk = sdkOf(checkedClient(system, { ...sdkHeaders, 'x-api-key': key }));
  const { call } = sdk;
  const made = async (path: string, body: unknown): Promise<string> =>
    (await call(`POST /beta/${path}`, body)).body.id;
  const type = await made('config_types', { name: 'Motion', slug: 'motion' });
  const schema = await made('config_schemas', {
    config_type_ref: { slug: 'motion' },
    documents: [{ data: speedSchema, name: 'motion-control.json' }],
    format: 'json',
    language: 'jsonschema',
  });
  const release = await made('releases', { config_schema_ids: [schema], version: 'v1.0.0' });
  const device = await made('devices', { name: 'Robot 1' });
  const instance = await made('config_instances', {
    config_schema_id: schema,
    content: { data: '{\n  "speed": 1.0\n}\n', format: 'json' },
  });
  const body = {
    config_instance_ids: [instance],
    description: 'Deployment for the motion control config instance',
    device_id: device,
    release_id: release,
    target_status: 'deployed',
  };
  const deployment = await made('deployments', body);
  return {
    system,
    ...sdk,
    type,
    schema,
    release,
    device,
    instance,
    body,
    deployment,
    thing: device.slice('dvc_'.length),
  };
};

describe('the Python SDK', () => {
  it('creates with its own default headers, and retrieves what it created', async () => {
    const { call, deployment, body } = await givenSdk();
    const { body: found } = await call(`GET /beta/deployments/${deployment}`);
    expect([found.id, found.description, found.status]).toEqual([deployment, body.description, 'queued']);
  });

  it.each([
    ['filters', 'activity_status=queued,archived', 1],
    ['filters that httpx has escaped', 'activity_status=queued%2Carchived', 1],
    ['filters that let nothing through', 'activity_status=staged,drifted', 0],
    ['expansions', 'expand=device,release,config_instances', 1],
    ['expansions that httpx has escaped', 'expand=device%2Crelease%2Cconfig_instances', 1],
    ['a filter with one value', 'error_status=none', 1],
    ['an order with one value', 'order_by=created_at%3Aasc', 1],
  ])('writes lists with commas: %s', async (_, query, count) => {
    const { call } = await givenSdk();
    const { status, body } = await call(`GET /beta/deployments?${query}`);
    expect([status, body.data?.length]).toEqual([200, count]);
  });

  it('expands with commas what it retrieves', async () => {
    const { call, deployment, device, release, instance } = await givenSdk();
    const { body } = await call(
      `GET /beta/deployments/${deployment}?expand=device%2Crelease%2Cconfig_instances`,
    );
    expect([body.device.id, body.release.id, body.config_instances[0].id]).toEqual([
      device,
      release,
      instance,
    ]);
  });

  it('archives with an empty body that calls itself JSON', async () => {
    const { call, deployment } = await givenSdk();
    const { status, body } = await call(`POST /beta/deployments/${deployment}/archive`, '');
    expect([status, body.target_status]).toEqual([200, 'archived']);
  });

  it('deploys with an empty body that calls itself JSON', async () => {
    const { system, call, schema, body, thing } = await givenSdk();
    await system.settle(thing);
    const next = await call('POST /beta/releases', { config_schema_ids: [schema], version: 'v2.0.0' });
    const staged = await call('POST /beta/deployments', {
      ...body,
      target_status: 'staged',
      release_id: next.body.id,
    });
    const { status, body: deployed } = await call(`POST /beta/deployments/${staged.body.id}/deploy`, '');
    expect([status, deployed.status]).toEqual([200, 'queued']);
  });

  it.each(['', '{}', '{"allow_reactivation":true}'])('asks for a token with the body %j', async (body) => {
    const { call, device } = await givenSdk();
    expect((await call(`POST /beta/devices/${device}/activation_token`, body)).status).toBe(200);
  });

  it('writes orders with commas', async () => {
    const { call } = await givenSdk();
    expect((await call('GET /beta/deployments?order_by=created_at:desc,id:asc')).status).toBe(200);
  });

  it('lists drifts', async () => {
    const { call, deployment } = await givenSdk();
    const { status, body } = await call(`GET /beta/deployments/${deployment}/drifts`);
    expect([status, body.data]).toEqual([200, []]);
  });

  it('asks once for what is answered with 409, because it is told that repeating is no use', async () => {
    const { call, calls, deployment, body } = await givenSdk();
    await call(`POST /beta/deployments/${deployment}/archive`);
    const before = calls.length;
    const conflicts = [
      await call(`POST /beta/deployments/${deployment}/deploy`),
      await call('POST /beta/devices', { name: 'Robot 1' }),
      await call('POST /beta/releases', { config_schema_ids: body.config_instance_ids, version: 'v1.0.0' }),
      await call('POST /beta/deployments', { ...body, parent_id: 'dpl_0' }),
    ];
    expect(conflicts.map(({ status }) => status)).toEqual([409, 409, 404, 409]);
    expect(calls.length - before).toBe(conflicts.length);
  });

  it('asks once for what is not there', async () => {
    const { call, calls } = await givenSdk();
    const before = calls.length;
    const { status, body } = await call('GET /beta/deployments/dpl_404');
    expect([status, body.error.code, calls.length - before]).toEqual([404, 'resource_not_found', 1]);
  });

  it.each([
    ['', 'inline; filename="motion.json"'],
    ['?disposition=inline', 'inline; filename="motion.json"'],
    ['?disposition=attachment', 'attachment; filename="motion.json"'],
  ])('downloads content%s as it was created', async (query, disposition) => {
    const { call, instance } = await givenSdk();
    const { raw, headers } = await call(`GET /beta/config_instances/${instance}/content${query}`);
    expect(Buffer.from(raw).toString()).toBe('{\n  "speed": 1.0\n}\n');
    expect([headers['content-type'], headers['content-disposition']]).toEqual([
      'application/json',
      disposition,
    ]);
  });

  it('is told who it is', async () => {
    const { call } = await givenSdk();
    expect((await call('GET /beta/principal')).body.object).toBe('principal');
  });
});
