// Serves content to a thing: only what its current manifests name, whoever asks for more.
import { chunkBytes, type FetchRequest, type RejectionCode } from '#device/shadow';
import { contentTopics } from '#device/topics';
import type { Digest } from '#domain/deployment';
import { type Slot, toldOf } from '#domain/slot';
import type { World } from './ports.ts';
import { readManifest } from './read-manifest.ts';
import { digestOf, type ManifestItem, nothing } from './seal.ts';
import { renderTemplate } from './secret-content.ts';

type Needs = Pick<World, 'slots' | 'contents' | 'catalog' | 'publisher'>;

/** What a thing may have: content of this organization, stored as it is, or put together from a template. */
type Named = { readonly organization: string } & Partial<Pick<ManifestItem, 'template'>>;

const revisionsOf = (slot: Slot): Digest[] => {
  const revisions = [slot.target?.revision ?? nothing, ...toldOf(slot).map(({ revision }) => revision)];
  return [...new Set(revisions)].filter((revision) => revision !== nothing);
};

const namedBy = async ({ contents }: Needs, slot: Slot, digest: Digest): Promise<Named | undefined> => {
  const { organization } = slot;
  const revisions = revisionsOf(slot);
  if (revisions.includes(digest)) return { organization };
  for (const revision of revisions) {
    const { items } = await readManifest(contents, organization, revision);
    const item = items.find((one) => one.digest === digest);
    if (item !== undefined) return { organization, template: item.template };
  }
  return undefined;
};

/** By one of the thing's current manifests. */
const named = async (world: Needs, thing: string, digest: Digest): Promise<Named | undefined> => {
  const unreadable: unknown[] = [];
  for (const slot of await world.slots.ofThing(thing)) {
    try {
      const found = await namedBy(world, slot, digest);
      if (found !== undefined) return found;
    } catch (cause) {
      // Another channel's manifest may name it all the same.
      unreadable.push(cause);
    }
  }
  if (unreadable.length > 0) throw unreadable[0];
  return undefined;
};

/** Put together anew for each chunk, and kept nowhere: there are secrets in it. */
const renderedChunk = async (
  world: Needs,
  organization: string,
  template: Digest,
  { digest, chunk }: FetchRequest,
): Promise<Uint8Array | RejectionCode> => {
  const bytes = await renderTemplate(world)(organization, template);
  if (bytes === undefined) return 'purged';
  if (digestOf(bytes) !== digest) throw new Error(`Template ${template} does not give ${digest}.`);
  const start = chunk * chunkBytes;
  return start < bytes.length ? bytes.subarray(start, start + chunkBytes) : 'not_named';
};

const chunkFor = async (
  world: Needs,
  { organization, template }: Named,
  request: FetchRequest,
): Promise<Uint8Array | RejectionCode> =>
  template === undefined
    ? ((await world.contents.chunk(organization, request.digest, request.chunk)) ?? 'not_named')
    : renderedChunk(world, organization, template, request);

const messages: Readonly<Record<RejectionCode, string>> = {
  not_named: 'No current manifest of this thing names it.',
  purged: 'A secret in it was destroyed: nobody can have it any more.',
};

const reject = async (
  world: Needs,
  thing: string,
  request: FetchRequest,
  code: RejectionCode,
): Promise<'rejected'> => {
  const answer = { ...request, code, message: messages[code] };
  await world.publisher.publish(contentTopics(thing).fetchRejected, Buffer.from(JSON.stringify(answer)));
  return 'rejected';
};

/** Answers on the thing's own topics. What is lost on the way the thing asks for again. */
export const serveContent =
  (world: Needs) =>
  async (thing: string, request: FetchRequest): Promise<'served' | 'rejected'> => {
    const found = await named(world, thing, request.digest);
    const chunk = found === undefined ? 'not_named' : await chunkFor(world, found, request);
    if (typeof chunk === 'string') return reject(world, thing, request, chunk);
    await world.publisher.publish(contentTopics(thing).content(request.digest, request.chunk), chunk);
    return 'served';
  };
