// The texts of values: the only place where a secret lies. Each is written once, and removed when it is purged.
import { newUid } from '#engine/ids';
import type { World } from '#engine/ports';
import type { SecretRef } from '#engine/secret-content';
import { load, loadMany, newEntry, type Of, remove, save, storedKind } from '../store/entries.ts';
import type { Body } from '../store/kinds.ts';

const placeOf = (organization: string, owner: string) => ({ organization, kind: 'value', owner }) as const;

/** Where the engine finds a text when it puts a file together. */
export const placeOfText = (scopeUid: string, name: string): SecretRef => ({
  kind: storedKind({ kind: 'value', owner: scopeUid }),
  id: name,
});

const saltBytes = 32;

export const keepText = async (
  world: World,
  organization: string,
  scopeUid: string,
  text: string,
): Promise<string> => {
  const name = newUid(world.chance);
  const salt = Buffer.from(world.chance.bytes(saltBytes)).toString('hex');
  await save(world, newEntry(placeOf(organization, scopeUid), name, { text, salt }, world.clock.now()));
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

/** With their salts, for what renders them. */
export const readSaltedTexts = async (
  world: World,
  organization: string,
  scopeUid: string,
  names: readonly string[],
): Promise<ReadonlyMap<string, Body<'value'>>> => {
  const entries = await loadMany(world, placeOf(organization, scopeUid), names);
  return new Map([...entries].map(([name, { body }]) => [name, body]));
};

export const readTexts = async (
  ...asked: Parameters<typeof readSaltedTexts>
): Promise<ReadonlyMap<string, string>> =>
  new Map([...(await readSaltedTexts(...asked))].map(([name, { text }]) => [name, text]));
