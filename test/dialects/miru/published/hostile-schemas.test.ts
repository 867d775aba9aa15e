// Schemas and instances that nobody should send: refused by name, stopped in time, or kept as the harmless texts that they are.
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Answer } from '#test/support/small-system';
import { names, refusedWithoutTrace, sharedNeighbours } from './refused.ts';

type Format = 'json' | 'yaml';

const json = (value: unknown): string => JSON.stringify(value);
const deep = (levels: number, open = '[', close = ']'): string => open.repeat(levels) + close.repeat(levels);
const numbered = <Item>(length: number, item: (at: number) => Item): Item[] =>
  Array.from({ length }, (_, at) => item(at));

const given = sharedNeighbours();

/** An organization of its own may have any number of schemas: they are told apart by where they write. */
const schemaBody = (type: string, data: string, format: Format) => ({
  config_type_ref: { id: type },
  language: 'jsonschema',
  format,
  documents: [{ name: `schema.${format}`, data }],
});

const instanceBody = (schema: string, data: string, format: Format) => ({
  config_schema_id: schema,
  content: { format, data },
});

const postSchema = async (data: string, format: Format = 'json'): Promise<Answer> => {
  const { ask, ids } = await given();
  return ask('POST /beta/config_schemas', schemaBody(ids.type, data, format));
};

/** The id of a schema that is accepted. */
const madeSchema = async (data: string, format: Format = 'json'): Promise<string> => {
  const { status, body, raw } = await postSchema(data, format);
  expect(status, String(raw)).toBe(200);
  return body.id;
};

const postInstance = async (schema: string, data: string, format: Format = 'json'): Promise<Answer> => {
  const { ask } = await given();
  return ask('POST /beta/config_instances', instanceBody(schema, data, format));
};

describe('a schema that cannot be used is refused by name', () => {
  it.each<[string, string, Format?]>([
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['a text', '"object"'],
    ['half of an object', '{"type":'],
    ['an unknown type', json({ type: 'robot' })],
    ['an enum that is no list', json({ enum: 'x' })],
    ['properties that are a list', json({ properties: [] })],
    ['a negative maximum of items', json({ maxItems: -1 })],
    ['a multiple of nothing', json({ multipleOf: 0 })],
    ['a reference to nothing', json({ $ref: '#/$defs/none' })],
    ['a reference to elsewhere', json({ $ref: 'https://example.com/schema.json' })],
    ['a reference to a file', json({ $ref: 'file:///etc/passwd' })],
    [
      'references that only refer to each other',
      json({ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }),
    ],
    ['a language that nobody knows', json({ $schema: 'https://example.com/language' })],
    [
      'a promise within',
      json({ properties: { a: { $ref: '#/$defs/a' } }, $defs: { a: { $async: true, type: 'string' } } }),
    ],
    ['a limit that is looked up in the data', json({ properties: { a: { maximum: { $data: '1/b' } } } })],
    ['a pattern that looks ahead', json({ pattern: '(?=a)b' })],
    ['a pattern that looks back', json({ pattern: '(?<!a)b' })],
    ['a pattern that refers back', json({ pattern: '(a)\\1' })],
    ['a pattern that is not closed', json({ pattern: '(' })],
    ['a pattern that repeats a thousand times a thousand', json({ pattern: '((a{1000}){1000}){1000}' })],
    ['a pattern of a hundred thousand brackets', json({ pattern: deep(100_000, '(', ')') })],
    ['a pattern of a key that looks ahead', json({ patternProperties: { '(?!a)': {} } })],
    ['ten thousand schemas in each other', deep(10_000, '{"not":', '}').replace(':}', ':{}}')],
    ['a hundred thousand lists in each other', deep(100_000)],
    ['half of a list in YAML', 'a: [', 'yaml'],
    ['two documents in YAML', '{}\n---\n{}', 'yaml'],
    ['the same key twice in YAML', 'type: object\ntype: string', 'yaml'],
    ['itself, in YAML', '&a {not: *a}', 'yaml'],
  ])('%s', async (_, data, format = 'json') => {
    const { ask, ids } = await given();
    const answer = await refusedWithoutTrace(
      ask,
      'POST /beta/config_schemas',
      schemaBody(ids.type, data, format),
    );
    expect([answer.status, names(answer, 'documents.0.data')]).toEqual([400, true]);
  });
});

