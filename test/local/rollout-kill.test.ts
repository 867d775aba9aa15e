// Kill -9 of the whole local cloud in the middle of a rollout in waves: no wave exposes more than it says, and it ends as it should.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LocalConfig } from '#infra/local/cloud';
import { eventually, testFolder } from './support/folder.ts';
import { givenCloud, run } from './support/processes.ts';

/** `ROLLOUT_DEVICES=200` is the size of a real fleet; the share of it that every run of the tests has is smaller. */
const devices = Number(process.env.ROLLOUT_DEVICES ?? 10);
/** Every so many-th is broken: 5 in 100 of a real fleet, one in the smaller one. */
const faultyEvery = Math.min(20, devices);
const broken = Math.floor(devices / faultyEvery);
const minutes = 60_000;

interface Deployment {
  readonly id: string;
  readonly status: string;
  readonly rollout: { readonly exposed: number };
  readonly progress: { readonly total: number; readonly applied: number; readonly failed: number };
}

const clientOf = (config: LocalConfig) => async (request: string, body?: object) => {
  const [method = '', path = ''] = request.split(' ');
  const answer = await fetch(`${config.url}/orgs/${config.organization}${path}`, {
    method,
    headers: { authorization: `Bearer ${config.apiKey}` },
    body: body === undefined ? null : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${request}: ${answer.status} ${await answer.text()}`);
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  return (await answer.json()) as any;
};

const env = '/apps/yard/envs/development';
const names = Array.from({ length: devices }, (_, at) => `robot-${at + 1}`);

const givenFleet = async (ask: ReturnType<typeof clientOf>) => {
  await ask('POST /apps', { id: 'yard', name: 'Yard' });
  for (const name of names) await ask(`PUT ${env}/devices/${name}`);
  // One after the other: each request at the same time would be a thread of its own.
  for (const name of names)
    await eventually(
      () => ask(`GET ${env}/devices/${name}`),
      ({ status }) => status === 'online',
      3 * minutes,
    );
};

const have = (directory: string): string[] =>
  names.filter((name) =>
    existsSync(join(directory, 'devices', name, 'environment', 'modules', 'motion.json')),
  );

describe(`a rollout in waves to ${devices} devices, ${broken} of them broken, and kill -9 in the middle`, () => {
  it('ends as it would have without', { timeout: 10 * minutes }, async () => {
    const directory = testFolder();
    const first = await givenCloud(directory, { http: 0, mqtt: 0 });
    const ports = { http: Number(new URL(first.config.url).port), mqtt: first.config.mqtt.port };
    run(directory, 'functions/cli/device.ts', [
      '--name',
      'robot',
      '--count',
      String(devices),
      '--faulty',
      String(faultyEvery),
    ]);
    const ask = clientOf(first.config);
    await givenFleet(ask);

    const delta = await ask('POST /apps/yard/deltas', {
      modules: { add: { motion: { profile: 'acme/motion', spec: { speed: 1 } } } },
    });
    const { id }: Deployment = await ask(`POST ${env}/deploys`, {
      delta_id: delta.id,
      rollout: {
        waves: [{ percent: 20 }, { percent: 60 }],
        bake_seconds: 2,
        failure_threshold: { count: broken },
      },
    });
    const see = (by: typeof ask): Promise<Deployment> => by(`GET ${env}/deploys/${id}`);

    await eventually(
      () => see(ask),
      ({ progress }) => (progress?.applied ?? 0) > 0,
      2 * minutes,
    );
    expect(have(directory).length).toBeLessThanOrEqual((await see(ask)).rollout.exposed);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');
    const inTheFirstWave = have(directory);
    expect(inTheFirstWave.length).toBeLessThan(devices - broken);

    const again = clientOf((await givenCloud(directory, ports)).config);
    const ended = await eventually(
      () => see(again),
      ({ status }) => status !== 'in progress',
      5 * minutes,
    );

    expect(ended).toMatchObject({
      status: 'succeeded',
      progress: { total: devices, applied: devices - broken, failed: broken },
    });
    expect(have(directory)).toEqual(names.filter((_, at) => (at + 1) % faultyEvery !== 0));
    const errors = await again(`GET ${env}/deploys/${id}/errors`);
    expect(errors).toHaveLength(broken);
    expect(errors.every(({ code }: { code: string }) => code === 'verification_failed')).toBe(true);
  });
});
