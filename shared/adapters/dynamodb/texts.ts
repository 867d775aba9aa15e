// Ids, words and digests of an item, each stored once: what repeats costs two bytes, and a digest 32 instead of 71.
import * as z from 'zod';

const digestPrefix = 'sha256:';
const digestBytes = 32;
const digestText = new RegExp(`^${digestPrefix}[0-9a-f]{${2 * digestBytes}}$`);

/** A digest as its bytes, any other text as it is. */
export const storedText = z.union([
  z.string(),
  z.instanceof(Uint8Array).refine(({ length }) => length === digestBytes, 'These bytes are no digest.'),
]);
export type StoredText = z.output<typeof storedText>;
export const storedTexts = z.array(storedText);
export type StoredTexts = z.infer<typeof storedTexts>;
/** Where a text stands among the item's texts. */
export const textPlace = z.int().nonnegative();

export const packed = (text: string): StoredText =>
  digestText.test(text) ? new Uint8Array(Buffer.from(text.slice(digestPrefix.length), 'hex')) : text;

export const unpacked = (stored: StoredText): string =>
  typeof stored === 'string' ? stored : `${digestPrefix}${Buffer.from(stored).toString('hex')}`;

export interface TextWriter {
  readonly place: (text: string) => number;
  readonly placeOrNull: (text: string | null) => number | null;
  readonly texts: () => StoredTexts;
}

export const writeTexts = (): TextWriter => {
  const places = new Map<string, number>();
  const place = (text: string): number => {
    const known = places.get(text) ?? places.size;
    places.set(text, known);
    return known;
  };
  return {
    place,
    placeOrNull: (text) => (text === null ? null : place(text)),
    texts: () => [...places.keys()].map(packed),
  };
};

export interface TextReader {
  readonly at: (place: number) => string;
  readonly atOrNull: (place: number | null) => string | null;
}

export const readTexts = (texts: StoredTexts): TextReader => {
  const at = (place: number): string => {
    const text = texts[place];
    if (text === undefined) throw new Error(`There is no text ${place} among ${texts.length}.`);
    return unpacked(text);
  };
  return { at, atOrNull: (place) => (place === null ? null : at(place)) };
};
