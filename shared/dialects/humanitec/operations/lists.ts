// Lists are told whole, as Humanitec's are, up to what one answer can carry: the rest is left out, and a header says so.

/** Lambda's answers end at 6 MB, and a byte that must be escaped is two. */
const answerBytesMax = 4_500_000;
const itemsMax = 5_000;

const cutHeaders = { 'x-list-truncated': 'true' };

export interface WholeList<Item> {
  readonly body: Item[];
  readonly headers: Readonly<Record<string, string>>;
}

export const listed = async <Source, Item>(
  source: AsyncIterable<Source> | Iterable<Source>,
  tell: (source: Source) => Item | Promise<Item>,
): Promise<WholeList<Item>> => {
  const body: Item[] = [];
  let bytes = 0;
  for await (const each of source) {
    const item = await tell(each);
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (bytes > answerBytesMax || body.length >= itemsMax) return { body, headers: cutHeaders };
    body.push(item);
  }
  return { body, headers: {} };
};
