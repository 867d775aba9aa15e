// The local cloud and its devices as processes of their own: to be killed as a machine's power kills them.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { LocalConfig } from '#infra/local/cloud';
import { eventually } from './folder.ts';

const minutes = 60_000;
const root = fileURLToPath(new URL('../../..', import.meta.url));

export const run = (directory: string, file: string, args: readonly string[]): ChildProcess => {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: root,
    env: { ...process.env, SHADOWCAST_DIR: directory },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
};

/** Resolves when it is ready. Ports: 0 is any. */
export const givenCloud = async (
  directory: string,
  ports: { readonly http: number; readonly mqtt: number },
) => {
  const file = join(directory, 'local.json');
  rmSync(file, { force: true });
  const args = ['--no-tour', '--port', String(ports.http), '--mqtt-port', String(ports.mqtt)];
  const child = run(directory, 'infra/local/main.ts', args);
  await eventually(() => existsSync(file), Boolean, 2 * minutes);
  return { child, config: JSON.parse(readFileSync(file, 'utf8')) as LocalConfig };
};
