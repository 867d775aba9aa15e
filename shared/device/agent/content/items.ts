// From a target to the list of what shall be on the device: from the target itself, or from the manifest it names.
import { manifest, type Target, type TargetItem } from '../../shadow.ts';
import { deviceError } from '../errors.ts';
import { normalPath, refuseConflicts } from '../files/paths.ts';
import type { Limits } from '../limits.ts';
import type { Fetcher } from './fetcher.ts';
import { fetchUnsized } from './whole.ts';

const parseManifest = (content: Uint8Array, digest: string): TargetItem[] => {
  try {
    return manifest.parse(JSON.parse(Buffer.from(content).toString())).items;
  } catch (cause) {
    throw deviceError('bad_manifest', digest, { cause });
  }
};

/** The items of the manifest with this digest. */
export const fetchManifest =
  (fetcher: Fetcher, { manifestBytesMax }: Limits) =>
  async (digest: string, signal: AbortSignal): Promise<TargetItem[]> =>
    parseManifest(await fetchUnsized(fetcher, manifestBytesMax)(digest, signal), digest);

const refuseTooLarge = (items: readonly TargetItem[], limits: Limits): void => {
  if (items.length > limits.itemsMax)
    throw deviceError('too_large', `${items.length} items, at most ${limits.itemsMax}`);
  const large = items.find(({ size }) => size > limits.itemBytesMax);
  if (large)
    throw deviceError('too_large', `${large.path} has ${large.size} bytes, at most ${limits.itemBytesMax}`);
  const sum = items.reduce((bytes, { size }) => bytes + size, 0);
  if (sum > limits.setBytesMax)
    throw deviceError('too_large', `${sum} bytes together, at most ${limits.setBytesMax}`);
};

/** Items with normal paths. A target that no retry can mend is refused here, before anything of it is fetched or written. */
export const readItems =
  (fetcher: Fetcher, limits: Limits) =>
  async (target: Target, signal: AbortSignal): Promise<TargetItem[]> => {
    const items = target.items ?? (await fetchManifest(fetcher, limits)(target.manifest, signal));
    refuseTooLarge(items, limits);
    const normal = items.map((item) => ({ ...item, path: normalPath(item.path) }));
    refuseConflicts(normal.map(({ path }) => path));
    return normal;
  };
