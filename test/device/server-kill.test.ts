// A real server and a real kill -9 while a real script runs: no script ever runs twice, and none goes on without its agent.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { outputsPrefix, outputsVariable } from '#device/agent/software/outputs';
import { endOrphans, identify } from '#device/agent/software/processes';
import type { Result } from '#device/result';
import { temporaryFolder } from './support/device.ts';
import { endProcess, isAlive, written } from './support/processes.ts';

const victim = new URL('./support/server-victim.ts', import.meta.url).pathname;
const cycles = Number(process.env.SERVER_KILLS ?? 6);

/** A server, what it says to wait for, and its end. */
const startVictim = (root: string, from: number, to: number, config: string) => {
  const args = [victim, root, `${from}`, `${to}`, config];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const words: string[] = [];
  const lookers = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    words.push(line);
    for (const look of lookers) look();
  });
  const gave = (): Result[] =>
    words.filter((word) => word.startsWith('gave ')).map((word) => JSON.parse(word.slice(5)));
  const first = <Found>(find: () => Found | undefined): Promise<Found> =>
    new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        lookers.delete(look);
        resolve(found);
      };
      lookers.add(look);
      look();
    });
  const gives = (seq: number) => first(() => gave().find((result) => result.seq === seq));
  const speaks = () => first(() => words.at(0));
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };
  return { gave, gives, kill, speaks, words };
};

describe('a server that is killed while a script runs', { timeout: 60_000 }, () => {
  it('ends what is left of it, says so, and goes on with the next', async () => {
    const folder = temporaryFolder();
    const root = join(folder, 'root');
    // One child of the group that knows nothing of us, one that has left the group; both would run for ever.
    const config = `echo #N# >> ${folder}/count
trap '' TERM
env -i sh -c 'trap "" TERM; echo $$ > ${folder}/near-#N#; while :; do sleep 1; done' &
setsid sh -c 'trap "" TERM; echo $$ > ${folder}/far-#N#; while :; do sleep 1; done' &
echo $$ > ${folder}/pid-#N#
for file in near-#N# far-#N# go-#N#; do while [ ! -s ${folder}/$file ]; do sleep 0.02; done; done
kill -9 $(cat ${folder}/near-#N#) $(cat ${folder}/far-#N#)
echo ended #N#`;
    // Whatever becomes of this test, nobody is left behind.
    onTestFinished(() => {
      for (const file of readdirSync(folder).filter((name) => /^(near|far|pid)-/.test(name)))
        endProcess(Number(readFileSync(join(folder, file), 'utf8')), folder);
    });
    // The third is not told before the second is dead: nobody begins it and is killed.
    const first = startVictim(root, 1, 2, config);
    const pids = await Promise.all(['near-1', 'far-1', 'pid-1'].map((name) => written(join(folder, name))));
    await first.kill();
    expect(pids.map((pid) => isAlive(Number(pid)))).toEqual([true, true, true]);

    const second = startVictim(root, 1, 2, config);
    const cutOff = await second.gives(1);
    expect(cutOff).toMatchObject({ status_code: 125, stdout: '', outputs: {} });
    expect(cutOff.stderr).toContain('went down while this ran');
    expect(pids.map((pid) => isAlive(Number(pid)))).toEqual([false, false, false]);
    await written(join(folder, 'far-2'));
    writeFileSync(join(folder, 'go-2'), 'go');
    expect(await second.gives(2)).toMatchObject({ status_code: 0, stdout: 'ended 2\n' });
    await second.kill();

    writeFileSync(join(folder, 'go-3'), 'go');
    const third = startVictim(root, 1, 3, config);
    expect(await third.gives(2)).toMatchObject({ status_code: 0, stdout: 'ended 2\n' });
    await third.gives(3);
    expect(readFileSync(join(folder, 'count'), 'utf8')).toBe('1\n2\n3\n');
  });
});

it(`runs nothing twice in ${cycles} kills at any moment`, { timeout: cycles * 10_000 }, async () => {
  const folder = temporaryFolder();
  const root = join(folder, 'root');
  const count = join(folder, 'count');
  const config = `echo #N# >> ${count}; sleep 0.03; echo ended #N#`;
  const told = new Map<number, string>();
  let next = 1;
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    const { gave, kill, speaks, words } = startVictim(root, next, next + 7, config);
    await speaks();
    const longerMs = Math.random() * 300;
    await new Promise((resolve) => setTimeout(resolve, longerMs));
    await kill();
    expect(words.filter((word) => word.startsWith('trouble'))).toEqual([]);
    for (const { seq, status_code, stdout } of gave()) {
      const story = `${status_code} ${stdout}`;
      expect(told.get(seq) ?? story, `${seq} in cycle ${cycle}`).toBe(story);
      told.set(seq, story);
    }
    while (told.has(next)) next += 1;
  }
  const last = startVictim(root, next, next, config);
  await last.gives(next);
  const ran = readFileSync(count, 'utf8').trim().split('\n').map(Number);
  expect(ran).toEqual([...new Set(ran)].sort((a, b) => a - b));
  for (const [seq, story] of told) {
    expect([`0 ended ${seq}\n`, '125 ']).toContain(story);
    if (story.startsWith('0')) expect(ran).toContain(seq);
  }
  // It did get on with its work in between.
  expect(next).toBeGreaterThan(cycles / 4);
});

describe('an orphan', () => {
  const sleeper = async () => {
    const child = spawn('/bin/sleep', ['1000'], { detached: true, env: {}, stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    const process = await identify(child.pid ?? 0);
    if (!process) throw new Error('There is no /proc.');
    return { child, process };
  };

  it('is known by its pid and the time of its start', async () => {
    const { child, process } = await sleeper();
    await endOrphans('/nowhere', process);
    expect(isAlive(process.pid)).toBe(false);
    expect(child.killed).toBe(false);
  });

  it('is known by what it inherited, and so is everybody in its group', async () => {
    const folder = temporaryFolder();
    const script = 'env -i sh -c "echo \\$\\$ > $0/child; sleep 1000; :" & echo $$ > "$0/leader"; wait';
    const env = { PATH: process.env.PATH, [outputsVariable]: outputsPrefix(folder) };
    const child = spawn('/bin/sh', ['-c', script, folder], { detached: true, env, stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const pids = await Promise.all(['leader', 'child'].map((name) => written(join(folder, name))));
    await endOrphans(temporaryFolder(), undefined);
    expect(pids.map((pid) => isAlive(Number(pid)))).toEqual([true, true]);
    await endOrphans(folder, undefined);
    expect(pids.map((pid) => isAlive(Number(pid)))).toEqual([false, false]);
  });

  it.each([{ start: '1' }, { boot: 'another' }])('is not whoever has its pid now: %j', async (other) => {
    const { process } = await sleeper();
    await endOrphans('/nowhere', { ...process, ...other });
    expect(isAlive(process.pid)).toBe(true);
    expect(existsSync(`/proc/${process.pid}`)).toBe(true);
  });
});
