// Sets: content of the organization, seen only by the applications that have made them.
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import { type DeploymentSet, emptySet, emptySetId, isEmptySetId, setIdOf, setText } from '../sets/set.ts';
import { keepText, recall, tooLarge } from './documents.ts';
import { load, newEntry, type Of, type Place, save } from './entries.ts';
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

/** A use is written down at most so often. */
const usedEveryMs = 24 * 60 * 60 * 1000;

/** It was there already: that somebody needs it again is noted, so that it does not grow old. */
const noteUse = async (world: World, place: Place<'set'>, id: string): Promise<void> => {
  const there = await load(world, place, id);
  const now = world.clock.now();
  if (there === undefined || now - there.updatedAt < usedEveryMs) return;
  // If somebody was faster, that one has noted it.
  await save(world, { ...there, updatedAt: now, version: there.version + 1 });
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
  const place = inApp(app, 'set');
  const { saved } = await save(world, newEntry(place, id, { document }, world.clock.now()));
  if (!saved) await noteUse(world, place, id);
  return id;
};
