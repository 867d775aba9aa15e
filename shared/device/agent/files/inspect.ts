// Looks at the disk before anything is touched: may these paths be placed, and which directories must be made for them?
import { join, relative } from 'node:path';
import { deviceError } from '../errors.ts';
import { isOurs, placeOf } from './links.ts';
import { refuseConflicts } from './paths.ts';
import type { SetRecord, Store } from './store.ts';

type Held = Pick<SetRecord, 'items' | 'dirs'> | undefined;

const inside = (dir: string, path: string): boolean => {
  const way = relative(dir, path);
  return way !== '..' && !way.startsWith('../');
};

/** Where a link leads that somebody else put in the way: a directory inside of the root, or the target is refused. */
const followForeignLink = async (store: Store, place: string, path: string): Promise<string> => {
  const real = await store.disk.realPath(place).catch(() => undefined);
  if (real === undefined)
    throw deviceError('path_taken', `${JSON.stringify(path)}: a link that leads nowhere`);
  if (!inside(store.root, real)) throw deviceError('path_escapes', `${JSON.stringify(path)}: through a link`);
  if (inside(store.dir, real)) throw deviceError('path_reserved', `${JSON.stringify(path)}: through a link`);
  if ((await store.disk.kind(real)) !== 'directory') throw deviceError('path_taken', JSON.stringify(path));
  return real;
};

/** Is everything in this directory ours, so that it will be gone when the set in force is? */
const ownsTree = async (store: Store, held: Held, dir: string): Promise<boolean> => {
  if (!held?.dirs.includes(dir)) return false;
  const owned = await Promise.all(
    (await store.disk.list(placeOf(store, dir))).map(async (name) => {
      const path = `${dir}/${name}`;
      const kind = await store.disk.kind(placeOf(store, path));
      return kind === 'directory' ? ownsTree(store, held, path) : isOurs(store, path);
    }),
  );
  return owned.every(Boolean);
};

const checkLeaf = async (store: Store, held: Held, path: string): Promise<void> => {
  const kind = await store.disk.kind(placeOf(store, path));
  const free =
    kind === 'absent' ||
    (kind === 'link' && (await isOurs(store, path))) ||
    (kind === 'directory' && (await ownsTree(store, held, path)));
  if (!free) throw deviceError('path_taken', JSON.stringify(path));
};

interface Place {
  /** The real place, with every link on the way followed. */
  readonly real: string;
  /** Directories on the way that are not there yet. */
  readonly missing: readonly string[];
}

const inspectPath = async (store: Store, held: Held, path: string): Promise<Place> => {
  const segments = path.split('/');
  const ancestors = segments.slice(0, -1).map((_, index) => segments.slice(0, index + 1).join('/'));
  let real = store.root;
  for (const [index, ancestor] of ancestors.entries()) {
    const kind = await store.disk.kind(placeOf(store, ancestor));
    const next = join(real, segments[index] ?? '');
    // A file of the set in force may become a directory of the next.
    if (kind === 'absent' || (kind === 'link' && (await isOurs(store, ancestor))))
      return { real: join(real, ...segments.slice(index)), missing: ancestors.slice(index) };
    if (kind === 'link') real = await followForeignLink(store, placeOf(store, ancestor), path);
    else if (kind === 'directory') real = next;
    else
      throw deviceError('path_taken', `${JSON.stringify(path)}: ${JSON.stringify(ancestor)} is no directory`);
  }
  await checkLeaf(store, held, path);
  return { real: join(real, segments.at(-1) ?? ''), missing: [] };
};

/** Answers with the directories that the set needs and that are ours to remove later. */
export const inspect = async (store: Store, held: Held, paths: readonly string[]): Promise<string[]> => {
  const places = await Promise.all(paths.map((path) => inspectPath(store, held, path)));
  // Two spellings of one place, through links inside of the root.
  refuseConflicts(places.map(({ real }) => relative(store.root, real)));
  return [...new Set(places.flatMap(({ missing }) => missing))];
};
