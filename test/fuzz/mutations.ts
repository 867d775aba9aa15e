// Nearly right: one thing about a request is changed, and nothing else.
import fc from 'fast-check';

const tower = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

const poisoned = JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}');

/** What stands in a field's place. */
export const wrongValues: readonly unknown[] = [
  undefined,
  null,
  true,
  7,
  -1,
  1.5,
  1e308,
  2 ** 53,
  '',
  ' ',
  'x',
  '\u0000',
  '\ud800',
  '\u202e\ufeff',
  '../../etc/passwd',
  '%2e%2e%2f%00',
  '__proto__',
  'constructor',
  '{{7*7}}',
  "' OR 1=1; --",
  'x'.repeat(70_000),
  '😀'.repeat(300),
  [],
  [null],
  [[]],
  Array.from({ length: 3000 }, (_, at) => at),
  {},
  { toString: 1, valueOf: null },
  { refused: 'not_found', message: 'x', params: {} },
  { raw: 'x' },
  poisoned,
  tower(150),
  tower(2000),
];

type Path = readonly (string | number)[];

const pathsIn = (value: unknown, path: Path = []): readonly Path[] => {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Array.isArray(value) ? value.entries() : Object.entries(value);
  return [
    path,
    ...[...inner].flatMap(([key, each]) => (path.length > 5 ? [] : pathsIn(each, [...path, key]))),
  ];
};

/** Absent where the value is undefined. */
const replacedAt = (value: unknown, [key, ...path]: Path, by: unknown): unknown => {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((each, at) => (at === key ? replacedAt(each, path, by) : each));
  const entries = Object.entries(value as object).map(([name, each]) =>
    name === key ? [name, replacedAt(each, path, by)] : [name, each],
  );
  return Object.fromEntries(entries.filter(([, each]) => each !== undefined));
};

/** A valid body with one wrong place; what is the neighbours' is as wrong as anything. */
export const nearly = (valid: fc.Arbitrary<unknown>, theirs: readonly string[]): fc.Arbitrary<unknown> =>
  fc.tuple(valid, fc.nat(), fc.constantFrom(...wrongValues, ...theirs)).map(([value, place, by]) => {
    const paths = pathsIn(value);
    return replacedAt(value, paths[place % paths.length] ?? [], by) ?? null;
  });

/** JSON of towers too: `JSON.stringify` climbs them by recursion. */
export const textOf = (value: unknown): string => JSON.stringify(value) ?? '';

const doubled = (text: string): string =>
  text.startsWith('{"') ? text.replace('{', `{"name":7,"id":null,"__proto__":1,`) : `${text}${text}`;

/** What is done to a body's text. */
export const spoiled: Readonly<Record<string, (text: string) => Uint8Array | string>> = {
  'keys twice': doubled,
  'a byte order mark': (text) => `\ufeff${text}`,
  'cut off': (text) => text.slice(0, -1),
  'not JSON': () => 'id=1&name=x',
  'no UTF-8': (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0xfe])]),
  empty: () => '',
  null: () => 'null',
  'a list': () => '[]',
  'a number': () => '1e999',
  'a text': () => '"x"',
  'many brackets': () => '['.repeat(60_000),
};

export const hostileTexts: readonly string[] = [
  '..',
  '../..',
  '%2e%2e%2f',
  'a/b',
  'a b',
  '\u0000',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'x'.repeat(3000),
  '😀',
  '한국',
  '*',
  "'",
  '"><script>',
  '-1',
  '00000000-0000-0000-0000-000000000000',
  'null',
];

export const hostileQueries: readonly string[] = [
  '%',
  '%ff=%fe',
  'limit=1e99&offset=-1',
  'limit=&limit=7',
  'limit=99999999999999999999',
  'marker=__proto__&expand=__proto__',
  '__proto__=1&constructor[prototype]=2',
  'a[]=1&a[]=2&a[b][c]=3',
  'expand=,|,|total_count',
  'order_by=id:asc,created_at:desc',
  'archived=perhaps&env=%00',
  'signature=%00&expires=NaN',
  'signature=0&expires=1e400',
  `id=${'x'.repeat(5000)}`,
  Array.from({ length: 500 }, (_, at) => `id=${at}`).join('&'),
];

export const oddHeaders: readonly Readonly<Record<string, string>>[] = [
  { 'if-match': '"0"' },
  { 'if-match': '*' },
  { 'if-match': 'W/"99999999999999999999"' },
  { 'if-match': 'nonsense' },
  { 'idempotency-key': '' },
  { 'idempotency-key': 'again' },
  { 'idempotency-key': '__proto__' },
  { 'idempotency-key': 'x'.repeat(300) },
  { 'idempotency-key': '\u00e9\u0000' },
  { 'content-type': 'text/xml' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'miru-version': '1970-01-01.nobody' },
  { 'miru-version': '__proto__' },
  { 'x-subject-token': '__proto__' },
  { accept: 'text/html' },
  { accept: 'application/xml;q=nonsense' },
  { host: '"><script>.example' },
  { 'x-forwarded-proto': 'javascript' },
  { 'if-none-match': '"0"' },
  { 'content-length': '-1' },
  { expect: '200-maybe' },
];
