// Sets: content of the organization, seen only by the applications that have made them.
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import { type DeploymentSet, emptySet, emptySetId, isEmptySetId, setIdOf, setText } from '../sets/set.ts';
import { keepText, recall, tooLarge } from './documents.ts';
import { load, newEntry, type Of, save } from './entries.ts';
import { inApp } from './paths.ts';

export interface NamedSet {
  readonly id: string;
  readonly set: DeploymentSet;
}

export const setIn = async (world: World, { organization, body, id }: Of<'set'>): Promise<NamedSet> => ({
  id,
  set: await recall(world, organization, body.document),
});

/** Any number of zeros is the empty set, which every application has. */
export const findSet = async (world: World, app: Of<'app'>, id: string): Promise<NamedSet | undefined> => {
  if (isEmptySetId(id)) return { id: emptySetId, set: emptySet };
  const entry = await load(world, inApp(app, 'set'), id);
  return entry && setIn(world, entry);
};

/** The same content has the same id, and is there once. */
export const keepSet = async (
  world: World,
  app: Of<'app'>,
  set: DeploymentSet,
): Promise<string | Refusal> => {
  const text = setText(set);
  const id = setIdOf(text);
  if (isEmptySetId(id)) return id;
  const document = tooLarge(text, 'The set') ?? (await keepText(world, app.organization, text));
  if (isRefusal(document)) return document;
  // Not saved: it was there already.
  await save(world, newEntry(inApp(app, 'set'), id, { document }, world.clock.now()));
  return id;
};