it('a schema that is a promise is refused: nobody would wait for it, and everything would satisfy it', async () => {
  const { ask, ids } = await given();
  const body = schemaBody(ids.type, json({ $async: true, type: 'string' }), 'json');
  const answer = await refusedWithoutTrace(ask, 'POST /beta/config_schemas', body);
  expect([answer.status, names(answer, 'documents.0.data')]).toEqual([400, true]);
});

describe('an instance whose check would never end is refused by name', () => {
  it.each<[string, unknown, string]>([
    ['a schema that is itself', { $ref: '#' }, '1'],
    ['a schema that is all of itself', { allOf: [{ $ref: '#' }] }, '1'],
    [
      'a schema that is itself by its own id',
      { $id: 'https://example.com/x', $ref: 'https://example.com/x' },
      '1',
    ],
    ['a schema that is itself dynamically', { $dynamicAnchor: 'n', $dynamicRef: '#n' }, '1'],
    ['a dynamic reference to nothing', { $dynamicRef: '#nobody' }, '1'],
    ['ten thousand lists in each other, each checked', { items: { $ref: '#' } }, deep(10_000)],
    ['a hundred thousand lists in each other, each checked', { items: { $ref: '#' } }, deep(100_000)],
  ])('%s', async (_, schema, data) => {
    const { ask, ids } = await given();
    const made = await ask('POST /beta/config_schemas', schemaBody(ids.type, json(schema), 'json'));
    // Whoever sees it already in the schema may refuse it there.
    const answer =
      made.status === 200
        ? await refusedWithoutTrace(
            ask,
            'POST /beta/config_instances',
            instanceBody(made.body.id, data, 'json'),
          )
        : made;
    const field = made.status === 200 ? 'content.data' : 'documents.0.data';
    expect([answer.status, names(answer, field)]).toEqual([400, true]);
  });
});

/** Becomes `it` once work is stopped: until then each takes half a minute or more. */
const stops = it;

describe('work without end is stopped', () => {
  const doubled = (levels: number) =>
    json({
      $ref: '#/$defs/d0',
      $defs: Object.fromEntries(
        numbered(levels, (at) => {
          const next = { $ref: `#/$defs/d${at + 1}` };
          return [`d${at}`, at === levels - 1 ? { type: 'string' } : { allOf: [next, next] }];
        }),
      ),
    });

  // Longer than anything here may take on a busy machine, shorter than what it would take unstopped.
  const timeout = 20_000;

  stops('a check that doubles thirty-three times', { timeout }, async () => {
    const schema = await madeSchema(doubled(34));
    const { ask } = await given();
    const answer = await refusedWithoutTrace(
      ask,
      'POST /beta/config_instances',
      instanceBody(schema, '"x"', 'json'),
    );
    expect([answer.status, names(answer, 'content.data')]).toEqual([400, true]);
  });

  stops.each<[string, unknown, () => string, Format]>([
    [
      'a hundred thousand numbers, each compared with each',
      { uniqueItems: true },
      () => json(numbered(145_000, (at) => at)),
      'json',
    ],
    [
      'a YAML text of fifty thousand keys',
      {},
      () => numbered(50_000, (at) => `k${at}: ${at}`).join('\n'),
      'yaml',
    ],
  ])('%s', { timeout }, async (_, schema, data, format) => {
    const { status } = await postInstance(await madeSchema(json(schema)), data(), format);
    expect([200, 400]).toContain(status);
  });

  it.each<[string, unknown, () => string, Format]>([
    ['a YAML text of hundreds of thousands of open lists', {}, () => '['.repeat(500_000), 'yaml'],
    [
      'a catastrophic pattern on a mebibyte',
      { pattern: '^(a+)+$' },
      () => json(`${'a'.repeat(1_000_000)}!`),
      'json',
    ],
  ])('%s', { timeout }, async (_, schema, data, format) => {
    const { status } = await postInstance(await madeSchema(json(schema)), data(), format);
    expect([200, 400]).toContain(status);
  });

  stops('a schema of sixty thousand properties', { timeout }, async () => {
    const properties = Object.fromEntries(
      numbered(60_000, (at) => [`p${at}`, { type: 'string', minLength: at }]),
    );
    // It is larger than a schema may be.
    expect((await postSchema(json({ properties }))).status).toBe(413);
  });
});

