// Watches one process with all its children: until it ends by itself, its time is up, or the agent must go.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { type Clock, pause } from '../clock.ts';
import type { Command } from './command.ts';
import { endOrphans, signalGroup } from './processes.ts';
import { statusCodes } from './status-codes.ts';
import { keepTail } from './tail.ts';
import type { Text } from './text.ts';

export interface Supervised extends Command {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly place: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** As soon as there is a process, so that it can be ended even if nobody is left who knows it. */
  readonly onSpawned: (pid: number) => Promise<void>;
}

export interface Exit {
  readonly by: 'itself' | 'timeout' | 'stop';
  readonly status: number;
  readonly stdout: Text;
  readonly stderr: Text;
}

/** Between the polite request to end and the end. */
export const graceMs = 5_000;

/** Something that it started may hold its output open for ever: this long after its own end we listen no more. */
export const drainMs = 2_000;

/** As long as a timer can wait. */
export const timeoutMaxMs = 24 * 24 * 3600 * 1000;

const start = ({ file, args, cwd, env }: Supervised): ChildProcess =>
  // A group of its own: ended as one, and out of reach of a Ctrl-C that is meant for the agent.
  spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });

const statusOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? statusCodes.signalled + (signal ? constants.signals[signal] : 0);

type Ender = Exit['by'];

const firstOf = async (
  exited: Promise<unknown>,
  { clock, timeoutMs }: Supervised,
  signal: AbortSignal,
): Promise<Ender> => {
  const over = new AbortController();
  const stopped = AbortSignal.any([signal, over.signal]);
  const timedOut = pause(clock, Math.min(timeoutMs, timeoutMaxMs), stopped).then(
    (): Ender => (signal.aborted ? 'stop' : 'timeout'),
  );
  try {
    return await Promise.race([exited.then((): Ender => 'itself'), timedOut]);
  } finally {
    over.abort();
  }
};

/** Waits for something, but no longer than this. */
const atMost = async (clock: Clock, ms: number, waited: Promise<unknown>): Promise<void> => {
  const over = new AbortController();
  await Promise.race([waited, pause(clock, ms, over.signal)]).finally(() => over.abort());
};

/** Asked first, then made to: also what has left the group, and what does not listen. */
const endAll = async (leader: number, { clock, place }: Supervised, closed: Promise<unknown>) => {
  signalGroup(leader, 'SIGTERM');
  await atMost(clock, graceMs, closed);
  signalGroup(leader, 'SIGKILL');
  await endOrphans(place, undefined);
};

export const supervise = async (job: Supervised, signal: AbortSignal): Promise<Exit> => {
  const child = start(job);
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const closed = once(child, 'close').catch(() => {});
  const { stdout, stderr, pid } = child;
  if (!stdout || !stderr || pid === undefined) {
    // It never came to be: this throws why.
    await exited;
    throw new Error('It could not be started.');
  }
  const said = keepTail(stdout);
  const complained = keepTail(stderr);
  const noted = job.onSpawned(pid);
  const by = await firstOf(exited, job, signal);
  if (by !== 'itself') await endAll(pid, job, closed);
  const [code, ended] = await exited;
  await noted;
  await atMost(job.clock, drainMs, closed);
  for (const stream of [stdout, stderr]) stream.destroy();
  return { by, status: statusOf(code, ended), stdout: said(), stderr: complained() };
};
