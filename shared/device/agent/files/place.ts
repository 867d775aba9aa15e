// Puts a whole set of files in force, or nothing: stage beside, write the journal, put the new links, switch, settle.
import { dirname, join } from 'node:path';
import { makeDirs } from './disk-helpers.ts';
import { inspect } from './inspect.ts';
import { placeOf, putLink } from './links.ts';
import { ancestorsOf } from './paths.ts';
import { withoutSalt } from './salt.ts';
import { settle } from './settle.ts';
import { heldSet, layout, type SetRecord, type Store, setNames, writeRecord } from './store.ts';

export interface NewSet {
  readonly record: Omit<SetRecord, 'dirs'>;
  /** Verified content, by digest. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** The set's files are not to be edited in place: they belong to the deployment. */
const fileMode = 0o444;

const syncDirs = async (store: Store, dirs: Iterable<string>): Promise<void> => {
  for (const dir of new Set(dirs)) await store.disk.syncDir(dir);
};

const freeName = async (store: Store, seq: number): Promise<string> => {
  const taken = await setNames(store);
  let count = 1;
  while (taken.includes(`${seq}-${count}`)) count += 1;
  return `${seq}-${count}`;
};

const stage = async (store: Store, name: string, { record, contents }: NewSet, signal: AbortSignal) => {
  const { setDir, files } = layout(store);
  const top = files(name);
  await makeDirs(store.disk, setDir(name), top);
  for (const item of record.items) {
    signal.throwIfAborted();
    const place = join(top, item.path);
    const content = contents.get(item.digest);
    if (!content) throw new Error(`no content was fetched for ${item.digest}`);
    await makeDirs(store.disk, top, dirname(place));
    await store.disk.write(place, withoutSalt(content, item), fileMode);
    await store.disk.syncFile(place);
  }
  const below = record.items.flatMap(({ path }) => ancestorsOf(path)).map((dir) => join(top, dir));
  await syncDirs(store, [...below, top, setDir(name), layout(store).sets]);
};

const inEachOthersWay = (a: string, b: string): boolean => a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

/** A link through `current` to a file that the set in force does not have reads as absent: it may be put before the switch. */
const putLinks = async (
  store: Store,
  paths: readonly string[],
  heldPaths: readonly string[],
): Promise<void> => {
  const possible = paths.filter((path) => !heldPaths.some((old) => inEachOthersWay(path, old)));
  const put: string[] = [];
  for (const path of possible) if (await putLink(store, path)) put.push(path);
  const touched = put.flatMap((path) => ['.', ...ancestorsOf(path)]).map((dir) => placeOf(store, dir));
  await syncDirs(store, touched);
};

/** The moment at which the new set comes into force, for every path at once. */
const switchTo = async (store: Store, name: string): Promise<void> => {
  const { next, current, currentText } = layout(store);
  await store.disk.remove(next);
  await store.disk.link(currentText(name), next);
  await store.disk.rename(next, current);
  await store.disk.syncDir(store.dir);
};

const bringIntoForce = async (store: Store, set: NewSet, signal: AbortSignal): Promise<void> => {
  const held = (await heldSet(store))?.record;
  const paths = set.record.items.map(({ path }) => path);
  const made = await inspect(store, held, paths);
  const needed = new Set(paths.flatMap(ancestorsOf));
  const dirs = [...new Set([...(held?.dirs.filter((dir) => needed.has(dir)) ?? []), ...made])];
  const name = await freeName(store, set.record.seq);
  await stage(store, name, set, signal);
  await writeRecord(store, name, { ...set.record, dirs });
  await putLinks(store, paths, held?.items.map(({ path }) => path) ?? []);
  signal.throwIfAborted();
  await switchTo(store, name);
};

/** After the switch the signal is no longer looked at: a set in force is settled, whatever comes next. */
export const place = async (store: Store, set: NewSet, signal: AbortSignal): Promise<void> => {
  try {
    await bringIntoForce(store, set, signal);
  } catch (error) {
    // The error that matters is the first one; what could not be tidied now is tidied at the next start or change.
    await settle(store).catch(() => undefined);
    throw error;
  }
  await settle(store);
};
