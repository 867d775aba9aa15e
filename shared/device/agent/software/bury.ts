// What is left of a result that nobody waits for any more: that it ran, and how it ended. Should its pointer come back, it is not run again.
import { rm } from 'node:fs/promises';
import type { Result } from '../../result.ts';
import type { Disk } from '../files/disk.ts';
import { writeWhole } from '../files/disk-helpers.ts';
import type { layout } from './layout.ts';

export type EntryLayout = ReturnType<ReturnType<typeof layout>['entry']>;

const notKept = 'shadowcast: it ran before, and what it gave back was not kept after that.\n';

const remainsOf = (result: Result): Result => ({
  ...result,
  outputs: {},
  stdout: '',
  stderr: notKept,
  trimmed: [...new Set([...Object.keys(result.outputs), 'stdout', 'stderr'])],
});

/** Everything of it that is not the journal. What cannot be removed stays: it is in nobody's way. */
export const clear = (entry: EntryLayout): Promise<void> =>
  rm(entry.place, { recursive: true, force: true }).catch(() => {});

const clearRecords = async (disk: Disk, entry: EntryLayout): Promise<void> => {
  for (const path of [entry.result, entry.process, entry.started]) await disk.remove(path);
};

/** Repeatable: whoever finds the stone does the rest. */
export const finishBurial = async (disk: Disk, entry: EntryLayout): Promise<void> => {
  await clear(entry);
  await clearRecords(disk, entry);
};

/** The stone stands before the rest is taken away: at every moment something says that it ran. */
export const bury = async (disk: Disk, entry: EntryLayout, result: Result): Promise<Result> => {
  const remains = remainsOf(result);
  await writeWhole(disk, entry.buried, JSON.stringify(remains));
  await finishBurial(disk, entry);
  return remains;
};

/** The stone goes last. */
export const forget = async (disk: Disk, entry: EntryLayout): Promise<void> => {
  await finishBurial(disk, entry);
  await disk.remove(entry.buried);
  await disk.removeDir(entry.dir);
};
