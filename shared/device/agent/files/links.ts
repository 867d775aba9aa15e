// The view: at each item's path lies a link through `current`, so that one rename of `current` changes all files at once.
import { dirname, join, relative } from 'node:path';
import { deviceError } from '../errors.ts';
import { makeDirs } from './disk-helpers.ts';
import { layout, type Store } from './store.ts';

export const placeOf = (store: Store, path: string): string =>
  path === '.' ? store.root : join(store.root, path);

/** Relative, so that the root can be mounted elsewhere; from the real directory, since the system resolves it there. */
const textOf = async (store: Store, path: string): Promise<string> => {
  const from = await store.disk.realPath(dirname(placeOf(store, path)));
  return relative(from, join(layout(store).current, path));
};

/** Nobody else writes exactly this text here, so it needs no list to know our links by. */
export const isOurs = async (store: Store, path: string): Promise<boolean> => {
  const text = await store.disk.readLink(placeOf(store, path));
  return text !== undefined && text === (await textOf(store, path));
};

/** Says whether there was anything to do. */
export const putLink = async (store: Store, path: string): Promise<boolean> => {
  if (await isOurs(store, path)) return false;
  const place = placeOf(store, path);
  if ((await store.disk.kind(place)) !== 'absent') throw deviceError('path_taken', JSON.stringify(path));
  await makeDirs(store.disk, store.root, dirname(place));
  await store.disk.link(await textOf(store, path), place);
  return true;
};

export const dropLink = async (store: Store, path: string): Promise<void> => {
  if (await isOurs(store, path)) await store.disk.remove(placeOf(store, path));
};
