// What was begun and how it ended, on the disk before anybody acts on it: so nothing runs twice, whenever the plug is pulled.
import type { Result } from '../../result.ts';
import type { RunTarget } from '../../shadow.ts';
import type { Disk } from '../files/disk.ts';
import { writeWhole } from '../files/disk-helpers.ts';
import { bury, clear, forget } from './bury.ts';
import { keyOf, layout, type StartRecord } from './layout.ts';
import type { Found } from './load.ts';
import type { ProcessId } from './processes.ts';

export interface Journal {
  /** The newest list that was ever heard of. */
  list(): RunTarget | undefined;
  /** It was begun at least; perhaps it has ended. */
  has(deployment: string): boolean;
  resultOf(deployment: string): Result | undefined;
  /** The folder for its script, its outputs and its working directory. */
  placeOf(deployment: string): string;
  keepList(list: RunTarget): Promise<void>;
  /** Only when this has resolved it may be started. */
  start(record: StartRecord): Promise<void>;
  /** So that it can be ended by whoever comes after us. */
  spawned(deployment: string, process: ProcessId): Promise<void>;
  finish(result: Result): Promise<void>;
  /** Results whose pointers have left the list are given away; that they ran is remembered. */
  buryExcept(deployments: ReadonlySet<string>): Promise<void>;
}

/** Deployments that ended long ago are forgotten at last: as many as a cloud keeps waiting may come back from its backup. */
const buriedMax = 512;

type Entry = 'begun' | { readonly result: Result; readonly isBuried: boolean };

export const createJournal = (disk: Disk, dir: string, found: Found): Journal => {
  const at = layout(dir);
  const entries = new Map<string, Entry>(found.entries);
  let { list } = found;

  const bodies = (): [string, Result][] =>
    [...entries].flatMap(([key, entry]): [string, Result][] =>
      entry !== 'begun' && !entry.isBuried ? [[key, entry.result]] : [],
    );

  const forgetOldest = async (): Promise<void> => {
    const buried = [...entries].flatMap(([key, entry]) => (entry !== 'begun' && entry.isBuried ? [key] : []));
    for (const key of buried.slice(0, Math.max(0, buried.length - buriedMax))) {
      await forget(disk, at.entry(key));
      entries.delete(key);
    }
  };

  return {
    list: () => list,
    has: (deployment) => entries.has(keyOf(deployment)),
    resultOf: (deployment) => {
      const entry = entries.get(keyOf(deployment));
      return entry === undefined || entry === 'begun' ? undefined : entry.result;
    },
    placeOf: (deployment) => at.entry(keyOf(deployment)).place,
    keepList: async (next) => {
      await writeWhole(disk, at.list, JSON.stringify(next));
      list = next;
    },
    start: async (record) => {
      const key = keyOf(record.deployment);
      await disk.makeDir(at.entry(key).dir);
      await disk.syncDir(at.runs);
      await writeWhole(disk, at.entry(key).started, JSON.stringify(record));
      entries.set(key, 'begun');
    },
    // Not synced: after a loss of power there is no such process any more.
    spawned: (deployment, process) =>
      disk.write(at.entry(keyOf(deployment)).process, Buffer.from(JSON.stringify(process)), 0o600),
    finish: async (result) => {
      const key = keyOf(result.deployment);
      // It has ended, whether or not the disk can keep that.
      entries.set(key, { result, isBuried: false });
      await writeWhole(disk, at.entry(key).result, JSON.stringify(result));
      await clear(at.entry(key));
    },
    buryExcept: async (deployments) => {
      const listed = new Set([...deployments].map(keyOf));
      for (const [key, result] of bodies()) {
        if (listed.has(key)) continue;
        const remains = await bury(disk, at.entry(key), result);
        // Deleted first, so that the order is that of the burials.
        entries.delete(key);
        entries.set(key, { result: remains, isBuried: true });
      }
      await forgetOldest();
    },
  };
};
