// From a pointer to what shall be run: the one item that it or its manifest names, each digest verified.
import { type Run, run, runPath } from '../../result.ts';
import type { TargetItem } from '../../shadow.ts';
import type { Fetcher } from '../content/fetcher.ts';
import { fetchManifest } from '../content/items.ts';
import { fetchContent } from '../content/whole.ts';
import { deviceError } from '../errors.ts';
import type { Limits } from '../limits.ts';
import type { Pointer } from './list.ts';

const strict = new TextDecoder('utf-8', { fatal: true });

const parse = (content: Uint8Array): Run => {
  try {
    return run.parse(JSON.parse(strict.decode(content)));
  } catch (cause) {
    // Without the content: there are secrets in it.
    throw deviceError('bad_run', `its ${runPath} is no UTF-8, no JSON, or no run of this version`, { cause });
  }
};

const itemIn = (items: readonly TargetItem[], { itemBytesMax }: Limits): TargetItem => {
  const item = items.find(({ path }) => path === runPath);
  if (!item) throw deviceError('bad_run', `its manifest names no ${runPath}`);
  if (item.size > itemBytesMax)
    throw deviceError('too_large', `${runPath} has ${item.size} bytes, at most ${itemBytesMax}`);
  return item;
};

export type FetchRun = (pointer: Pointer, signal: AbortSignal) => Promise<Run>;

export const fetchRun =
  (fetcher: Fetcher, limits: Limits): FetchRun =>
  async ({ manifest, items }, signal) => {
    const item = itemIn(items ?? (await fetchManifest(fetcher, limits)(manifest, signal)), limits);
    const content = await fetchContent(fetcher)(item, signal);
    return parse(content.subarray(item.salt ?? 0));
  };