describe('a text that is no instance is refused by name', () => {
  it.each<[string, string, Format]>([
    ['nothing as JSON', '', 'json'],
    ['half of an object', '{"a":', 'json'],
    ['two values', '1 2', 'json'],
    ['a comment', '{} // a', 'json'],
    ['a trailing comma', '[1,]', 'json'],
    ['NaN', 'NaN', 'json'],
    ['YAML called JSON', 'a: 1', 'json'],
    ['a control character in a text', '"\u0001"', 'json'],
    ['a hundred thousand open lists', '['.repeat(100_000), 'json'],
    ['a list that is not closed', 'a: [', 'yaml'],
    ['a tab as indentation', 'a:\n\t- b', 'yaml'],
    ['the same key twice', 'a: 1\na: 2', 'yaml'],
    ['the same key twice, deeper', 'b: [{a: 1, a: 2}]', 'yaml'],
    ['two documents', 'a: 1\n---\nb: 2', 'yaml'],
    ['an alias of nothing', 'a: *b', 'yaml'],
    ['ten thousand lists in each other', deep(10_000), 'yaml'],
    [
      'a thousand and four hundred keys below each other',
      numbered(1400, (at) => `${' '.repeat(at)}a:`).join('\n'),
      'yaml',
    ],
    [
      'nine times nine times nine, eight times over',
      [
        'a: &a [x,x,x,x,x,x,x,x,x]',
        ...numbered(
          8,
          (at) => `${'bcdefghi'[at]}: &${'bcdefghi'[at]} [${numbered(9, () => `*${'abcdefgh'[at]}`)}]`,
        ),
      ].join('\n'),
      'yaml',
    ],
  ])('%s', async (_, data, format) => {
    const schema = await madeSchema('{}');
    const { ask } = await given();
    const answer = await refusedWithoutTrace(
      ask,
      'POST /beta/config_instances',
      instanceBody(schema, data, format),
    );
    expect([answer.status, names(answer, 'content.data')]).toEqual([400, true]);
  });
});

describe('a text that is odd and right is kept byte for byte', () => {
  it.each<[string, string, Format]>([
    ['ten thousand lists in each other', deep(10_000), 'json'],
    [
      'a prototype',
      '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
      'json',
    ],
    ['a prototype in YAML', '__proto__: {polluted: true}', 'yaml'],
    ['the same key twice', '{"a": 1, "a": 2}', 'json'],
    ['a number beyond 2^53', '9007199254740993', 'json'],
    ['a number beyond all', '1e400', 'json'],
    ['a number with all its zeros', '1.000', 'json'],
    ['an escaped half of a surrogate pair', '"\\ud800"', 'json'],
    ['an escaped NUL', '"\\u0000"', 'json'],
    ['other letters', '"ü😀\u202e"', 'json'],
    ['line ends of every kind', '[\r\n1,\r2,\n3]', 'json'],
    ['nothing as YAML', '', 'yaml'],
    ['a program’s tag', 'a: !!js/function "function () { throw 1 }"', 'yaml'],
    ['a tag that nobody knows', 'a: !robot b', 'yaml'],
    ['bytes', 'a: !!binary aGVsbG8=', 'yaml'],
    ['a key that is a map', '? {a: b}\n: c', 'yaml'],
    ['an anchor in itself', '&a [*a]', 'yaml'],
    ['an older YAML', '%YAML 1.1\n---\na: &a {x: yes}\nb: {<<: *a}', 'yaml'],
    ['a date of an older YAML', '%YAML 1.1\n---\na: 2001-12-14t21:59:43.10-05:00', 'yaml'],
    ['what looks like a template', '"{{7*7}} <script> `$(reboot)`"', 'json'],
  ])('%s', async (_, data, format) => {
    const { ask } = await given();
    const { status, body, raw } = await postInstance(await madeSchema('{}'), data, format);
    expect(status, String(raw)).toBe(200);
    const content = await ask(`GET /beta/config_instances/${body.id}/content`);
    expect(Buffer.from(content.raw).toString()).toBe(data);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });
});

