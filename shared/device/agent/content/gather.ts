// Gets hold of every content of a set: inline, from the set in force, or from the cloud. Each digest once.
import type { TargetItem } from '../../shadow.ts';
import { digestOf } from '../digest.ts';
import { deviceError } from '../errors.ts';
import type { Fetcher } from './fetcher.ts';
import { fetchContent } from './whole.ts';

interface Sources {
  readonly fetcher: Fetcher;
  readonly find: (digest: string) => Promise<Uint8Array | undefined>;
  readonly onFetched: (item: TargetItem) => void;
}

/** A wrong inline content stays wrong: the target says two things at once, and no retry mends that. */
const inline = ({ data, digest, path, size }: TargetItem): Uint8Array | undefined => {
  if (data === undefined) return undefined;
  const content = Buffer.from(data);
  if (content.byteLength === size && digestOf(content) === digest) return content;
  throw deviceError(
    'bad_target',
    `the inline data of ${JSON.stringify(path)} is not what its digest and size say`,
  );
};

const obtain = async ({ fetcher, find, onFetched }: Sources, item: TargetItem, signal: AbortSignal) => {
  const near = await find(item.digest);
  if (near) return near;
  const content = await fetchContent(fetcher)(item, signal);
  onFetched(item);
  return content;
};

const refuseWrongSize = (items: readonly TargetItem[], contents: ReadonlyMap<string, Uint8Array>): void => {
  const wrong = items.find(({ digest, size }) => contents.get(digest)?.byteLength !== size);
  if (wrong)
    throw deviceError(
      'bad_target',
      `the content of ${JSON.stringify(wrong.path)} has not ${wrong.size} bytes`,
    );
};

/** Fills `contents`, which lives as long as the target: a retry fetches only what it does not have yet. */
export const gather = async (
  sources: Sources,
  items: readonly TargetItem[],
  contents: Map<string, Uint8Array>,
  signal: AbortSignal,
): Promise<void> => {
  for (const item of items) {
    const content = inline(item);
    if (content) contents.set(item.digest, content);
  }
  const missing = new Map(
    items.filter(({ digest }) => !contents.has(digest)).map((item) => [item.digest, item]),
  );
  // One failure ends the others: their answers would come to nobody.
  const together = new AbortController();
  const either = AbortSignal.any([signal, together.signal]);
  try {
    await Promise.all(
      [...missing.values()].map(async (item) =>
        contents.set(item.digest, await obtain(sources, item, either)),
      ),
    );
  } catch (error) {
    together.abort(error);
    throw error;
  }
  refuseWrongSize(items, contents);
};
