// A disk whose plug is pulled after any given step: everything after it fails, and what was not synced may be lost.
import { existsSync, lstatSync, mkdirSync, renameSync, truncateSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Disk, realDisk } from '#device/agent/files/disk';

export class PlugPulled extends Error {}

/** `kill`: the process dies, what it did stays. `power`: so does the machine, and only what was synced stays. */
export type Crash = 'kill' | 'power';

interface Undo {
  /** The directory whose sync makes the step durable. */
  readonly dir: string;
  readonly undo: () => void;
}

/** Steps that change something; reading cannot be caught in the middle. */
const changes = ['makeDir', 'write', 'syncFile', 'syncDir', 'link', 'rename', 'remove', 'removeDir'] as const;

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

/** For what is not under test: nobody pulls its plug, so it need not wait for the platter. */
export const hastyDisk: Disk = { ...realDisk, syncFile: async () => {}, syncDir: async () => {} };

export interface FailingDisk {
  readonly disk: Disk;
  /** Steps that were carried out. */
  readonly steps: () => number;
  /** What the machine forgets when it loses its power; only for `power`. */
  readonly loseUnsynced: () => void;
}

/** Carries out so many steps and no more; the last one may be torn, if it is a write. */
export const failingDisk = (stepsMax: number, trash: string): FailingDisk => {
  let steps = 0;
  let undos: Undo[] = [];
  let unsyncedFiles: string[] = [];
  let bin = 0;

  /** What is removed or overwritten goes to the bin, from where a loss of power fetches it back. */
  const toBin = (path: string): (() => void) => {
    if (!isThere(path)) return () => {};
    bin += 1;
    const place = join(trash, String(bin));
    mkdirSync(trash, { recursive: true });
    renameSync(path, place);
    return () => renameSync(place, path);
  };
  const remember = (path: string, undo: () => void) => undos.push({ dir: dirname(path), undo });

  const tear = async (path: string, content: Uint8Array, mode: number): Promise<void> =>
    realDisk.write(path, content.subarray(0, content.length / 2), mode);

  const tracked: Disk = {
    ...realDisk,
    makeDir: async (path) => {
      const wasThere = isThere(path);
      await realDisk.makeDir(path);
      if (!wasThere) remember(path, () => toBin(path));
    },
    write: async (path, content, mode) => {
      await realDisk.write(path, content, mode);
      unsyncedFiles.push(path);
      remember(path, () => toBin(path));
    },
    syncFile: async (path) => {
      unsyncedFiles = unsyncedFiles.filter((file) => file !== path);
    },
    syncDir: async (path) => {
      undos = undos.filter(({ dir }) => dir !== path);
    },
    link: async (text, path) => {
      await realDisk.link(text, path);
      remember(path, () => unlinkSync(path));
    },
    rename: async (from, to) => {
      const restore = toBin(to);
      await realDisk.rename(from, to);
      unsyncedFiles = unsyncedFiles.map((file) => (file === from ? to : file));
      remember(to, () => {
        renameSync(to, from);
        restore();
      });
    },
    remove: async (path) => {
      remember(path, toBin(path));
    },
    removeDir: async (path) => {
      const gone = await realDisk.removeDir(path);
      if (gone) remember(path, () => mkdirSync(path));
      return gone;
    },
  };

  const refuse = (): never => {
    throw new PlugPulled(`after step ${stepsMax}`);
  };
  const counted = <Name extends (typeof changes)[number]>(name: Name): Disk[Name] => {
    const run = tracked[name] as (...args: never[]) => Promise<unknown>;
    const step = async (...args: never[]) => {
      if (steps === stepsMax && name === 'write')
        await tear(...(args as unknown as Parameters<Disk['write']>)).catch(refuse);
      if (steps >= stepsMax) refuse();
      steps += 1;
      return run(...args);
    };
    return step as Disk[Name];
  };

  return {
    disk: { ...tracked, ...Object.fromEntries(changes.map((name) => [name, counted(name)])) },
    steps: () => steps,
    loseUnsynced: () => {
      for (const file of unsyncedFiles) if (existsSync(file)) truncateSync(file);
      for (const { undo } of undos.reverse()) undo();
    },
  };
};
