// Makes the disk agree with `current`: the end of every change, and the first thing after every start. Safe to repeat and to interrupt.
import { removeTree } from './disk-helpers.ts';
import { dropLink, placeOf, putLink } from './links.ts';
import { ancestorsOf } from './paths.ts';
import { heldSet, layout, type NamedSet, readSets, type SetRecord, type Store } from './store.ts';

const pathsOf = (record: SetRecord | undefined): string[] => record?.items.map(({ path }) => path) ?? [];

const deepestFirst = (a: string, b: string): number => b.split('/').length - a.split('/').length;

/** Takes away what a set placed, except for what the set in force needs too. */
const withdraw = async (store: Store, record: SetRecord, held: SetRecord | undefined): Promise<void> => {
  const kept = new Set(pathsOf(held));
  for (const path of pathsOf(record)) if (!kept.has(path)) await dropLink(store, path);
  const needed = new Set([...kept].flatMap(ancestorsOf));
  for (const dir of record.dirs.filter((one) => !needed.has(one)).sort(deepestFirst))
    await store.disk.removeDir(placeOf(store, dir));
};

/** A set's record goes with its directory, and last: until then the withdrawal can be repeated. */
const forget = async (store: Store, { name }: NamedSet): Promise<void> => {
  await removeTree(store.disk, layout(store).files(name));
  await removeTree(store.disk, layout(store).setDir(name));
};

export const settle = async (store: Store): Promise<void> => {
  const inForce = await heldSet(store);
  const held = inForce?.record;
  const others = (await readSets(store)).filter(({ name }) => name !== inForce?.name);
  for (const { record } of others) if (record) await withdraw(store, record, held);
  // Those that could not be there before the switch, because an old file lay in their way, and those that somebody removed.
  for (const path of pathsOf(held)) await putLink(store, path);
  for (const other of others) await forget(store, other);
  await store.disk.remove(layout(store).next);
};
