// Kill -9 of the whole local cloud in the middle of a rollout: nothing is lost, nothing is stuck, nothing is done twice.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LocalConfig } from '#infra/local/cloud';
import { eventually, testFolder } from './support/folder.ts';
import { givenCloud, run } from './support/processes.ts';

/** `KILL_DEVICES=50` is the size of a real fleet; the share of it that every run of the tests has is smaller. */
const devices = Number(process.env.KILL_DEVICES ?? 6);
const perDevice = 4;
const minutes = 60_000;

type Json = Record<string, unknown> & { id: string; data: Json[]; status: string };

const clientOf = (config: LocalConfig) => async (request: string, body?: object, key?: string) => {
  const [method = '', path = ''] = request.split(' ');
  const answer = await fetch(`${config.url}${path}`, {
    method,
    headers: {
      'x-api-key': config.apiKey,
      'miru-version': '2026-03-09.tetons',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${request}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Json;
};

type Ask = ReturnType<typeof clientOf>;

const givenRelease = async (ask: Ask) => {
  const type = await ask('POST /beta/config_types', { name: 'Motion', slug: 'motion' });
  const schema = await ask('POST /beta/config_schemas', {
    config_type_ref: { id: type.id },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'a', data: '{}' }],
    instance_filepath: '/motion.json',
  });
  const release = await ask('POST /beta/releases', { version: '1.0.0', config_schema_ids: [schema.id] });
  // One after the other: each request at the same time would be a thread of its own.
  const instances: Json[] = [];
  for (let speed = 0; speed < perDevice; speed += 1)
    instances.push(
      await ask('POST /beta/config_instances', {
        config_schema_id: schema.id,
        content: { format: 'json', data: JSON.stringify({ speed }) },
      }),
    );
  return { release: release.id, instances: instances.map(({ id }) => id) };
};

const fleet = async (ask: Ask): Promise<Json[]> => (await ask('GET /beta/devices?limit=100')).data;

const allDeployments = async (ask: Ask): Promise<Json[]> => {
  const pages = Array.from({ length: Math.ceil((devices * perDevice) / 100) }, (_, page) => page * 100);
  const lists = await Promise.all(
    pages.map((offset) => ask(`GET /beta/deployments?limit=100&offset=${offset}`)),
  );
  return lists.flatMap(({ data }) => data);
};

const isSettled = ({ status, activity_status, target_status }: Json): boolean =>
  status === 'archived' || (activity_status === 'deployed' && target_status === 'deployed');

describe(`${devices * perDevice} deployments to ${devices} devices, and kill -9 in the middle`, () => {
  it('all settle after a restart, each made once, the last one of each device on its disk', {
    timeout: 8 * minutes,
  }, async () => {
    const directory = testFolder();
    const first = await givenCloud(directory, { http: 0, mqtt: 0 });
    const ports = { http: Number(new URL(first.config.url).port), mqtt: first.config.mqtt.port };
    const ask = clientOf(first.config);
    run(directory, 'functions/cli/device.ts', ['--name', 'robot', '--count', String(devices)]);
    const { release, instances } = await givenRelease(ask);
    const online = await eventually(
      () => fleet(ask),
      (list) => list.length === devices && list.every(({ status }) => status === 'online'),
      2 * minutes,
    );

    const wishes = instances.flatMap((instance, round) =>
      online.map(({ id: device, name }) => ({ device, instance, key: `${name}-${round}` })),
    );
    const post = ({ device, instance, key }: (typeof wishes)[number], by: Ask) =>
      by(
        'POST /beta/deployments',
        {
          target_status: 'deployed',
          description: key,
          release_id: release,
          device_id: device,
          config_instance_ids: [instance],
        },
        key,
      );

    // A client that insists: whatever was not answered is asked again, with the same key, in the same order.
    let answered = 0;
    let by = ask;
    for (const wish of wishes) {
      if (answered === Math.floor(wishes.length / 2)) {
        const dying = post(wish, by).catch(() => undefined);
        first.child.kill('SIGKILL');
        await Promise.all([dying, once(first.child, 'exit')]);
        by = clientOf((await givenCloud(directory, ports)).config);
      }
      await post(wish, by);
      answered += 1;
    }

    const settled = await eventually(
      () => allDeployments(by),
      (list) => list.every(isSettled),
      5 * minutes,
    );
    expect(settled).toHaveLength(wishes.length);
    expect(new Set(settled.map(({ description }) => description)).size).toBe(wishes.length);
    const left = settled.filter(({ status }) => status === 'deployed');
    expect(left.map(({ description }) => description).sort()).toEqual(
      online.map(({ name }) => `${name}-${perDevice - 1}`).sort(),
    );
    for (const { name } of online) {
      const file = join(directory, 'devices', String(name), 'release', 'motion.json');
      expect(readFileSync(file, 'utf8')).toBe(JSON.stringify({ speed: perDevice - 1 }));
    }
  });
});
