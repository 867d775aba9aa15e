// Scripts that really run: what they get, what they give back, and how each of them ends.
import { spawnSync } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Clock, systemClock } from '#device/agent/clock';
import { composeResult } from '#device/agent/software/compose-result';
import { defaultPath } from '#device/agent/software/environment';
import { execute } from '#device/agent/software/execute';
import { drainMs, graceMs, timeoutMaxMs } from '#device/agent/software/supervise';
import { type Run, result, resultBytesMax } from '#device/result';
import { temporaryFolder } from './support/device.ts';
import { runOf } from './support/offers.ts';
import { isAlive, written } from './support/processes.ts';
import { createVirtualClock } from './support/virtual-clock.ts';

const facts = {
  v: 1,
  seq: 1,
  deployment: 'dpl_1',
  manifest: `sha256:${'0'.repeat(64)}`,
  started_at: '2026-01-01T00:00:00.000Z',
  finished_at: '2026-01-01T00:00:00.000Z',
} as const;

interface Given extends Partial<Run> {
  readonly clock?: Clock;
  readonly folder?: string;
  readonly signal?: AbortSignal;
}

const run = async (config: string, given: Given = {}) => {
  const { clock = systemClock, folder = temporaryFolder(), signal, ...more } = given;
  const pids: number[] = [];
  const onSpawned = async (pid: number) => void pids.push(pid);
  const job = { run: runOf(config, more), place: join(folder, 'run'), path: defaultPath, clock, onSpawned };
  const ending = await execute(job, signal ?? new AbortController().signal);
  const composed = composeResult(facts, ending);
  expect(result.safeParse(composed).error).toBe(undefined);
  expect(Buffer.byteLength(JSON.stringify(composed))).toBeLessThanOrEqual(resultBytesMax);
  return { ...composed, folder, pids };
};

const declared = (...names: string[]) => names.map((name) => ({ name, error_output: false }));
describe('a script', () => {
  it('gives back what it printed, and its status', async () => {
    expect(await run('echo out; echo err >&2; exit 3')).toMatchObject({
      status_code: 3,
      stdout: 'out\n',
      stderr: 'err\n',
      outputs: {},
      trimmed: [],
    });
  });

  it.each<[string, string, string]>([
    ['without a first line, in /bin/sh', 'echo "$0" | tail -c 7', 'script\n'],
    ['in bash', '#!/bin/bash\ntest -n "$BASH_VERSION" && echo bash', 'bash\n'],
    ['with an argument', '#!/bin/sh -e\nfalse\necho never', ''],
    ['with blanks before the interpreter', '#! /bin/cat\ntext', '#! /bin/cat\ntext'],
    ['with env', '#!/usr/bin/env perl\nprint "perl\\n";', 'perl\n'],
    ['with several arguments, which the kernel takes as one', '#!/usr/bin/env -S sh -e\necho ok', 'ok\n'],
    ['of nothing', '', ''],
    ['without a last newline', '#!/bin/cat', '#!/bin/cat'],
  ])('%s', async (_, config, stdout) => expect((await run(config)).stdout).toBe(stdout));

  it('finds its inputs, a path and a home in its environment, and nothing of ours', async () => {
    process.env.OURS = 'secret';
    const inputs = {
      greeting: 'hello\nworld',
      json: '{"a":[1]}',
      'not-a-name': 'é',
      PATH: '/inputs/win:/bin',
    };
    const config = '#!/usr/bin/perl\nprint map { "$_=$ENV{$_}\\0" } sort keys %ENV;';
    const { stdout } = await run(config, { inputs });
    delete process.env.OURS;
    const found = Object.fromEntries(
      stdout
        .split('\0')
        .filter(Boolean)
        .map((line) => line.split(/=(.*)/s)),
    );
    expect(found).toEqual({
      ...inputs,
      HOME: process.env.HOME,
      heat_outputs_path: expect.stringMatching(/\/run\/outputs\/output$/),
    });
  });

  it('has a private place of its own', async () => {
    const { stdout, folder } = await run('pwd; umask >/dev/null; stat -c %a . .. "$0"; ls -A');
    expect(stdout).toBe(`${join(folder, 'run', 'work')}\n700\n700\n700\n`);
    expect(statSync(join(folder, 'run')).mode & 0o777).toBe(0o700);
  });

  it('reads nothing from the terminal', async () => {
    expect(await run('cat; echo end')).toMatchObject({ stdout: 'end\n', status_code: 0 });
  });

  it('that a signal ended says which', async () => {
    expect((await run('kill -SEGV $$')).status_code).toBe(128 + 11);
  });
});

