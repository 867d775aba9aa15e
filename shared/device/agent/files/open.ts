// One channel's files on this device: what the agent knows of a disk, behind five verbs.
import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../digest.ts';
import { type Disk, realDisk } from './disk.ts';
import { type NewSet, place } from './place.ts';
import { type Recovered, recover } from './recover.ts';
import { type KeptReport, keepReport } from './report-file.ts';
import { withSalt } from './salt.ts';
import { heldSet, layout, type Store, storeName } from './store.ts';

export interface Files {
  recover(): Promise<Recovered>;
  keepReport(kept: KeptReport): Promise<void>;
  /** Content that the set in force has already, so that it is not fetched again. */
  find(digest: string): Promise<Uint8Array | undefined>;
  place(set: NewSet, signal: AbortSignal): Promise<void>;
}

const find = async (store: Store, digest: string): Promise<Uint8Array | undefined> => {
  const held = await heldSet(store);
  const item = held?.record?.items.find((one) => one.digest === digest);
  if (!held || !item) return undefined;
  const file = await store.disk.read(join(layout(store).files(held.name), item.path));
  const content = file && withSalt(file, item);
  return content && digestOf(content) === digest ? content : undefined;
};

export const openStore = async (root: string, disk: Disk = realDisk): Promise<Store> => {
  await mkdir(join(root, storeName, 'sets'), { recursive: true });
  const real = await realpath(root);
  return { disk, root: real, dir: join(real, storeName) };
};

export const openFiles = async (root: string, disk: Disk = realDisk): Promise<Files> => {
  const store = await openStore(root, disk);
  return {
    recover: () => recover(store),
    keepReport: (kept) => keepReport(store, kept),
    find: (digest) => find(store, digest),
    place: (set, signal) => place(store, set, signal),
  };
};
