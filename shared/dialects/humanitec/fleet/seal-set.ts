// A set as sealed files: as they are, or as templates where there are secrets in them.
import type { Digest } from '#domain/deployment';
import { isRefusal, type Refusal } from '#domain/refusal';
import { groupsOf } from '#engine/in-batches';
import type { World } from '#engine/ports';
import { type ManifestItem, sealContent, sealManifest } from '#engine/seal';
import { isRef, sealSecretContent } from '#engine/secret-content';
import { findSet } from '../store/sets.ts';
import { type RenderedFile, type RenderedSet, renderSet } from './render-set.ts';
import type { Where } from './values-for.ts';

export interface SealSet extends Where {
  readonly setId: string;
}

type Content = Pick<ManifestItem, 'digest' | 'size' | 'salt' | 'template'>;

const sealPlain = async (
  { contents }: World,
  organization: string,
  parts: RenderedFile['parts'],
): Promise<Content> => {
  const bytes = Buffer.from(parts.join(''));
  return { digest: await sealContent(contents, organization, bytes), size: bytes.length };
};

const sealFile =
  (world: World, organization: string, { secretOf }: RenderedSet) =>
  async ({ path, parts }: RenderedFile): Promise<ManifestItem> => {
    const content = parts.some(isRef)
      ? await sealSecretContent(world.contents, organization, parts, secretOf)
      : await sealPlain(world, organization, parts);
    if (content === undefined) throw new Error(`A secret of ${path} has not been found.`);
    return { id: path, path, format: 'json', ...content };
  };

/** So many at a time: a set may have a thousand modules. */
const sealedAtOnce = 25;

export const sealSet =
  (world: World) =>
  async ({ setId, ...where }: SealSet): Promise<Digest | Refusal> => {
    const { organization } = where.app;
    const found = await findSet(world, where.app, setId);
    if (found === undefined) throw new Error(`The set ${setId} of a deployment is not there.`);
    const rendered = await renderSet(world)(where, found.set);
    if (isRefusal(rendered)) return rendered;
    const items: ManifestItem[] = [];
    for (const group of groupsOf(rendered.files, sealedAtOnce))
      items.push(...(await Promise.all(group.map(sealFile(world, organization, rendered)))));
    return sealManifest(world.contents, organization, items);
  };
