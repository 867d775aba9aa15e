// A child of the local cloud never outlives it, whatever happens to the cloud.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startChild } from '#infra/local/child';
import { eventually, testFolder, writeIn } from './support/folder.ts';

const module = fileURLToPath(new URL('../../infra/local/child.ts', import.meta.url));

/** A zombie has ended, too: nobody has asked for its exit code yet. */
const isAlive = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};

/** A program that would sleep for ever, started by a parent of its own; resolves with both process ids. */
const givenParentAndChild = async () => {
  const folder = testFolder();
  writeIn(folder, {
    'parent.mjs': `import { startChild } from ${JSON.stringify(module)};
      const child = startChild(process.execPath, ['-e', 'console.log(process.pid); setInterval(() => {}, 1000)']);
      child.process.stdout.on('data', (chunk) => process.stdout.write(chunk));`,
  });
  const parent = spawn(process.execPath, [`${folder}/parent.mjs`], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, pid: Number(chunk.toString()) };
};

describe('a child', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('ends when its parent is ended with %s', async (signal) => {
    const { parent, pid } = await givenParentAndChild();
    expect(isAlive(pid)).toBe(true);

    parent.kill(signal);

    expect(
      await eventually(
        () => isAlive(pid),
        (alive) => !alive,
      ),
    ).toBe(false);
  });

  it('hands on its exit code', async () => {
    const child = startChild(process.execPath, ['-e', 'process.exit(7)']);

    expect(await child.exited).toBe(7);
  });

  it('may end in its own time when it is asked to stop', async () => {
    const code = `process.on('SIGTERM', () => setTimeout(() => process.exit(0), 100)); console.log('ready'); setInterval(() => {}, 1000)`;
    const child = startChild(process.execPath, ['-e', code]);
    if (child.process.stdout !== null) await once(child.process.stdout, 'data');

    await child.stop();

    expect(await child.exited).toBe(0);
  });

  it('is ended when it does not listen', async () => {
    const code = `process.on('SIGTERM', () => {}); console.log(process.pid); setInterval(() => {}, 1000)`;
    const child = startChild(process.execPath, ['-e', code]);
    const [chunk] = (await once(child.process.stdout ?? process.stdin, 'data')) as [Buffer];

    await child.stop();

    const pid = Number(chunk.toString());
    expect(
      await eventually(
        () => isAlive(pid),
        (alive) => !alive,
      ),
    ).toBe(false);
  });
});