describe('outputs', () => {
  it('are read from the files that it wrote, if they are declared', async () => {
    const config =
      'printf "a\\nb" > "$heat_outputs_path.one"; : > "$heat_outputs_path.empty"; echo x > "$heat_outputs_path.undeclared"';
    const { outputs } = await run(config, { outputs: declared('one', 'empty', 'absent') });
    expect(outputs).toEqual({ one: 'a\nb', empty: '' });
  });

  it('that say something went wrong are outputs like others: what they mean is the cloud’s business', async () => {
    const { outputs, status_code } = await run('echo broken > $heat_outputs_path.error', {
      outputs: [{ name: 'error', error_output: true }],
    });
    expect({ outputs, status_code }).toEqual({ outputs: { error: 'broken\n' }, status_code: 0 });
  });

  it('whose names no file can have are not read, and that is said', async () => {
    const names = ['../../etc/passwd', 'a/b', '', 'n\0l', 'x'.repeat(300), 'fine', '__proto__'];
    const config =
      'mkdir -p "$heat_outputs_path.a"; echo 1 > "$heat_outputs_path.a/b"; echo 2 > $heat_outputs_path.fine; echo 3 > $heat_outputs_path.__proto__';
    const { outputs, stderr, status_code } = await run(config, { outputs: declared(...names) });
    expect(Object.entries(outputs)).toEqual([
      ['fine', '2\n'],
      ['__proto__', '3\n'],
    ]);
    expect(stderr.match(/^shadowcast: the output .* was not read/gm)).toHaveLength(5);
    expect(status_code).toBe(0);
  });

  it('that are no files do not hold it up', async () => {
    const config =
      'mkfifo $heat_outputs_path.pipe; mkdir $heat_outputs_path.dir; ln -s /dev/zero $heat_outputs_path.zero; ln -s nowhere $heat_outputs_path.gone';
    expect((await run(config, { outputs: declared('pipe', 'dir', 'zero', 'gone') })).outputs).toEqual({});
  });

  it('lose their beginning when they are too long, and say so', async () => {
    const config =
      'head -c 3000000 /dev/zero | tr "\\0" a > $heat_outputs_path.long; printf END >> $heat_outputs_path.long; printf short > $heat_outputs_path.short';
    const { outputs, trimmed } = await run(config, { outputs: declared('long', 'short') });
    expect(outputs.short).toBe('short');
    expect(outputs.long).toMatch(/^a{125000,}END$/);
    expect(trimmed).toEqual(['long']);
  });
});

describe('what it prints', () => {
  it('may be 10 MB: its end is kept, and little memory is used', async () => {
    const before = process.memoryUsage().rss;
    const { stdout, stderr, trimmed, status_code } = await run(
      'yes 0123456789 | head -c 10000000; echo; echo the end; echo small >&2',
    );
    expect(status_code).toBe(0);
    expect(stdout).toMatch(/6789\n0123456789\n\d*\nthe end\n$/);
    expect(stdout.length).toBeGreaterThan(100_000);
    expect({ stderr, trimmed }).toEqual({ stderr: 'small\n', trimmed: ['stdout'] });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  it('shares the room: who needs little loses nothing', async () => {
    const config = 'yes o | head -c 500000; yes e | head -c 500000 >&2; echo kept > $heat_outputs_path.small';
    const { outputs, stdout, stderr, trimmed } = await run(config, { outputs: declared('small') });
    expect(outputs).toEqual({ small: 'kept\n' });
    expect(trimmed).toEqual(['stdout', 'stderr']);
    // A newline takes two bytes of JSON.
    for (const half of [stdout, stderr]) expect(Math.abs(half.length - 43_600)).toBeLessThan(300);
  });

  it('may be any bytes: what is no text is seen to be none', async () => {
    const { stdout } = await run("printf 'a\\377\\000b\\303\\251\\357\\277\\277\\033[31m'");
    expect(stdout).toBe('a\ufffd\0bé\ufffd\u001b[31m');
  });

  it('is cut between characters', async () => {
    const { stdout, trimmed } = await run("yes 'é€😀' | tr -d '\\n' | head -c 900000; printf '!'");
    expect(trimmed).toEqual(['stdout']);
    expect(stdout.slice(-40)).toMatch(/^(.*é€😀)+.*!$/u);
    expect(stdout).not.toContain('\ufffd\ufffd');
    expect(stdout.isWellFormed()).toBe(true);
    expect(stdout).toMatch(/^[é€😀]/u);
  });
});

describe('what cannot be run', () => {
  it.each<[string, string, Given, number, RegExp]>([
    ['of another group', 'x', { group: 'ansible' }, 127, /no tool for the group "ansible"; it has "script"/],
    [
      'with an interpreter that is not there',
      '#!/opt/nothing -x\n',
      {},
      127,
      /"\/opt\/nothing" of the script’s first line does not exist/,
    ],
    ['with a Windows line end', '#!/bin/sh\r\necho', {}, 127, /"\/bin\/sh\\r"/],
    ['with an interpreter that is none', '#!/etc/passwd\n', {}, 126, /may not be executed/],
    ['with text that is no UTF-8', 'echo \ud800', {}, 126, /no text that could be written as UTF-8/],
    [
      'with an input of an impossible name',
      'env',
      { inputs: { 'a=b': 'hidden' } },
      126,
      /the input "a=b" cannot be/,
    ],
    [
      'with an input of an impossible value',
      'env',
      { inputs: { a: 'hid\0den' } },
      126,
      /its value has a NUL in it/,
    ],
    [
      'with inputs larger than an environment',
      'env',
      { inputs: { a: 'hidden'.repeat(50_000) } },
      126,
      /larger than an environment/,
    ],
  ])('%s: %j', async (_, config, given, status, words) => {
    const { status_code, stdout, stderr, pids } = await run(config, given);
    expect({ status_code, stdout, pids }).toEqual({ status_code: status, stdout: '', pids: [] });
    expect(stderr).toMatch(words);
    expect(stderr).not.toMatch(/hid/);
  });

  it('in a place that cannot be written is said too', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'run'), 'in the way');
    const { status_code, stderr } = await run('true', { folder: join(folder, 'run') });
    expect(status_code).toBe(126);
    expect(stderr).toContain('ENOTDIR');
  });
});

