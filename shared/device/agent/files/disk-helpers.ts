// Steps that are made of the disk's single ones, so that each of them can still be interrupted in the middle.
import { dirname, join } from 'node:path';
import type { Disk } from './disk.ts';

/** A file that is there whole or not at all, also after a loss of power. */
export const writeWhole = async (
  disk: Disk,
  path: string,
  content: Uint8Array | string,
  mode = 0o644,
): Promise<void> => {
  const beside = `${path}.tmp`;
  await disk.remove(beside);
  await disk.write(beside, Buffer.from(content), mode);
  await disk.syncFile(beside);
  await disk.rename(beside, path);
  await disk.syncDir(dirname(path));
};

/** Makes every directory from `top` down to `path`, both included; `top`'s parent exists. */
export const makeDirs = async (disk: Disk, top: string, path: string): Promise<void> => {
  if (path !== top) await makeDirs(disk, top, dirname(path));
  await disk.makeDir(path);
};

/** Removes what lies at a path, whatever it is. Links are removed, not followed. */
export const removeTree = async (disk: Disk, path: string): Promise<void> => {
  if ((await disk.kind(path)) !== 'directory') return disk.remove(path);
  for (const name of await disk.list(path)) await removeTree(disk, join(path, name));
  await disk.removeDir(path);
};
