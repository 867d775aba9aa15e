// Content that nothing names any more goes, a while after it was last put. What may still be fetched, shown or restored never does:
// whatever could name it is read first, and what is put again meanwhile stays.
import { manifest, type WireManifest } from '#device/shadow';
import { type Channel, channels } from '#domain/channel';
import type { Digest } from '#domain/deployment';
import type { Slot } from '#domain/slot';
import { inBatches } from './in-batches.ts';
import type { DeploymentRecord, StoredContent, World } from './ports.ts';
import { readManifest, storedFor } from './read-manifest.ts';
import { nothing } from './seal.ts';

type Needs = Pick<World, 'clock' | 'estate' | 'slots' | 'records' | 'rollouts' | 'catalog' | 'contents'>;

export interface SweptContents {
  readonly stored: number;
  readonly removed: number;
  readonly removedBytes: number;
}

/** What names content: by itself, and through the manifests among it. */
interface Named {
  readonly digests: Set<Digest>;
  readonly manifests: Set<Digest>;
}

const digestPattern = /sha256:[0-9a-f]{64}/g;

/** Dialects name content in their entries as they like: whatever looks like a digest is one. */
const nameAllIn = ({ digests }: Named, value: unknown): void => {
  for (const [digest] of JSON.stringify(value).matchAll(digestPattern)) digests.add(digest);
};

const nameManifest = ({ manifests }: Named, revision: Digest | null): void => {
  if (revision !== null && revision !== nothing) manifests.add(revision);
};

const nameInSlot = (named: Named, slot: Slot): void => {
  nameManifest(named, slot.target?.revision ?? null);
  for (const { revision } of [...slot.live, ...slot.leaving]) nameManifest(named, revision);
  nameAllIn(named, slot);
};

const nameInRecord = (named: Named, record: DeploymentRecord): void => {
  nameManifest(named, record.revision);
  nameAllIn(named, record);
};

const nameInSlots = async ({ estate, slots }: Needs, organization: string, named: Named): Promise<void> => {
  for await (const thing of estate.thingsOf(organization))
    for (const slot of await slots.ofThing(thing)) nameInSlot(named, slot);
};

/** As long as a deployment is remembered, what it was can be shown. */
const nameInRecords = async ({ records }: Needs, organization: string, named: Named): Promise<void> => {
  for (const channel of Object.keys(channels) as Channel[])
    for await (const keys of inBatches(records.keysOf(organization, channel, 'oldest first')))
      for (const record of await records.loadMany(keys)) nameInRecord(named, record);
};

const nameInRollouts = async (
  { estate, rollouts }: Needs,
  organization: string,
  named: Named,
): Promise<void> => {
  for await (const id of estate.rolloutsOf(organization)) {
    const rollout = await rollouts.load(id);
    nameManifest(named, rollout?.revision ?? null);
    nameManifest(named, rollout?.fallback ?? null);
  }
};

const nameInEntries = async (
  { estate, catalog }: Needs,
  organization: string,
  named: Named,
): Promise<void> => {
  for await (const kind of estate.kindsOf(organization))
    for await (const ids of inBatches(catalog.idsOf(organization, kind, 'oldest first')))
      for (const { body } of await catalog.loadMany(organization, kind, ids)) nameAllIn(named, body);
};

const nameInManifests = async ({ contents }: Needs, organization: string, named: Named): Promise<void> => {
  for (const revision of named.manifests) {
    named.digests.add(revision);
    const read = await readManifest(contents, organization, revision);
    for (const digest of storedFor(read)) named.digests.add(digest);
  }
};

/** Larger than any manifest of ours: what is larger is not looked into. */
const manifestBytesMax = 1024 * 1024;

const readAnyManifest = (bytes: Uint8Array): WireManifest | undefined => {
  try {
    return manifest.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data;
  } catch {
    // No JSON: no manifest.
    return undefined;
  }
};

/** An entry that names a manifest names what is in it, too; which of the digests are manifests only they themselves tell. */
const nameInPossibleManifests = async (
  { contents }: Needs,
  organization: string,
  { digests, manifests }: Named,
  stored: ReadonlyMap<Digest, StoredContent>,
): Promise<void> => {
  for (const digest of [...digests]) {
    const size = stored.get(digest)?.size ?? Number.POSITIVE_INFINITY;
    if (manifests.has(digest) || size > manifestBytesMax) continue;
    const bytes = await contents.get(organization, digest);
    const read = bytes && readAnyManifest(bytes);
    for (const content of read === undefined ? [] : storedFor(read)) digests.add(content);
  }
};

const namedBy = async (
  world: Needs,
  organization: string,
  stored: ReadonlyMap<Digest, StoredContent>,
): Promise<ReadonlySet<Digest>> => {
  const named: Named = { digests: new Set(), manifests: new Set() };
  await nameInSlots(world, organization, named);
  await nameInRecords(world, organization, named);
  await nameInRollouts(world, organization, named);
  await nameInEntries(world, organization, named);
  await nameInPossibleManifests(world, organization, named, stored);
  await nameInManifests(world, organization, named);
  return named.digests;
};

/** Nothing is read but the contents' heads, unless some of them are old enough. A fault ends it before anything is removed. */
export const sweepContents =
  (world: Needs, { contentMs }: { readonly contentMs: number }) =>
  async (organization: string): Promise<SweptContents> => {
    const all = await Array.fromAsync(world.estate.contentsOf(organization));
    const stored = new Map(all.map((content) => [content.digest, content]));
    const old = all.filter(({ usedAt }) => world.clock.now() - usedAt > contentMs);
    if (old.length === 0) return { stored: all.length, removed: 0, removedBytes: 0 };
    const named = await namedBy(world, organization, stored);
    let [removed, removedBytes] = [0, 0];
    for (const content of old.filter(({ digest }) => !named.has(digest))) {
      if (!(await world.estate.removeContent(organization, content))) continue;
      removed += 1;
      removedBytes += content.size;
    }
    return { stored: all.length, removed, removedBytes };
  };