describe('a schema that is odd and right does what it says', () => {
  it.each<[string, unknown, string, string]>([
    ['yes', true, '1', ''],
    [
      'a tree by dynamic reference',
      { $dynamicAnchor: 'n', properties: { n: { $dynamicRef: '#n' }, v: { type: 'number' } } },
      '{"n":{"n":{"v":1}}}',
      '{"n":{"n":{"v":"x"}}}',
    ],
    [
      'a tree by reference to itself',
      { properties: { n: { $ref: '#' }, v: { type: 'number' } } },
      '{"n":{"n":{"v":1}}}',
      '{"n":{"n":{"v":"x"}}}',
    ],
    ['an enormous maximum of items', { maxItems: 1e308 }, '[1,2,3]', ''],
    ['an enormous minimum of letters', { minLength: 9007199254740991 }, '7', '"x"'],
    ['a limit beyond 2^53', { maximum: 9007199254740992 }, '9007199254740992', '9007199254740994'],
    [
      'a key called __proto__',
      JSON.parse('{"properties":{"__proto__":{"type":"string"}}}'),
      '{"__proto__":"x"}',
      '',
    ],
    [
      'a key called constructor',
      { properties: { constructor: { type: 'number' } }, required: ['constructor'] },
      '{"constructor":1}',
      '{}',
    ],
    ['keys that look like code', { required: ['"];throw 1;//', '`$(reboot)`', '\u2028'] }, '1', '{}'],
    ['letters of every language', { pattern: '^\\p{L}+$' }, '"üß漢"', '"a1"'],
    ['a pattern with classes', { pattern: '^[\\w.-]+@\\d+$' }, '"a.b@1"', '"a b@1"'],
    ['a format', { format: 'ipv4' }, '"10.0.0.1"', '"10.0.0.256"'],
    ['a format that nobody knows', { format: 'robot' }, '"x"', ''],
    ['an email address', { format: 'email' }, '"a@example.com"', '"a"'],
    ['a date', { format: 'date-time' }, '"2026-01-01T00:00:00Z"', '"2026-13-01T00:00:00Z"'],
    ['a NUL', { const: '\0' }, '"\\u0000"', '""'],
    ['emoji, counted as letters', { maxLength: 2 }, '"😀😀"', '"😀😀😀"'],
    [
      'a conditional',
      JSON.parse('{"if":{"required":["a"]},"then":{"required":["b"]}}'),
      '{"a":1,"b":2}',
      '{"a":1}',
    ],
    ['nothing beside', { properties: { a: {} }, unevaluatedProperties: false }, '{"a":1}', '{"b":1}'],
  ])('%s', async (_, schema, right, wrong) => {
    const id = await madeSchema(json(schema));
    expect((await postInstance(id, right)).status).toBe(200);
    if (wrong === '') return;
    const answer = await postInstance(id, wrong);
    expect([answer.status, names(answer, 'content.data')]).toEqual([400, true]);
  });

  const attacks: Readonly<Record<string, string>> = {
    letters: `${'a'.repeat(50_000)}!`,
    dots: `${'a.'.repeat(50_000)}!`,
    hyphens: `${'a-'.repeat(50_000)}.`,
    digits: `${'1'.repeat(50_000)}!`,
    colons: `${'1:'.repeat(50_000)}!`,
    escapes: `http://${'%41'.repeat(30_000)}\\`,
    braces: '{'.repeat(50_000),
    groups: '(a*)*'.repeat(1000),
    tildes: `${'/~0'.repeat(40_000)}~`,
  };

  it.each([
    'date-time',
    'date',
    'time',
    'duration',
    'email',
    'hostname',
    'ipv4',
    'ipv6',
    'uri',
    'uri-reference',
    'uri-template',
    'url',
    'uuid',
    'regex',
    'json-pointer',
    'relative-json-pointer',
    'byte',
  ])('the format %s holds up nobody', async (format) => {
    const id = await madeSchema(json({ type: 'string', format }));
    for (const attack of Object.values(attacks))
      expect([200, 400]).toContain((await postInstance(id, json(attack))).status);
  });
});

describe('nothing that a caller sends writes to our own log', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each<[string, unknown, string, Format]>([
    ['a format that nobody knows', { format: 'robot' }, '"x"', 'json'],
    ['a tag that nobody knows', {}, 'a: !robot b', 'yaml'],
    ['a key that is a map', {}, '? {a: b}\n: c', 'yaml'],
  ])('%s', async (_, schema, data, format) => {
    const written = [
      vi.spyOn(console, 'warn').mockReturnValue(undefined),
      vi.spyOn(console, 'log').mockReturnValue(undefined),
      vi.spyOn(console, 'error').mockReturnValue(undefined),
      vi.spyOn(process, 'emitWarning').mockReturnValue(undefined),
    ];
    await postInstance(await madeSchema(json(schema)), data, format);
    expect(written.flatMap(({ mock }) => mock.calls)).toEqual([]);
  });
});
