// Sealing: content gets its digest, a list of content becomes a manifest, and the manifest's digest is the revision.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { protocolVersion, type WireManifest } from '#device/shadow';
import type { Digest } from '#domain/deployment';
import type { Contents } from './ports.ts';

export type ManifestItem = WireManifest['items'][number];

/** A content's name: `sha256:` and the hex of its bytes' SHA-256. */
export const digestOf = (bytes: Uint8Array | string): Digest =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** RFC 8785: equal values have equal text. */
export const canonicalJson = (value: unknown): string => {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('This value has no JSON.');
  return text;
};

const byPath = (a: ManifestItem, b: ManifestItem): number => (a.path < b.path ? -1 : Number(a.path > b.path));

/** A manifest as it is stored and sent; the order in which its items were named does not matter. */
export const manifestText = (items: readonly ManifestItem[]): string =>
  canonicalJson({ v: protocolVersion, items: [...items].sort(byPath) });

/** What a manifest will be called; it need not be stored yet. */
export const revisionOf = (items: readonly ManifestItem[]): Digest => digestOf(manifestText(items));

/** The revision of nothing at all. */
export const nothing: Digest = revisionOf([]);

export const sealContent = async (
  contents: Contents,
  organization: string,
  bytes: Uint8Array,
): Promise<Digest> => {
  const digest = digestOf(bytes);
  await contents.put(organization, digest, bytes);
  return digest;
};

/** Stores the manifest of contents that are stored already. */
export const sealManifest = (
  contents: Contents,
  organization: string,
  items: readonly ManifestItem[],
): Promise<Digest> => sealContent(contents, organization, Buffer.from(manifestText(items)));
