// The texts of values: the only place where a secret lies. Each is written once, and removed when it is purged.
import { newUid } from '#engine/ids';
import type { World } from '#engine/ports';
import { load, loadMany, newEntry, type Of, remove, save } from '../store/entries.ts';

const placeOf = (organization: string, owner: string) => ({ organization, kind: 'value', owner }) as const;

export const keepText = async (
  world: World,
  organization: string,
  scopeUid: string,
  text: string,
): Promise<string> => {
  const name = newUid(world.chance);
  await save(world, newEntry(placeOf(organization, scopeUid), name, { text }, world.clock.now()));
  return name;
};

/** Gone afterwards, whoever else was at it. */
export const destroyText = async (
  world: World,
  organization: string,
  scopeUid: string,
  name: string,
): Promise<void> => {
  for (;;) {
    const entry: Of<'value'> | undefined = await load(world, placeOf(organization, scopeUid), name);
    if (entry === undefined || (await remove(world, entry))) return;
  }
};

export const readTexts = async (
  world: World,
  organization: string,
  scopeUid: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const entries = await loadMany(world, placeOf(organization, scopeUid), names);
  return new Map([...entries].map(([name, { body }]) => [name, body.text]));
};
