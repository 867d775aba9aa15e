// Where a channel keeps its sets of files: one directory per set, a record of what is in it, and one link that says which set is in force.
import { join } from 'node:path';
import * as z from 'zod';
import { digest } from '../../shadow.ts';
import type { Disk } from './disk.ts';
import { writeWhole } from './disk-helpers.ts';

/** The agent's own directory, inside of the channel's root: root and store are mounted, moved and removed as one. */
export const storeName = '.shadowcast';

const recordedItem = z.object({
  path: z.string(),
  digest,
  size: z.number(),
  /** In hex. */
  salt: z
    .string()
    .regex(/^([0-9a-f]{2})+$/)
    .optional(),
});
export type RecordedItem = z.infer<typeof recordedItem>;

/**
 * The journal. It is written before anything outside of the store is touched, so that the disk can always be made to
 * agree with `current`, forwards or backwards, by whoever finds it after a crash.
 */
export const setRecord = z.object({
  seq: z.number().int().nonnegative(),
  deployment: z.string(),
  manifest: digest,
  attempt: z.number().int(),
  items: z.array(recordedItem),
  /** Directories that were made for this set, or for one before it: they go when they are empty and not needed. */
  dirs: z.array(z.string()),
});
export type SetRecord = z.infer<typeof setRecord>;

export interface Store {
  readonly disk: Disk;
  /** Real paths, both. */
  readonly root: string;
  readonly dir: string;
}

export const layout = ({ dir }: Pick<Store, 'dir'>) => {
  const setDir = (name: string) => join(dir, 'sets', name);
  return {
    sets: join(dir, 'sets'),
    current: join(dir, 'current'),
    next: join(dir, 'current.next'),
    report: join(dir, 'report.json'),
    setDir,
    files: (name: string) => join(setDir(name), 'files'),
    record: (name: string) => join(setDir(name), 'record.json'),
    /** The text of the link `current`. */
    currentText: (name: string) => `sets/${name}/files`,
  };
};

const parseRecord = (content: Buffer): SetRecord | undefined => {
  try {
    return setRecord.safeParse(JSON.parse(content.toString())).data;
  } catch {
    return undefined;
  }
};

export const writeRecord = (store: Store, name: string, record: SetRecord): Promise<void> =>
  writeWhole(store.disk, layout(store).record(name), JSON.stringify(record));

const readRecord = async (store: Store, name: string): Promise<SetRecord | undefined> => {
  const content = await store.disk.read(layout(store).record(name));
  return content && parseRecord(content);
};

export interface NamedSet {
  readonly name: string;
  /** Absent when the set was never finished, or when its record cannot be read. */
  readonly record: SetRecord | undefined;
}

export const setNames = (store: Store): Promise<string[]> => store.disk.list(layout(store).sets);

export const readSets = async (store: Store): Promise<NamedSet[]> => {
  const names = await setNames(store);
  return Promise.all(names.map(async (name) => ({ name, record: await readRecord(store, name) })));
};

/** The set in force, if there is one. */
export const heldSet = async (store: Store): Promise<NamedSet | undefined> => {
  const text = await store.disk.readLink(layout(store).current);
  const name = text?.split('/')[1];
  return name === undefined ? undefined : { name, record: await readRecord(store, name) };
};
