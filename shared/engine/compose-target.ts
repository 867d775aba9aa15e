// What is written into a shadow: the slot's target in the protocol's words, as much of it inline as fits.
import {
  protocolVersion,
  type RunTarget,
  type Target,
  type TargetItem,
  targetBytesMax,
} from '#device/shadow';
import type { Order } from '#domain/channel';
import { rulesOf } from '#domain/channel';
import type { Digest } from '#domain/deployment';
import { type Slot, toldOf } from '#domain/slot';
import type { Contents } from './ports.ts';
import { readManifest } from './read-manifest.ts';
import { nothing } from './seal.ts';

/** Content that is larger is never inline: it would crowd out everything else. */
const inlineBytesMax = 2048;

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

const exactText = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // Not text: it is fetched, byte for byte.
    return undefined;
  }
};

const listItems = async (
  contents: Contents,
  organization: string,
  revision: Digest,
): Promise<TargetItem[]> => {
  if (revision === nothing) return [];
  const { items } = await readManifest(contents, organization, revision);
  return items.map(({ path, digest, size, salt }) => ({
    path,
    digest,
    size,
    ...(salt === undefined ? {} : { salt }),
  }));
};

/** Smallest first, until the target is full. */
const inline = async (contents: Contents, organization: string, target: Target): Promise<Target> => {
  const items = [...(target.items ?? [])];
  let used = bytesOf(target);
  const order = items.map((item, at) => ({ at, item })).sort((a, b) => a.item.size - b.item.size);
  for (const { at, item } of order) {
    if (item.size > inlineBytesMax || used + item.size > targetBytesMax) break;
    // There is a secret in it: it lies nowhere as a whole, and a shadow is the last place for it.
    if (item.salt !== undefined) continue;
    const bytes = await contents.get(organization, item.digest);
    const data = bytes && exactText(bytes);
    if (data === undefined) continue;
    const cost = bytesOf({ data });
    if (used + cost > targetBytesMax) continue;
    used += cost;
    items[at] = { ...item, data };
  }
  return { ...target, items };
};

const composeReplace = async (contents: Contents, slot: Slot): Promise<Target> => {
  const { seq, deployment, revision } = slot.target ?? { seq: 0, deployment: null, revision: null };
  const bare: Target = {
    v: protocolVersion,
    seq,
    deployment: deployment ?? '',
    manifest: revision ?? nothing,
  };
  const listed = { ...bare, items: await listItems(contents, slot.organization, bare.manifest) };
  return bytesOf(listed) > targetBytesMax ? bare : inline(contents, slot.organization, listed);
};

/** Of each what it is made of, so that its manifest need not be fetched; never the content, which has values in it. */
const composeQueue = async (contents: Contents, slot: Slot): Promise<RunTarget> => {
  const { organization, target } = slot;
  const run = toldOf(slot).map(({ seq, id, revision }) => ({ seq, deployment: id, manifest: revision }));
  const bare: RunTarget = { v: protocolVersion, seq: target?.seq ?? 0, run };
  const withItems = async (pointer: RunTarget['run'][number]) => ({
    ...pointer,
    items: await listItems(contents, organization, pointer.manifest),
  });
  const listed = { ...bare, run: await Promise.all(run.map(withItems)) };
  return bytesOf(listed) > targetBytesMax ? bare : listed;
};

const composers: Readonly<Record<Order, (contents: Contents, slot: Slot) => Promise<Target | RunTarget>>> = {
  replace: composeReplace,
  queue: composeQueue,
};

/** At most `targetBytesMax` of JSON. */
export const composeTarget = (contents: Contents, slot: Slot): Promise<Target | RunTarget> =>
  composers[rulesOf(slot.id.channel).order](contents, slot);
