// Query strings: every client writes lists in its own way, and all of them are understood.
import * as z from 'zod';

/** `a=1&a=2`, `a[]=1`: each key with all its values, decoded. */
export const parseQuery = (query: string): Record<string, string[]> => {
  const values: Record<string, string[]> = Object.create(null);
  for (const [key, value] of new URLSearchParams(query)) {
    const name = key.endsWith('[]') ? key.slice(0, -2) : key;
    const earlier = values[name];
    if (earlier === undefined) values[name] = [value];
    else earlier.push(value);
  }
  return values;
};

const separators = /[,|]/;

/** Comma, pipe, repeated or `[]`: one list. */
export const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .array(z.string())
    .transform((values) => values.flatMap((value) => value.split(separators)).filter((value) => value !== ''))
    .pipe(z.array(item) as unknown as z.ZodType<z.output<Item>[], string[]>);

/** Repeated: the last one counts. */
const last = z.array(z.string()).transform((values) => values.at(-1) ?? '');

export const single = <Item extends z.ZodType>(item: Item) =>
  last.pipe(item as z.ZodType<z.output<Item>, string>);

/** Out of range is moved into it; what is no number at all is an error. */
export const clamped = (min: number, max: number, fallback: number) =>
  last
    .pipe(z.string().regex(/^-?\d+$/, 'must be a whole number'))
    .transform((text) => Math.min(Math.max(Number(text), min), max))
    .default(fallback);
