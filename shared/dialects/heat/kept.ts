// Values of any JSON in a record: small ones inline, large ones in the content store, since an entry must stay under 400 KB.
import * as z from 'zod';
import type { World } from '#engine/ports';
import { sealContent } from '#engine/seal';

/** Of JSON text. A record keeps five such values beside each other. */
const inlineBytesMax = 16 * 1024;

export const kept = z.union([z.object({ digest: z.string() }), z.object({ value: z.unknown() })]);
export type Kept = z.infer<typeof kept>;

type Needs = Pick<World, 'contents'>;

export const keep = async ({ contents }: Needs, organization: string, value: unknown): Promise<Kept> => {
  const bytes = Buffer.from(JSON.stringify(value));
  if (bytes.length <= inlineBytesMax) return { value };
  return { digest: await sealContent(contents, organization, bytes) };
};

export const unkeep = async ({ contents }: Needs, organization: string, kept: Kept): Promise<unknown> => {
  if (!('digest' in kept)) return kept.value;
  const bytes = await contents.get(organization, kept.digest);
  if (bytes === undefined) throw new Error(`The content ${kept.digest} is not there.`);
  return JSON.parse(Buffer.from(bytes).toString());
};
