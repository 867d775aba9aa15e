// `npm run device` as a person runs it: a process, its lines, its files, its end; and a plain sentence for each mistake.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSettings } from '#functions/cli/device/settings';
import { temporaryFolder } from './support/device.ts';
import { startIotWorld } from './support/iot-world.ts';
import { listOf, offer, runOf } from './support/offers.ts';
import { targetOf, viewOf } from './support/sets.ts';

const program = new URL('../../functions/cli/device.ts', import.meta.url).pathname;

/** A running program, and its lines to wait for. */
const run = (directory: string, ...args: string[]) => {
  const env = { ...process.env, SHADOWCAST_DIR: directory };
  const child: ChildProcess = spawn(process.execPath, [program, ...args], { env });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close').then(([code]) => code as number);
  let output = '';
  const lookers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (data) => {
      output += data;
      for (const look of lookers) look();
    });
  const says = (text: string, times = 1): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = () => {
        if (output.split(text).length <= times) return;
        lookers.delete(look);
        resolve();
      };
      lookers.add(look);
      closed.then(() => reject(new Error(`It never said "${text}": ${output}`)));
      look();
    });
  return { child, closed, says, output: () => output };
};

const startCloud = async () => {
  const world = await startIotWorld();
  const directory = temporaryFolder();
  const { url, core } = world;
  const local = { url, organization: 'acme', apiKey: 'key', mqtt: core.mqtt };
  writeFileSync(join(directory, 'local.json'), JSON.stringify(local));
  return { world, directory, rootOf: (name: string) => join(directory, 'devices', name, 'release') };
};

describe('npm run device', { timeout: 30_000 }, () => {
  it('brings a device in, applies what is wanted, and goes on Ctrl-C', async () => {
    const { world, directory, rootOf } = await startCloud();
    const robot = run(directory, '--name', 'robot-7');
    await robot.says('activated as thing-robot-7');
    await robot.says('connected to localhost');
    await world.want('thing-robot-7', 'release', targetOf(1, { '/srv/a.json': '{}' }));
    await robot.says('the cloud heard "applied" (seq 1)');
    expect(viewOf(rootOf('robot-7'))).toEqual({ 'srv/a.json': '{}' });
    robot.child.kill('SIGINT');
    expect(await robot.closed).toBe(0);
  });

  it('needs no new certificate the second time, and lets nobody else be the same device meanwhile', async () => {
    const { world, directory } = await startCloud();
    const first = run(directory, '--name', 'robot-7');
    await first.says('connected');
    const rival = run(directory, '--name', 'robot-7');
    expect(await rival.closed).toBe(1);
    expect(rival.output()).toContain('robot-7 is running already');
    first.child.kill('SIGKILL');
    await first.closed;
    const again = run(directory, '--name', 'robot-7');
    await again.says('connected');
    expect(world.calls.filter((call) => call === 'POST /device/activation')).toHaveLength(1);
  });

  it('is activated anew where the cloud has another device of that name', async () => {
    const { world, directory } = await startCloud();
    const first = run(directory, '--name', 'robot-7');
    await first.says('connected');
    first.child.kill('SIGTERM');
    await first.closed;
    world.devices.set('robot-7', 'dvc_robot-7-reborn');
    const again = run(directory, '--name', 'robot-7');
    await again.says('activated as thing-robot-7-reborn');
    await again.says('connected');
  });

  it('runs a fleet in one process, and prints JSON lines when asked to', async () => {
    const { world, directory, rootOf } = await startCloud();
    const fleet = run(directory, '--name', 'robot', '--count', '5', '--json');
    await fleet.says('"event":"connected"', 5);
    const names = [1, 2, 3, 4, 5].map((number) => `robot-${number}`);
    for (const name of names) await world.want(`thing-${name}`, 'release', targetOf(1, { a: name }));
    await fleet.says('"state":"applied","attempt"', 5);
    await fleet.says('"event":"confirmed"', 5);
    for (const name of names) expect(viewOf(rootOf(name))).toEqual({ a: name });
    const lines = fleet
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(new Set(lines.map(({ device }) => device))).toEqual(new Set(names));
    fleet.child.kill('SIGINT');
    expect(await fleet.closed).toBe(0);
  });

  it('takes a token that somebody else issued', async () => {
    const { world, directory } = await startCloud();
    const { url, core } = world;
    const dir = join(directory, 'elsewhere');
    const robot = run(
      '/nowhere',
      '--name',
      'r',
      '--url',
      url,
      '--token',
      'abc',
      '--ca',
      core.mqtt.caFile,
      '--dir',
      dir,
    );
    await robot.says('activated as thing-abc');
    await robot.says('connected');
    expect(world.calls).toEqual(['POST /device/activation']);
    expect(existsSync(join(dir, 'r', 'release'))).toBe(true);
  });

  it('runs scripts only when it was told to', async () => {
    const { world, directory } = await startCloud();
    const inputs = { who: 'world' };
    const config = 'yes | head -c 10000000; echo "hello $who" | tee $heat_outputs_path.greeting; exit 3';
    const outputs = [{ name: 'greeting', error_output: false }];
    const pointer = offer(world, 5, runOf(config, { inputs, outputs }));
    const careful = run(directory, '--name', 'server-1');
    await careful.says('connected');
    await world.want('thing-server-1', 'software', listOf(5, [pointer]));
    careful.child.kill('SIGINT');
    await careful.closed;
    expect(careful.output()).not.toContain('software');

    const server = run(directory, '--name', 'server-1', '--software');
    expect(await world.gives(5)).toMatchObject({
      deployment: 'dpl_5',
      status_code: 3,
      stdout: expect.stringMatching(/^\n?(y\n){40000,}hello world\n$/),
      trimmed: ['stdout'],
      outputs: { greeting: 'hello world\n' },
    });
    await server.says('dpl_5 ended with status 3');
    await world.want('thing-server-1', 'software', listOf(6, []));
    await server.says('the cloud heard "removed" (seq 6)');
    expect(server.output()).not.toContain('world');
  });

  it('gets a new key and a new certificate when it is told to, and keeps its files', async () => {
    const { world, directory, rootOf } = await startCloud();
    const first = run(directory, '--name', 'robot-7');
    await first.says('connected');
    await world.want('thing-robot-7', 'release', targetOf(1, { '/srv/a.json': '{}' }));
    await first.says('the cloud heard "applied" (seq 1)');
    first.child.kill('SIGINT');
    await first.closed;

    const again = run(directory, '--name', 'robot-7', '--rotate');
    await again.says('thing-robot-7 has a new key and a new certificate');
    await again.says('the cloud heard "applied" (seq 1)');
    expect(viewOf(rootOf('robot-7'))).toEqual({ 'srv/a.json': '{}' });
    const [old, renewed] = world.activations;
    expect([old?.keeps_files, renewed?.keeps_files]).toEqual([undefined, true]);
    expect(renewed?.csr).not.toBe(old?.csr);
    expect(world.calls).toContain('POST /beta/devices/{id}/activation_token');
  });

  it('makes itself with a provisioning token', async () => {
    const { world, directory } = await startCloud();
    const { url, core } = world;
    const where = ['--url', url, '--ca', core.mqtt.caFile, '--dir', join(directory, 'elsewhere')];
    const robot = run('/nowhere', '--name', 'robot-9', '--provisioning-token', 'spt', ...where);
    await robot.says('activated as thing-spt');
    await robot.says('connected');
    expect(world.calls).toEqual(['POST /device/activation']);
    expect(world.activations).toMatchObject([{ token: 'spt', name: 'robot-9' }]);
  });

  it('says what to do when the key is not accepted, and when nobody answers', async () => {
    const { directory, world } = await startCloud();
    const refused = run(directory, '--name', 'r', '--url', world.url, '--api-key', 'wrong');
    expect(await refused.closed).toBe(1);
    expect(refused.output()).toContain('npm run keys -- create');
    const lost = run(directory, '--name', 'r', '--url', 'http://127.0.0.1:1', '--api-key', 'key');
    expect(await lost.closed).toBe(1);
    expect(lost.output()).toMatch(
      /^Nobody answers at http:\/\/127\.0\.0\.1:1: start the local cloud with "npm start"/,
    );
  });
});

