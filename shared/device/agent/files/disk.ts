// The few things the agent does to a disk, one method per step that can be interrupted: tests pull the plug between any two.
import type { Stats } from 'node:fs';
import {
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  realpath,
  rename,
  rmdir,
  symlink,
  unlink,
} from 'node:fs/promises';

export type Kind = 'absent' | 'file' | 'directory' | 'link' | 'other';

export interface Disk {
  kind(path: string): Promise<Kind>;
  read(path: string): Promise<Buffer | undefined>;
  readLink(path: string): Promise<string | undefined>;
  list(path: string): Promise<string[]>;
  realPath(path: string): Promise<string>;
  /** One level; it may exist already. */
  makeDir(path: string): Promise<void>;
  /** A new file, or a new content of an old one. Not durable before `syncFile`. */
  write(path: string, content: Uint8Array, mode: number): Promise<void>;
  syncFile(path: string): Promise<void>;
  /** Makes names in a directory durable: those that were added, renamed and removed. */
  syncDir(path: string): Promise<void>;
  link(text: string, path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** Only an empty directory goes; says whether it did. */
  removeDir(path: string): Promise<boolean>;
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** Runs it, and answers with the fallback if it fails with one of these codes. */
const unless = async <Value, Fallback>(codes: string[], fallback: Fallback, run: () => Promise<Value>) => {
  try {
    return await run();
  } catch (error) {
    if (codes.includes(String(codeOf(error)))) return fallback;
    throw error;
  }
};

const absent = ['ENOENT', 'ENOTDIR'];

const kindOf = (stats: Stats): Kind => {
  if (stats.isSymbolicLink()) return 'link';
  if (stats.isDirectory()) return 'directory';
  return stats.isFile() ? 'file' : 'other';
};

const sync = async (path: string): Promise<void> => {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const write = async (path: string, content: Uint8Array, mode: number): Promise<void> => {
  const handle = await open(path, 'w', mode);
  try {
    await handle.writeFile(content);
  } finally {
    await handle.close();
  }
};

export const realDisk: Disk = {
  kind: (path) => unless(absent, 'absent', async () => kindOf(await lstat(path))),
  read: (path) => unless(absent, undefined, () => readFile(path)),
  readLink: (path) => unless([...absent, 'EINVAL'], undefined, () => readlink(path)),
  list: (path) => unless(absent, [], () => readdir(path)),
  realPath: (path) => realpath(path),
  makeDir: (path) => unless(['EEXIST'], undefined, () => mkdir(path)),
  write,
  syncFile: sync,
  syncDir: sync,
  link: (text, path) => symlink(text, path),
  rename: (from, to) => rename(from, to),
  remove: (path) => unless(absent, undefined, () => unlink(path)),
  removeDir: (path) =>
    unless([...absent, 'ENOTEMPTY', 'EEXIST'], false, async () => {
      await rmdir(path);
      return true;
    }),
};
