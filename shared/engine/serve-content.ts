// Serves content to a thing: only what its current manifests name, whoever asks for more.

import type { FetchRequest } from '#device/shadow';
import { contentTopics } from '#device/topics';
import type { Digest } from '#domain/deployment';
import { type Slot, toldOf } from '#domain/slot';
import type { World } from './ports.ts';
import { readManifest } from './read-manifest.ts';
import { nothing } from './seal.ts';

type Needs = Pick<World, 'slots' | 'contents' | 'publisher'>;

const revisionsOf = (slot: Slot): Digest[] => {
  const revisions = [slot.target?.revision ?? nothing, ...toldOf(slot).map(({ revision }) => revision)];
  return [...new Set(revisions)].filter((revision) => revision !== nothing);
};

const names = async ({ contents }: Needs, slot: Slot, digest: Digest): Promise<boolean> => {
  const revisions = revisionsOf(slot);
  if (revisions.includes(digest)) return true;
  for (const revision of revisions) {
    const { items } = await readManifest(contents, slot.organization, revision);
    if (items.some((item) => item.digest === digest)) return true;
  }
  return false;
};

/** The organization whose content the thing may have, by one of its current manifests. */
const ownerOf = async (world: Needs, thing: string, digest: Digest): Promise<string | undefined> => {
  const unreadable: unknown[] = [];
  for (const slot of await world.slots.ofThing(thing)) {
    try {
      if (await names(world, slot, digest)) return slot.organization;
    } catch (cause) {
      // Another channel's manifest may name it all the same.
      unreadable.push(cause);
    }
  }
  if (unreadable.length > 0) throw unreadable[0];
  return undefined;
};

const reject = async (world: Needs, thing: string, request: FetchRequest): Promise<'rejected'> => {
  const answer = { ...request, code: 'not_named', message: 'No current manifest of this thing names it.' };
  await world.publisher.publish(contentTopics(thing).fetchRejected, Buffer.from(JSON.stringify(answer)));
  return 'rejected';
};

/** Answers on the thing's own topics. What is lost on the way the thing asks for again. */
export const serveContent =
  (world: Needs) =>
  async (thing: string, request: FetchRequest): Promise<'served' | 'rejected'> => {
    const organization = await ownerOf(world, thing, request.digest);
    if (organization === undefined) return reject(world, thing, request);
    const bytes = await world.contents.chunk(organization, request.digest, request.chunk);
    if (bytes === undefined) return reject(world, thing, request);
    await world.publisher.publish(contentTopics(thing).content(request.digest, request.chunk), bytes);
    return 'served';
  };