describe('a device whose cloud does not answer', () => {
  const closedPort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  };

  it.each([
    [[], (url: string) => `nobody answers at ${url} (ECONNREFUSED); asking again in 5.0 s`],
    [
      ['--json'],
      (url: string) => `"event":"waiting","url":"${url}","reason":"ECONNREFUSED","retryInMs":5000}`,
    ],
  ])('says so, and when it asks again %j', { timeout: 30_000 }, async (args, line) => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const robot = run(temporaryFolder(), '--name', 'r', '--url', url, '--token', 't', ...args);
    await robot.says(line(url));
    robot.child.kill('SIGINT');
    expect(await robot.closed).toBe(0);
  });
});

describe('its settings', () => {
  const messageOf = (...args: string[]): unknown => {
    try {
      return readSettings(args, { SHADOWCAST_DIR: temporaryFolder() });
    } catch (error) {
      return error instanceof Error ? error.message : error;
    }
  };

  it.each([
    [[], 'A device needs a name.'],
    [['--name', 'robot-7'], 'No local cloud is running here'],
    [['--name', '../robot'], '"../robot" is no name for a device'],
    [['--name', 'r', '--count', '0'], '--count takes a whole number from 1 to 10000, not "0".'],
    [['--name', 'r', '--count', 'many'], '--count takes a whole number'],
    [['--name', 'r', '--url', 'http://x'], 'With --url comes --api-key, or --token'],
    [
      ['--name', 'r', '--url', 'http://x', '--api-key', 'k', '--ca', '/nowhere.pem'],
      'There is no file /nowhere.pem',
    ],
    [['--name', 'r', '--count', '2', '--url', 'http://x', '--token', 't'], 'A token is for one device'],
    [
      ['--name', 'r', '--count', '2', '--url', 'http://x', '--provisioning-token', 't'],
      'A token is for one device',
    ],
    [['--name', 'r', '--url', 'http://x', '--provisioning-token', 't', '--token', 't'], 'Either --token'],
    [
      ['--name', 'r', '--url', 'http://x', '--provisioning-token', 't', '--rotate'],
      'A provisioning token makes a new device',
    ],
    [['--nmae', 'r'], 'There is no option --nmae.'],
    [['--name', 'r', '--url', 'nonsense', '--token', 't'], '"nonsense" is none.'],
    [['--name', 'r', '--url', 'localhost:8080', '--token', 't'], '"localhost:8080" is none.'],
  ])('%j: %s', (args, message) => {
    expect(messageOf(...args)).toContain(message);
  });

  it('explain themselves', () => {
    expect(messageOf('--help')).toBe('help');
  });
});
