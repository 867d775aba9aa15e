// The real templates, booted: ready, alone on its folder, and the same cloud again after a restart or a kill.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type LocalCloud, type LocalConfig, startLocalCloud } from '#infra/local/cloud';
import { eventually, temporaryFolder, testFolder } from './support/folder.ts';

const bootMsMax = 90_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

const ask = (config: LocalConfig, path: string, body?: object) =>
  fetch(`${config.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'x-api-key': config.apiKey,
      'miru-version': '2026-03-09.tetons',
      'content-type': 'application/json',
    },
    body: body === undefined ? null : JSON.stringify(body),
  });

describe('the local cloud', { timeout: bootMsMax }, () => {
  const directory = temporaryFolder();
  let cloud: LocalCloud;
  beforeAll(async () => {
    cloud = await startLocalCloud({ directory });
  }, bootMsMax);
  afterAll(async () => {
    await cloud.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('boots what the templates declare, and nothing else', async () => {
    const { config } = cloud;
    const { region, accessKeyId, secretAccessKey } = config;
    const client = { region, credentials: { accessKeyId, secretAccessKey } };

    const dynamodb = new DynamoDBClient({ ...client, endpoint: config.dynamodbEndpoint });
    const sqs = new SQSClient({ ...client, endpoint: config.sqsEndpoint });

    expect((await dynamodb.send(new ListTablesCommand())).TableNames).toEqual(['shadowcast-dev']);
    const { QueueUrls } = await sqs.send(new ListQueuesCommand());
    expect(QueueUrls?.map((url) => url.split('/').at(-1)).sort()).toEqual([
      'shadowcast-dev-failed',
      'shadowcast-dev-reports',
      'shadowcast-dev-reports-dead-letters',
      'shadowcast-dev-rollouts',
      'shadowcast-dev-rollouts-dead-letters',
      'shadowcast-dev-transitions',
      'shadowcast-dev-transitions-dead-letters',
      'shadowcast-dev-webhooks',
      'shadowcast-dev-webhooks-dead-letters',
    ]);
  });

  it('answers requests through the deployed door', async () => {
    const { config } = cloud;

    expect((await ask(config, '/nowhere')).status).toBe(404);
    expect((await ask(config, '/beta/devices')).status).toBe(200);
    expect((await ask({ ...config, apiKey: 'wrong' }, '/beta/devices')).status).toBe(401);
  });

  it('finds yesterday’s key and data again, and forgets all of it when it is started afresh', async () => {
    const before = cloud.config.apiKey;
    const answer = await ask(cloud.config, '/beta/devices', { name: 'robot' });
    const made = (await answer.json()) as { id: string };
    await cloud.close();

    cloud = await startLocalCloud({ directory });
    expect(cloud.config.apiKey).toBe(before);
    expect(await (await ask(cloud.config, `/beta/devices/${made.id}`)).json()).toMatchObject({
      name: 'robot',
    });
    await cloud.close();

    cloud = await startLocalCloud({ directory, fresh: true });
    expect(cloud.config.apiKey).not.toBe(before);
    expect(await (await ask(cloud.config, '/beta/devices')).json()).toMatchObject({ data: [] });
  });

  it('invokes a function by its name, as if by hand', async () => {
    expect(await cloud.invoke('sweep-overdue', {})).toMatchObject({ ok: true });
  });

  it('is alone on its folder', async () => {
    await expect(startLocalCloud({ directory })).rejects.toThrow(
      `Another local cloud is already running on ${directory}: stop it, or set SHADOWCAST_DIR to another folder.`,
    );
  });

  it.each([
    ['port', '--port'],
    ['mqttPort', '--mqtt-port'],
  ] as const)('names a port that is in use (%s)', async (option, flag) => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as { port: number };

    await expect(startLocalCloud({ directory: testFolder(), [option]: port })).rejects.toThrow(
      `Port ${port} is already in use: stop the program that uses it, or choose another port with ${flag} <number>.`,
    );
  });
});

describe('npm start', { timeout: bootMsMax }, () => {
  const on = temporaryFolder();
  afterAll(() => rmSync(on, { recursive: true, force: true }));

  const start = (): ChildProcess => {
    const args = [
      'infra/local/run.mjs',
      'infra/local/main.ts',
      '--no-tour',
      '--port',
      '0',
      '--mqtt-port',
      '0',
    ];
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, SHADOWCAST_DIR: on },
      stdio: 'ignore',
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  };

  const isGone = (pid: number): boolean =>
    !existsSync(`/proc/${pid}`) || /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

  const givenReady = async () => {
    const file = join(on, 'local.json');
    // What one that was killed has left there would say that this one is ready.
    rmSync(file, { force: true });
    const child = start();
    await eventually(() => existsSync(file), Boolean, bootMsMax);
    return { child, file, java: Number(readFileSync(join(on, 'dynamodb/java.pid'), 'utf8')) };
  };

  it('writes local.json for its owner when all is ready, and on SIGTERM leaves neither it nor a process behind', async () => {
    const { child, file, java } = await givenReady();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const config = JSON.parse(readFileSync(file, 'utf8')) as LocalConfig;
    expect((await ask(config, '/beta/devices')).status).toBe(200);

    child.kill('SIGTERM');
    await once(child, 'exit');

    expect(child.exitCode).toBe(0);
    expect(existsSync(file)).toBe(false);
    expect(isGone(java)).toBe(true);
  });

  it('leaves no process behind when it is killed', async () => {
    const { child, java } = await givenReady();

    child.kill('SIGKILL');

    expect(await eventually(() => isGone(java), Boolean)).toBe(true);
  });
});
