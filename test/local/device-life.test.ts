// A device's life on the whole local cloud: real HTTP, real certificates, real MQTT over TLS, the deployed policy and rules.
import { execFile } from 'node:child_process';
import { type EventEmitter, once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { iot, mqtt5 } from 'aws-iot-device-sdk-v2';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { createAgent } from '#device/agent/agent';
import { systemClock } from '#device/agent/clock';
import { activate } from '#device/agent/identity/activate';
import { openIdentity } from '#device/agent/identity/keep';
import { mqttTransport } from '#device/agent/link/mqtt';
import type { Transport, TransportEvents } from '#device/agent/link/transport';
import { type Current, target } from '#device/shadow';
import { contentTopics, shadowTopics } from '#device/topics';
import { type LocalCloud, startLocalCloud } from '#infra/local/cloud';
import { eventually, testFolder } from './support/folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'shadowcast-test-'));
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({ directory, dynamodbLocal: inject('dynamodbEndpoint') });
});
afterAll(async () => {
  await cloud.close();
  rmSync(directory, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
type Json = any;

const ask = async (request: string, body?: object, headers: Record<string, string> = {}): Promise<Json> => {
  const [method = '', path = ''] = request.split(' ');
  const answer = await fetch(`${cloud.config.url}${path}`, {
    method,
    headers: { 'x-api-key': cloud.config.apiKey, 'miru-version': '2026-03-09.tetons', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${request}: ${answer.status} ${await answer.text()}`);
  return answer.json();
};

let made = 0;
const unique = (what: string): string => {
  made += 1;
  return `${what}-${made}`;
};

/** A release of one file, and how to deploy a text in it. */
const givenRelease = async () => {
  const slug = unique('motion');
  const type = await ask('POST /beta/config_types', { name: slug, slug });
  const schema = await ask('POST /beta/config_schemas', {
    config_type_ref: { id: type.id },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'a', data: '{}' }],
    instance_filepath: '/srv/motion.json',
  });
  const release = await ask('POST /beta/releases', {
    version: `1.0.${made}`,
    config_schema_ids: [schema.id],
  });
  return async (device: string, data: string): Promise<string> => {
    const content = { format: 'json', data };
    const instance = await ask('POST /beta/config_instances', { config_schema_id: schema.id, content });
    const deployment = await ask('POST /beta/deployments', {
      target_status: 'deployed',
      description: 'a test',
      release_id: release.id,
      device_id: device,
      config_instance_ids: [instance.id],
    });
    return deployment.id;
  };
};

const statusOf = async (path: string): Promise<string> => (await ask(`GET /beta/${path}`)).status;

const seen = (path: string, status: string) =>
  eventually(
    () => statusOf(path),
    (now) => now === status,
    30_000,
  );

const ca = () => readFileSync(cloud.config.mqtt.caFile, 'utf8');

const certify = async (device: string, dir = testFolder(), keepsFiles = false) => {
  const { token } = await ask(`POST /beta/devices/${device}/activation_token`, { allow_reactivation: true });
  const signal = new AbortController().signal;
  const { url } = cloud.config;
  const answer = await activate({ dir, name: 'robot', url, token, keepsFiles, clock: systemClock, signal });
  const { key } = await openIdentity(dir, 'robot');
  return { ...answer, key };
};

type Identity = Awaited<ReturnType<typeof certify>>;

const givenDevice = async () => {
  const { id } = await ask('POST /beta/devices', { name: unique('robot') });
  return { id, identity: await certify(id) };
};

const startAgent = async ({ endpoint, thing, certificate, key }: Identity, files = testFolder()) => {
  const transport = mqttTransport({ ...endpoint, thing, certificate, key, ca: ca() });
  const agent = createAgent({ thing, transport, roots: { release: files }, random: () => 0 });
  await agent.start();
  onTestFinished(() => agent.stop());
  return { files, stop: () => agent.stop() };
};

const connect = ({ endpoint, thing, certificate, key }: Identity) => {
  const { host, port } = endpoint;
  const tls = { host, port, ca: ca(), cert: certificate, key };
  const client = mqtt.connect({ protocol: 'mqtts', clientId: thing, reconnectPeriod: 0, ...tls });
  onTestFinished(async () => void (await client.endAsync(true)));
  return client;
};

/** The library's own emitter has no type that Node's `once` knows. */
const heard = (client: MqttClient, event: 'connect' | 'close') =>
  once(client as unknown as EventEmitter, event);

describe('a device', () => {
  it('gets large files byte for byte, answers a ping, and is seen to come and go', async () => {
    const deploy = await givenRelease();
    const { id, identity } = await givenDevice();
    expect(await statusOf(`devices/${id}`)).toBe('offline');
    const { files, stop } = await startAgent(identity);
    expect(await seen(`devices/${id}`, 'online')).toBe('online');

    const large = JSON.stringify({ pad: 'ü'.repeat(300_000), one: 1.0 });
    const deployment = await deploy(id, large);
    expect(await seen(`deployments/${deployment}`, 'deployed')).toBe('deployed');
    expect(readFileSync(join(files, 'srv/motion.json'), 'utf8')).toBe(large);

    expect(await ask(`POST /beta/devices/${id}/ping`, {})).toMatchObject({ code: 'success' });
    await stop();
    expect(await seen(`devices/${id}`, 'offline')).toBe('offline');
    expect(await ask(`POST /beta/devices/${id}/ping`, { timeout_nanos: 1e9 })).toEqual({ code: 'timeout' });
  });

  it('that was away gets what it missed when it comes back', async () => {
    const deploy = await givenRelease();
    const { id, identity } = await givenDevice();
    const missed = await deploy(id, '{"speed":1}');
    const wanted = await deploy(id, '{"speed":2}');
    const { files } = await startAgent(identity);
    expect(await seen(`deployments/${wanted}`, 'deployed')).toBe('deployed');
    expect(await statusOf(`deployments/${missed}`)).toBe('archived');
    expect(readFileSync(join(files, 'srv/motion.json'), 'utf8')).toBe('{"speed":2}');
  });
});

describe('a device of an environment', () => {
  const mark = 'hunter2-hunter2-hunter2';
  const bearer = () => ({ authorization: `Bearer ${cloud.config.apiKey}` });
  const humanitec = (request: string, body?: object): Promise<Json> => {
    const [method = '', path = ''] = request.split(' ');
    return ask(`${method} /orgs/${cloud.config.organization}/apps${path}`, body, bearer());
  };

  /** Remembers what comes in, topic by topic. */
  const overheard = (transport: Transport) => {
    const heard: { readonly topic: string; readonly text: string }[] = [];
    const message =
      (events: TransportEvents): TransportEvents['message'] =>
      (topic, payload) => {
        heard.push({ topic, text: Buffer.from(payload).toString() });
        events.message(topic, payload);
      };
    const connectTo = (events: TransportEvents) => transport.connect({ ...events, message: message(events) });
    return { heard, transport: { ...transport, connect: connectTo } };
  };

  it('has the secrets of its modules on its disk, and they are in no shadow and in no log', async () => {
    const [app, dir, files] = [unique('shop'), testFolder(), testFolder()];
    const env = `/${app}/envs/development`;
    await humanitec('POST ', { id: app, name: app });
    for (const [key, value, is_secret] of [
      ['USER', 'ada', false],
      ['PASSWORD', mark, true],
    ])
      await humanitec(`POST /${app}/values`, { key, value, is_secret, description: '' });
    const robot = unique('robot');
    await humanitec(`PUT ${env}/devices/${robot}`);
    const { token } = await humanitec(`POST ${env}/devices/${robot}/activation-token`);
    const signal = new AbortController().signal;
    const { url } = cloud.config;
    const { endpoint, thing, certificate } = await activate({
      dir,
      name: 'r',
      url,
      token,
      clock: systemClock,
      signal,
    });
    const { key } = await openIdentity(dir, 'r');
    const { heard, transport } = overheard(mqttTransport({ ...endpoint, thing, certificate, key, ca: ca() }));
    const agent = createAgent({ thing, transport, roots: { environment: files }, random: () => 0 });
    await agent.start();
    onTestFinished(() => agent.stop());

    const module = { login: `\${values.USER}:\${values.PASSWORD}` };
    const delta = await humanitec(`POST /${app}/deltas`, { modules: { add: { web: module } } });
    const { id } = await humanitec(`POST ${env}/deploys`, { delta_id: delta.id });
    const over = await eventually(
      () => humanitec(`GET ${env}/deploys/${id}`),
      ({ status, progress }) => status !== 'in progress' && progress.applied === 1,
      60_000,
    );
    expect(over).toMatchObject({ status: 'succeeded', progress: { total: 1, applied: 1 } });
    expect(readFileSync(join(files, 'modules/web.json'), 'utf8')).toBe(`{"login":"ada:${mark}"}`);

    const secretly = heard.filter(({ text }) => text.includes(mark)).map(({ topic }) => topic);
    expect(secretly.length).toBeGreaterThan(0);
    for (const topic of secretly) expect(topic).toContain(`shadowcast/${thing}/content/`);
    const shadows = heard.filter(({ topic }) => topic.endsWith('/update/delta'));
    expect(shadows.map(({ text }) => text).join()).toContain('modules/web.json');
    const logs = join(directory, 'logs');
    const written = readdirSync(logs).map((file) => readFileSync(join(logs, file), 'utf8'));
    expect(written.join()).toContain('content.served');
    expect(written.join()).not.toContain(mark);
  });
});

describe('a certificate', () => {
  it('that was revoked is cut off at once and never let in again; the next activation gets everything', async () => {
    const deploy = await givenRelease();
    const { id, identity } = await givenDevice();
    const stolen = connect(identity);
    await heard(stolen, 'connect');
    const cut = heard(stolen, 'close');
    await ask(`POST /beta/devices/${id}/revoke`);
    await cut;
    const refused = connect(identity);
    await expect(heard(refused, 'connect')).rejects.toThrow();

    const deployment = await deploy(id, '{"speed":3}');
    const { files } = await startAgent(await certify(id));
    expect(await seen(`deployments/${deployment}`, 'deployed')).toBe('deployed');
    expect(readFileSync(join(files, 'srv/motion.json'), 'utf8')).toBe('{"speed":3}');
  });

  it('stops working when the device is activated with another key', async () => {
    const { id, identity } = await givenDevice();
    const old = connect(identity);
    await heard(old, 'connect');
    const cut = heard(old, 'close');
    const renewed = await certify(id, testFolder(), true);
    await cut;
    await heard(connect(renewed), 'connect');
  });

  it('of a decommissioned device is worth nothing', async () => {
    const { id, identity } = await givenDevice();
    await ask(`DELETE /beta/devices/${id}`);
    await expect(heard(connect(identity), 'connect')).rejects.toThrow();
  });
});

describe('a device, at its neighbour’s topics', () => {
  it('may subscribe to none of them', async () => {
    const [mine, theirs] = [await givenDevice(), await givenDevice()];
    const client = connect(mine.identity);
    await heard(client, 'connect');
    const shadow = shadowTopics(theirs.identity.thing, 'release');
    const content = contentTopics(theirs.identity.thing);
    for (const topic of [shadow.delta, shadow.getAccepted, content.contentFilter, content.ping])
      await expect(client.subscribeAsync(topic)).rejects.toThrow(/Unspecified|128|refused|not authorized/i);
  });

  it.each(['update', 'fetch', 'result', 'pong'] as const)('may publish none of them: %s', async (what) => {
    const deploy = await givenRelease();
    const [mine, theirs] = [await givenDevice(), await givenDevice()];
    const deployment = await deploy(theirs.id, '{}');
    const client = connect(mine.identity);
    await heard(client, 'connect');
    const { thing } = theirs.identity;
    const topics = { ...shadowTopics(thing, 'release'), ...contentTopics(thing) };
    const gone = heard(client, 'close');
    client.publish(topics[what], '{}');
    await gone;
    expect(await statusOf(`deployments/${deployment}`)).toBe('queued');
  });
});

describe('a stranger’s client', () => {
  it('AWS’s own device SDK, doing what the protocol page says, applies and reports', async () => {
    const deploy = await givenRelease();
    const { id, identity } = await givenDevice();
    const { thing, endpoint, certificate, key } = identity;
    const config = iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromMemory(
      endpoint.host,
      certificate,
      key,
    )
      .withCertificateAuthorityFromPath(undefined, cloud.config.mqtt.caFile)
      .withPort(endpoint.port)
      .withConnectProperties({ clientId: thing, keepAliveIntervalSeconds: 60 })
      .build();
    const client = new mqtt5.Mqtt5Client(config);
    onTestFinished(async () => {
      const stopped = once(client, 'stopped');
      client.stop();
      await stopped;
    });
    const topics = shadowTopics(thing, 'release');
    const targets: unknown[] = [];
    const told: Promise<unknown>[] = [];
    // As the page says: what was reported on is not reported on again, whatever deltas come.
    let reported = 0;
    client.on('messageReceived', ({ message }) => {
      const said = JSON.parse(Buffer.from(message.payload as ArrayBuffer).toString());
      const wanted = target.safeParse(said.state?.target ?? said.state?.desired?.target);
      if (!wanted.success || wanted.data.seq <= reported) return;
      reported = wanted.data.seq;
      const { seq, deployment, manifest, items } = wanted.data;
      targets.push(items?.map(({ data }) => data));
      const current: Current = { v: 1, seq, deployment, manifest, state: 'applied', attempt: 1, error: null };
      const published = client.publish({
        topicName: topics.update,
        qos: mqtt5.QoS.AtLeastOnce,
        payload: JSON.stringify({ state: { reported: { current } } }),
      });
      told.push(published);
    });
    const connected = once(client, 'connectionSuccess');
    client.start();
    await connected;
    await client.subscribe({
      subscriptions: [topics.delta, topics.getAccepted].map((topicFilter) => ({
        topicFilter,
        qos: mqtt5.QoS.AtMostOnce,
      })),
    });
    const deployment = await deploy(id, '{"speed":4}');
    expect(await seen(`deployments/${deployment}`, 'deployed')).toBe('deployed');
    await Promise.all(told);
    expect(targets[0]).toEqual(['{"speed":4}']);
  });
});

describe('npm run keys', () => {
  /** Not in one step: the door in front of the table is in this very process. */
  const keys = async (...args: string[]): Promise<Json> => {
    const env = { ...process.env, ...cloud.environment, TABLE_NAME: cloud.config.tableName };
    const command = ['functions/cli/keys.ts', ...args, '--json'];
    return JSON.parse((await promisify(execFile)(process.execPath, command, { cwd: root, env })).stdout);
  };

  it('makes keys that open exactly what their scopes say, lists them without their secrets, and revokes them', async () => {
    const { id, key } = await keys('create', '--organization', 'acme', '--scope', 'devices:read');
    const mayRead = (request: string, body?: object) => ask(request, body, { 'x-api-key': key });
    expect(await mayRead('GET /beta/devices')).toMatchObject({ data: [] });
    await expect(mayRead('POST /beta/devices', { name: 'robot' })).rejects.toThrow('devices:write');
    const listed = await keys('list', '--organization', 'acme');
    expect(listed).toEqual([expect.objectContaining({ id, scopes: ['devices:read'], revoked_at: null })]);
    expect(JSON.stringify(listed)).not.toContain(key.split('_').at(-1));
    expect(await keys('revoke', id)).toEqual({ id, revoked: true });
    const other = await keys('create', '--organization', 'acme', '--scope', '*');
    expect(await keys('revoke', other.id)).toMatchObject({ revoked: true });
    await expect(ask('GET /beta/devices', undefined, { 'x-api-key': other.key })).rejects.toThrow('401');
  });
});
