// What a start finds on the disk. What was begun and has no end was cut off: that is its end, and whatever still runs of it is ended too.
import type { z } from 'zod';
import { type Result, result } from '../../result.ts';
import { protocolVersion, type RunTarget, runTarget } from '../../shadow.ts';
import { digestOf } from '../digest.ts';
import type { Disk } from '../files/disk.ts';
import { writeWhole } from '../files/disk-helpers.ts';
import { clear, type EntryLayout, finishBurial, forget } from './bury.ts';
import { layout, type StartRecord, startRecord } from './layout.ts';
import { endOrphans, processId } from './processes.ts';
import { statusCodes } from './status-codes.ts';

type FoundEntry = { readonly result: Result; readonly isBuried: boolean };

export interface Found {
  readonly list: RunTarget | undefined;
  /** By key; those that were buried in the order in which they ended. */
  readonly entries: readonly (readonly [string, FoundEntry])[];
  /** What was cut off, each reported as failed from now on. */
  readonly interrupted: readonly Result[];
}

const read = async <Value>(
  disk: Disk,
  path: string,
  schema: z.ZodType<Value>,
): Promise<Value | undefined> => {
  const content = await disk.read(path);
  if (!content) return undefined;
  try {
    return schema.safeParse(JSON.parse(content.toString())).data;
  } catch {
    return undefined;
  }
};

const cutOff =
  'shadowcast: the agent or its machine went down while this ran. It is not run again: nobody knows how far it came.\n';

const interruption = (record: StartRecord, now: number): Result => ({
  v: protocolVersion,
  seq: record.seq,
  deployment: record.deployment,
  manifest: record.manifest,
  outputs: {},
  stdout: '',
  stderr: cutOff,
  status_code: statusCodes.interrupted,
  trimmed: [],
  started_at: record.started_at,
  finished_at: new Date(now).toISOString(),
});

/** A record that cannot be read says still that something was started here: whose it was says the folder's name. */
const unreadable = (now: number): StartRecord => ({
  seq: 0,
  deployment: '',
  manifest: digestOf(''),
  started_at: new Date(now).toISOString(),
});

const interrupt = async (disk: Disk, entry: EntryLayout, now: number): Promise<Result> => {
  const found = await read(disk, entry.process, processId);
  await endOrphans(entry.place, found);
  const record = (await read(disk, entry.started, startRecord)) ?? unreadable(now);
  const ended = interruption(record, now);
  // A disk that cannot keep it must not keep the agent from starting: the next start finds the same.
  await writeWhole(disk, entry.result, JSON.stringify(ended)).catch(() => {});
  return ended;
};

type EntryState = { readonly entry: FoundEntry; readonly isInterrupted: boolean } | undefined;

const loadEntry = async (disk: Disk, entry: EntryLayout, now: number): Promise<EntryState> => {
  const buried = await read(disk, entry.buried, result);
  if (buried) {
    await finishBurial(disk, entry);
    return { entry: { result: buried, isBuried: true }, isInterrupted: false };
  }
  const ended = await read(disk, entry.result, result);
  if (ended) {
    await clear(entry);
    return { entry: { result: ended, isBuried: false }, isInterrupted: false };
  }
  if ((await disk.kind(entry.started)) === 'absent') {
    // The folder was made, and nothing was started in it.
    await forget(disk, entry);
    return undefined;
  }
  const cut = await interrupt(disk, entry, now);
  await clear(entry);
  return { entry: { result: cut, isBuried: false }, isInterrupted: true };
};

const byEnd = (a: readonly [string, FoundEntry], b: readonly [string, FoundEntry]): number =>
  Date.parse(a[1].result.finished_at) - Date.parse(b[1].result.finished_at);

export const load = async (disk: Disk, dir: string, now: number): Promise<Found> => {
  const at = layout(dir);
  const entries: [string, FoundEntry][] = [];
  const interrupted: Result[] = [];
  for (const key of await disk.list(at.runs)) {
    const state = await loadEntry(disk, at.entry(key), now);
    if (!state) continue;
    entries.push([key, state.entry]);
    if (state.isInterrupted) interrupted.push(state.entry.result);
  }
  return { list: await read(disk, at.list, runTarget), entries: entries.sort(byEnd), interrupted };
};