describe('when its time is up', () => {
  /** Two children, of which one has left the group; none of them listens to a polite request. */
  const stubborn = (folder: string) => `trap '' TERM
(trap '' TERM; while :; do sleep 1000; done) &
setsid sh -c 'trap "" TERM; echo $$ > ${folder}/far; while :; do sleep 1000; done' &
echo started
while [ ! -s ${folder}/far ]; do :; done
echo $! > ${folder}/near
while :; do sleep 1000; done`;

  it('it is ended with everything it has started, even what does not listen', async () => {
    const clock = createVirtualClock();
    const folder = temporaryFolder();
    const running = run(stubborn(folder), { clock, folder, timeout_seconds: 7 });
    await written(join(folder, 'near'));
    clock.advance(6_999);
    expect(clock.delays()).toEqual([7_000]);
    clock.advance(1);
    await clock.waiting(graceMs);
    clock.advance(graceMs);
    const { status_code, stdout, stderr, pids } = await running;
    expect({ status_code, stdout }).toEqual({ status_code: 124, stdout: 'started\n' });
    expect(stderr).toContain('because it ran for longer than 7 s');
    for (const pid of [...pids, Number(await written(join(folder, 'far')))]) expect(isAlive(pid)).toBe(false);
    const left = spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout;
    expect(left).not.toContain(folder);
  });

  it('one that listens may say good-bye', async () => {
    const clock = createVirtualClock();
    const folder = temporaryFolder();
    const config = `trap 'echo bye; echo saved > $heat_outputs_path.state; exit 0' TERM; echo > ${folder}/on; echo x > ${folder}/on; while :; do sleep 0.01; done`;
    const running = run(config, { clock, folder, timeout_seconds: 1, outputs: declared('state') });
    await written(join(folder, 'on'));
    clock.advance(1000);
    expect(await running).toMatchObject({ status_code: 124, stdout: 'bye\n', outputs: { state: 'saved\n' } });
  });

  it('or the agent is stopped, it ends the same way with another status', async () => {
    const folder = temporaryFolder();
    const stop = new AbortController();
    const running = run(`echo x > ${folder}/on; sleep 1000`, { folder, signal: stop.signal });
    await written(join(folder, 'on'));
    stop.abort();
    const { status_code, stderr } = await running;
    expect(status_code).toBe(125);
    expect(stderr).toContain('the agent was stopped');
  });

  it('even a limit of years is one that a timer can hold', async () => {
    const clock = createVirtualClock();
    const running = run('cat /proc/self/stat >/dev/null; exit 0', { clock, timeout_seconds: 10 ** 12 });
    await clock.waiting(timeoutMaxMs);
    expect((await running).status_code).toBe(0);
    expect(timeoutMaxMs).toBeLessThan(2 ** 31);
  });
});

describe('what it leaves running', () => {
  it('is left alone, and does not hold up its result', async () => {
    const clock = createVirtualClock();
    const folder = temporaryFolder();
    const running = run(`sleep 1000 & echo $! > ${folder}/pid; echo done`, { clock, folder });
    await clock.waiting(drainMs);
    clock.advance(drainMs);
    const pid = Number(await written(join(folder, 'pid')));
    expect(await running).toMatchObject({ status_code: 0, stdout: 'done\n', stderr: '' });
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});
