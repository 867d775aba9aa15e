// The bootstrap's words: one plain sentence and exit code 1, before anything is installed or started.
import { spawnSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startOptions } from '#infra/local/options';
import { testFolder, writeIn } from './support/folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bootstrap = 'infra/local/run.mjs';

/** Makes a Node say that it is another version. */
const pretending = (version: string): string =>
  `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, said: `${stdout}${stderr}`.trim() };
};

/** A PATH with Node alone and, perhaps, a Java of some version. */
const pathWith = (java?: string): string => {
  const folder = testFolder();
  symlinkSync(process.execPath, join(folder, 'node'));
  if (java === undefined) return folder;
  writeIn(folder, { java: `#!/bin/sh\necho '${java}' >&2\n` });
  chmodSync(join(folder, 'java'), 0o755);
  return folder;
};

describe('the bootstrap', () => {
  it('refuses an old Node in one sentence', () => {
    const { status, said } = run(['--import', pretending('18.19.1'), bootstrap, 'infra/local/main.ts']);

    expect(status).toBe(1);
    expect(said).toBe(
      'Shadowcast needs Node.js 20 or newer, and this is 18.19.1: install a newer one from https://nodejs.org and run the command again.',
    );
  });

  it.each([
    ['no Java', undefined, 'there is no working `java` on the PATH'],
    ['Java 8', 'java version "1.8.0_292"', 'this is Java 8'],
    ['Java 11', 'openjdk version "11.0.20" 2023-07-18', 'this is Java 11'],
  ])('refuses to start with %s in one sentence', (_what, java, found) => {
    const { status, said } = run([bootstrap, 'infra/local/main.ts'], { PATH: pathWith(java) });

    expect(status).toBe(1);
    expect(said.split('\n')).toHaveLength(1);
    expect(said).toContain(
      `needs Java 17 or newer (DynamoDB Local is a Java program), and ${found}: install one`,
    );
  });

  it('needs no Java for what does not start the cloud', () => {
    const { said } = run([bootstrap, 'nothing-of-this-name'], { PATH: pathWith() });

    expect(said).toBe('There is no tool named "nothing-of-this-name" in node_modules/.bin.');
  });

  it('runs a tool with its arguments and hands on its exit code', () => {
    const { status, said } = run([bootstrap, 'tsc', '--version', '--unknown-option']);

    expect(said).toMatch(/Version|Unknown compiler option/);
    expect(status).not.toBeNull();
  });
});

describe('npm start', () => {
  it('knows its options', () => {
    const args = ['--port', '9090', '--mqtt-port', '0', '--fresh', '--devices', '50', '--no-tour'];

    expect(startOptions(args)).toEqual({ port: 9090, mqttPort: 0, fresh: true, devices: 50, tour: false });
  });

  it('has defaults', () => {
    expect(startOptions([])).toEqual({ port: 8080, mqttPort: 8883, fresh: false, devices: 0, tour: true });
  });

  it.each([
    [['--prot', '9090'], "Unknown option '--prot': npm start takes --port <number>"],
    [['--port', 'web'], '--port must be a whole number from 0 to 65535, and "web" is not.'],
    [['--devices', '-1'], '--devices'],
    [['here'], "Unexpected argument 'here'"],
  ])('answers %j with a sentence', (args, expected) => {
    expect(() => startOptions(args)).toThrow(expected);
  });

  it('says so and exits with 1', () => {
    const { status, said } = run([bootstrap, 'infra/local/main.ts', '--prot', '9090']);

    expect(status).toBe(1);
    expect(said.split('\n')).toHaveLength(1);
    expect(said).toContain("Unknown option '--prot'");
  });
});
