// The processes of a run, also those that nobody waits for: found by what they inherited, and ended.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { outputsPrefix, outputsVariable } from './outputs.ts';

/** A pid is used again and again; with the time it started, in ticks since this boot, it is one process. */
export const processId = z.object({ pid: z.number().int().positive(), start: z.string(), boot: z.string() });
export type ProcessId = z.infer<typeof processId>;

interface Running {
  readonly pid: number;
  readonly group: number;
  readonly start: string;
  /** Ended, and only not yet collected by its parent. */
  readonly isDead: boolean;
}

const readText = (path: string): Promise<string | undefined> =>
  readFile(path, 'latin1').catch(() => undefined);

/** `pid (name) state ppid pgrp … starttime …`; the name may contain anything, so we count from its end. */
const inspect = async (pid: number): Promise<Running | undefined> => {
  const text = await readText(`/proc/${pid}/stat`);
  const [state, , group, ...rest] = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  const start = rest[16];
  if (start === undefined) return undefined;
  return { pid, group: Number(group), start, isDead: state === 'Z' || state === 'X' };
};

const bootId = async (): Promise<string | undefined> =>
  (await readText('/proc/sys/kernel/random/boot_id'))?.trim();

/** Undefined where there is no /proc, or where it is gone already. */
export const identify = async (pid: number): Promise<ProcessId | undefined> => {
  const [running, boot] = await Promise.all([inspect(pid), bootId()]);
  return running && boot !== undefined ? { pid, start: running.start, boot } : undefined;
};

/** False when somebody else is faster. */
const send = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
};

/** A whole process group, by the pid of its leader. */
export const signalGroup = (leader: number, signal: NodeJS.Signals): boolean => send(-leader, signal);

const running = async (): Promise<Running[]> => {
  const names = await readdir('/proc').catch((): string[] => []);
  const found = await Promise.all(
    names.filter((name) => /^\d+$/.test(name)).map((pid) => inspect(Number(pid))),
  );
  // An agent that a script has started must not end itself.
  return found.filter((one) => one !== undefined).filter(({ pid, isDead }) => pid !== process.pid && !isDead);
};

/** Every child inherits where its outputs belong, unless it takes care not to: also one that left the group. */
const inherited = async (pid: number, place: string): Promise<boolean> => {
  const environment = await readText(join('/proc', String(pid), 'environ'));
  const mark = Buffer.from(`${outputsVariable}=${outputsPrefix(place)}`).toString('latin1');
  return environment?.split('\0').includes(mark) ?? false;
};

const orphansOf = async (place: string, leader: ProcessId | undefined): Promise<number[]> => {
  const all = await running();
  const isOurs = leader !== undefined && leader.boot === (await bootId());
  const isLeader = ({ pid, start }: Running) => isOurs && pid === leader.pid && start === leader.start;
  const marked = await Promise.all(all.map(({ pid }) => inherited(pid, place)));
  // Nobody can join a group of another session, and the session began with the run: who is in a group with one of it is of it.
  const groups = new Set(
    all.filter((one, index) => marked[index] || isLeader(one)).map(({ group }) => group),
  );
  return all.flatMap(({ pid, group }) => (groups.has(group) ? [pid] : []));
};

/** Somebody who forks faster than we look is looked at again; somebody whom we may not end is left at last. */
const roundsMax = 50;

/** Ends what is left of a run. What its script has meant to stay is not left: this is for runs that were cut off. */
export const endOrphans = async (place: string, leader: ProcessId | undefined): Promise<void> => {
  for (let round = 0; round < roundsMax; round += 1) {
    const orphans = await orphansOf(place, leader);
    if (orphans.length === 0) return;
    for (const pid of orphans) send(pid, 'SIGKILL');
  }
};
