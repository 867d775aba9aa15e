// Documents that may be large (deltas, sets, what values there are) lie in the content store, by digest of their canonical text.
import { type Refusal, refuse } from '#domain/refusal';
import type { World } from '#engine/ports';
import { canonicalJson, sealContent } from '#engine/seal';

type Needs = Pick<World, 'contents'>;

/** As large as a body may be: what was put together of many requests must still fit into one answer. */
export const documentBytesMax = 4 * 1024 * 1024;

export const tooLarge = (text: string, what: string): Refusal | undefined =>
  Buffer.byteLength(text) <= documentBytesMax
    ? undefined
    : refuse('invalid', `${what} would be larger than ${documentBytesMax} bytes.`, {
        limit: documentBytesMax,
      });

export const keepText = ({ contents }: Needs, organization: string, text: string): Promise<string> =>
  sealContent(contents, organization, Buffer.from(text));

export const keep = (world: Needs, organization: string, document: object): Promise<string> =>
  keepText(world, organization, canonicalJson(document));

/** What we have written ourselves is taken at its word. */
export const recall = async <Document>(
  { contents }: Needs,
  organization: string,
  digest: string,
): Promise<Document> => {
  const bytes = await contents.get(organization, digest);
  if (bytes === undefined) throw new Error(`The document ${digest} is not there.`);
  return JSON.parse(Buffer.from(bytes).toString());
};
