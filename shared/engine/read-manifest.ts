// A manifest by its digest, as it was sealed.
import { manifest, type WireManifest } from '#device/shadow';
import type { Digest } from '#domain/deployment';
import type { Contents } from './ports.ts';

export const readManifest = async (
  contents: Contents,
  organization: string,
  revision: Digest,
): Promise<WireManifest> => {
  const bytes = await contents.get(organization, revision);
  if (bytes === undefined) throw new Error(`Manifest ${revision} of ${organization} is missing.`);
  return manifest.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
};

/** What lies in the content store for it: of a file with a secret in it only the template does. */
export const storedFor = ({ items }: WireManifest): Digest[] =>
  items.map(({ digest, template }) => template ?? digest);
