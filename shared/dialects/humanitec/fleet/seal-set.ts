// A set as files: one for each module, one for what they share.
import type { Digest } from '#domain/deployment';
import type { Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import { canonicalJson, type ManifestItem, sealContent, sealManifest } from '#engine/seal';
import type { Of } from '../store/entries.ts';
import { findSet } from '../store/sets.ts';

export interface SealSet {
  readonly app: Of<'app'>;
  readonly envUid: string;
  readonly setId: string;
  readonly valueSetVersionId: string | null;
}

export const sealSet =
  (world: World) =>
  async ({ app, setId }: SealSet): Promise<Digest | Refusal> => {
    const found = await findSet(world, app, setId);
    if (found === undefined) throw new Error(`The set ${setId} of a deployment is not there.`);
    const items: ManifestItem[] = [];
    for (const [id, module] of Object.entries(found.set.modules)) {
      const bytes = Buffer.from(canonicalJson(module));
      const digest = await sealContent(world.contents, app.organization, bytes);
      items.push({
        id,
        path: `modules/${encodeURIComponent(id)}.json`,
        digest,
        size: bytes.length,
        format: 'json',
      });
    }
    return sealManifest(world.contents, app.organization, items);
  };
