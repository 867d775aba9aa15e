// What nobody should send, to every route: refused with the field's name, never our fault, and without a trace.
import { describe, expect, it } from 'vitest';
import { contract } from '#dialects/miru/contract';
import { givenNeighbours, type Ids, lists, names, refusedWithoutTrace, sharedNeighbours } from './refused.ts';

const long = (length: number): string => 'x'.repeat(length);
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

/** What each route that takes a body accepts, in a world that has one of each already. */
const bodies: Readonly<Record<string, (ids: Ids) => Record<string, unknown>>> = {
  'POST /beta/devices': () => ({ name: 'robot-8' }),
  'PATCH /beta/devices/{id}': () => ({ name: 'robot-8' }),
  'POST /beta/devices/{id}/activation_token': () => ({ allow_reactivation: true }),
  'POST /beta/devices/{id}/ping': () => ({ timeout_nanos: 1_000_000 }),
  'POST /beta/config_types': () => ({ name: 'Vision', slug: 'vision' }),
  'PATCH /beta/config_types/{id}': () => ({ name: 'Vision', slug: 'vision' }),
  'POST /beta/git_commits': () => ({
    sha: 'abcdef1',
    message: 'Two',
    origin: 'git@github.com:acme/robots.git',
  }),
  'POST /beta/config_schemas': ({ type }) => ({
    config_type_ref: { id: type },
    language: 'jsonschema',
    format: 'json',
    documents: [{ name: 'vision.json', data: '{}' }],
    instance_filepath: '/srv/vision.json',
  }),
  'POST /beta/config_instances': ({ schema }) => ({
    config_schema_id: schema,
    content: { format: 'json', data: '{"speed": 2}' },
  }),
  'POST /beta/releases': ({ schema }) => ({ version: '2.0.0', config_schema_ids: [schema] }),
  'POST /beta/deployments': ({ release, device, instance }) => ({
    target_status: 'deployed',
    description: 'second',
    release_id: release,
    device_id: device,
    config_instance_ids: [instance],
  }),
};

const idFor = (route: string, ids: Ids): string => {
  const kinds: Readonly<Record<string, string>> = {
    git_commits: ids.commit,
    config_types: ids.type,
    config_schemas: ids.schema,
    config_instances: ids.instance,
    releases: ids.release,
    devices: ids.device,
    deployments: ids.deployment,
  };
  return kinds[route.split('/')[2] ?? ''] ?? '';
};

const requestTo = (route: string, ids: Ids): string => route.replace('{id}', idFor(route, ids));
const bodyOf = (route: string, ids: Ids): Record<string, unknown> => bodies[route]?.(ids) ?? {};

it('every route that takes a body has one here, and it is accepted', async () => {
  const taking = Object.entries(contract).flatMap(([key, route]) => ('body' in route ? key : []));
  expect(Object.keys(bodies).sort()).toEqual(taking.sort());
  for (const route of taking) {
    const { ask, ids } = await givenNeighbours();
    const { status } = await ask(requestTo(route, ids), bodyOf(route, ids));
    expect([route, status]).toEqual([route, 200]);
  }
});

/** Values that are wrong in a text that is needed; `null` and absence are told apart. */
const noText = [7, true, null, [], {}, ['x'], undefined];
/** The same for a text that may be left out. */
const noTextIfAny = [7, true, null, [], {}];

const wrong: readonly (readonly [route: string, field: string, values: readonly unknown[]])[] = [
  ['POST /beta/devices', 'name', [...noText, '', long(49), long(100_000)]],
  ['PATCH /beta/devices/{id}', 'name', [...noTextIfAny, '', long(49)]],
  ['POST /beta/devices/{id}/activation_token', 'allow_reactivation', [null, 'true', 1, [], {}]],
  [
    'POST /beta/devices/{id}/ping',
    'timeout_nanos',
    [null, '1', 1.5, -1, 10_000_000_001, 2 ** 53, 1e300, [], {}, true],
  ],
  ['POST /beta/config_types', 'name', [...noText, '', long(49)]],
  [
    'POST /beta/config_types',
    'slug',
    [...noText, '', long(49), 'Motion', 'a b', 'ü', 'a/b', '../a', 'a\n', 'a\0'],
  ],
  ['PATCH /beta/config_types/{id}', 'name', [...noTextIfAny, '', long(49)]],
  ['PATCH /beta/config_types/{id}', 'slug', [...noTextIfAny, '', long(49), 'Motion']],
  ['POST /beta/git_commits', 'sha', [...noText, '', 'xyz', 'abc', 'ABCDEF0', long(65), 'abcdef0\n']],
  ['POST /beta/git_commits', 'message', noText],
  [
    'POST /beta/git_commits',
    'origin',
    [
      ...noText,
      '',
      'robots',
      'https://example.com/acme/robots',
      'https://github.com/',
      'https://github.com/acme',
      long(513),
    ],
  ],
  [
    'POST /beta/config_schemas',
    'config_type_ref',
    [...noText, {}, { id: 7 }, { slug: null }, { name: 'Motion' }],
  ],
  ['POST /beta/config_schemas', 'language', [...noText, '', 'xml', 'cue']],
  ['POST /beta/config_schemas', 'format', [...noText, '', 'toml', 'cue']],
  [
    'POST /beta/config_schemas',
    'documents',
    [
      null,
      undefined,
      'x',
      {},
      [],
      [null],
      ['{}'],
      [{}],
      [{ name: 'a' }],
      [{ data: '{}' }],
      [{ name: '', data: '{}' }],
      [{ name: long(257), data: '{}' }],
      [{ name: 7, data: '{}' }],
      [{ name: 'a', data: {} }],
      [
        { name: 'a', data: '{}' },
        { name: 'b', data: '{}' },
      ],
    ],
  ],
  [
    'POST /beta/config_schemas',
    'instance_filepath',
    [
      ...noTextIfAny,
      '',
      '/',
      '//',
      '.',
      '..',
      '/srv/',
      '/srv/../etc/passwd',
      '/srv/./a',
      '../../etc/passwd',
      'a\\b',
      'a\0b',
      'a\nb',
      `/${long(256)}`,
      long(1025),
    ],
  ],
  [
    'POST /beta/config_schemas',
    'git_commit',
    [
      null,
      'x',
      {},
      { commit_ref: {} },
      { commit_ref: { sha: 'abcdef0' } },
      { commit_ref: {}, schema_filepaths: [] },
      { commit_ref: { sha: 'abcdef0' }, schema_filepaths: 'a' },
      { commit_ref: { sha: 7 }, schema_filepaths: [] },
    ],
  ],
  ['POST /beta/config_instances', 'config_schema_id', noText],
  [
    'POST /beta/config_instances',
    'content',
    [
      null,
      undefined,
      'x',
      [],
      {},
      { format: 'json' },
      { data: '1' },
      { format: 'toml', data: '' },
      { format: 'json', data: 7 },
      { format: 'json', data: null },
      { format: 'json', data: {} },
      { format: 'json', data: '' },
      { format: 'json', data: '{' },
    ],
  ],
  ['POST /beta/releases', 'version', [...noText, '', 'one', '1.2.3.4', 'v', '1.0.0 ', '1.0.0\n', long(65)]],
  [
    'POST /beta/releases',
    'config_schema_ids',
    [
      null,
      undefined,
      'x',
      {},
      [],
      [7],
      [null],
      [['x']],
      Array.from({ length: 101 }, () => 'x'),
      ['same', 'same'],
    ],
  ],
  ['POST /beta/releases', 'git_commit_ref', [null, 'x', [], {}, { sha: 7 }, { id: null }]],
  ['POST /beta/deployments', 'target_status', [...noText, '', 'archived', 'Staged']],
  ['POST /beta/deployments', 'description', [...noText, long(2049)]],
  ['POST /beta/deployments', 'release_id', noText],
  ['POST /beta/deployments', 'device_id', noText],
  [
    'POST /beta/deployments',
    'config_instance_ids',
    [null, undefined, 'x', {}, [], [7], [null], Array.from({ length: 101 }, () => 'x')],
  ],
  ['POST /beta/deployments', 'parent_id', noTextIfAny],
];

const given = sharedNeighbours();

describe.each(wrong)('%s with a wrong %s', (route, field, values) => {
  it.each(values.map((value) => [JSON.stringify(value)?.slice(0, 60), value]))(
    '%s: refused by name',
    async (_, value) => {
      const { ask, ids } = await given();
      const body = { ...bodyOf(route, ids), [field]: value };
      const answer = await refusedWithoutTrace(ask, requestTo(route, ids), body);
      expect([answer.status, names(answer, field), answer.raw]).toEqual([400, true, answer.raw]);
    },
  );
});

// ---- ids

const withId = Object.keys(contract).filter((route) => route.includes('{id}'));

const oddIds: Readonly<Record<string, string>> = {
  'of nothing': 'nothing_0',
  'with nothing after the prefix': 'dvc_',
  'that is a prototype': '__proto__',
  'that is a constructor': 'constructor',
  'with a slash': 'a%2Fb',
  'with dots': '..%2F..%2Fetc%2Fpasswd',
  'with a NUL': 'a%00b',
  'in other letters': '%C3%BC%F0%9F%98%80',
  'with a hash and a pipe': 'a%23b%7Cc',
  'of three thousand letters': long(3000),
};

describe.each(withId)('%s', (route) => {
  it.each(Object.entries(oddIds))('with an id %s: not found', async (_, id) => {
    const { ask, ids } = await given();
    const answer = await refusedWithoutTrace(ask, route.replace('{id}', id), bodyOf(route, ids));
    expect([answer.status, answer.body.error.code]).toEqual([404, 'resource_not_found']);
  });

  it('with the neighbour’s id: not found, in the same words', async () => {
    const { ask, ids, theirs } = await given();
    const answer = await refusedWithoutTrace(ask, requestTo(route, theirs), bodyOf(route, ids));
    const id = idFor(route, theirs);
    const nobody = await ask(route.replace('{id}', 'nobody_0'), bodyOf(route, ids));
    expect([answer.status, String(answer.raw).replaceAll(id, 'nobody_0')]).toEqual([404, nobody.raw]);
  });

  it('with an id of another kind: not found', async () => {
    const { ask, ids } = await given();
    const other = route.startsWith('GET /beta/releases') ? ids.schema : ids.release;
    const wanted = route.includes('/releases/') ? ids.schema : other;
    const answer = await refusedWithoutTrace(ask, route.replace('{id}', wanted), bodyOf(route, ids));
    expect(answer.status).toBe(404);
  });
});

const references: readonly (readonly [string, string, (id: string, ids: Ids) => Record<string, unknown>])[] =
  [
    ['POST /beta/config_schemas', 'type', (id) => ({ config_type_ref: { id } })],
    [
      'POST /beta/config_schemas',
      'commit',
      (id) => ({ git_commit: { commit_ref: { id }, schema_filepaths: [] } }),
    ],
    ['POST /beta/config_instances', 'schema', (id) => ({ config_schema_id: id })],
    ['POST /beta/releases', 'schema', (id, { schema }) => ({ config_schema_ids: [schema, id] })],
    ['POST /beta/releases', 'commit', (id) => ({ git_commit_ref: { id } })],
    ['POST /beta/deployments', 'release', (id) => ({ release_id: id })],
    ['POST /beta/deployments', 'device', (id) => ({ device_id: id })],
    ['POST /beta/deployments', 'instance', (id) => ({ config_instance_ids: [id] })],
  ];

describe.each(references)('%s that refers to a %s', (route, kind, over) => {
  it.each(['nobody_0', '', '__proto__', 'ü😀', 'a\0b', long(3000)])(
    'that is not there (%#): not found',
    async (id) => {
      const { ask, ids } = await given();
      const body = { ...bodyOf(route, ids), ...over(id, ids) };
      const answer = await refusedWithoutTrace(ask, requestTo(route, ids), body);
      expect([answer.status, answer.body.error.params.id]).toEqual([404, id]);
    },
  );

  it('that is the neighbour’s: not found', async () => {
    const { ask, ids, theirs } = await given();
    const id = theirs[kind as keyof Ids];
    const body = { ...bodyOf(route, ids), ...over(id, ids) };
    const answer = await refusedWithoutTrace(ask, requestTo(route, ids), body);
    expect([answer.status, answer.body.error.params.id]).toEqual([404, id]);
  });
});

it('a parent that is the neighbour’s is told like one that is not current', async () => {
  const { ask, ids, theirs } = await given();
  const route = 'POST /beta/deployments';
  const body = { ...bodyOf(route, ids), parent_id: theirs.deployment };
  const answer = await refusedWithoutTrace(ask, route, body);
  expect([answer.status, answer.body.error.code]).toEqual([409, 'parent_is_not_current']);
});

// ---- queries

describe.each(lists)('GET /beta/%s', (list) => {
  it.each([
    ['limit=0', { limit: 1 }],
    ['limit=-5', { limit: 1 }],
    ['limit=101', { limit: 100 }],
    ['limit=99999999999999999999999', { limit: 100 }],
    ['limit=007', { limit: 7 }],
    ['limit=5&limit=6', { limit: 6 }],
    ['offset=-1', { offset: 0 }],
    ['offset=99999999999999999999999', { has_more: false, data: [] }],
    ['__proto__=1', { limit: 10, offset: 0 }],
    ['__proto__[limit]=1', { limit: 10, offset: 0 }],
    ['constructor=1&prototype=2', { limit: 10, offset: 0 }],
    ['nobody=knows', { limit: 10, offset: 0 }],
    ['%', { limit: 10, offset: 0 }],
    ['&&&=&=1', { limit: 10, offset: 0 }],
    ['id=nobody_0', { data: [] }],
    ['id=__proto__,constructor', { data: [] }],
    ['id=%00', { data: [] }],
    ['id=%ED%A0%80', { data: [] }],
    ['id=%FF', { data: [] }],
    [`id=${long(100_000)}`, { data: [] }],
    [`id=${Array.from({ length: 5000 }, (_, at) => at).join(',')}`, { data: [] }],
  ])(
    'with a query that is odd (%#): answered, and clamped where it is out of range',
    async (query, expected) => {
      const { ask } = await given();
      const { status, body } = await ask(`GET /beta/${list}?${query}`);
      expect([query.slice(0, 40), status]).toEqual([query.slice(0, 40), 200]);
      expect(body).toMatchObject(expected);
    },
  );

  it.each([
    ['limit=ten', 'limit'],
    ['limit=', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1e2', 'limit'],
    ['limit=0x10', 'limit'],
    ['limit=NaN', 'limit'],
    ['limit=Infinity', 'limit'],
    ['limit=%20', 'limit'],
    ['limit=%00', 'limit'],
    ['limit=%D9%A1', 'limit'],
    ['limit=1&limit=x', 'limit'],
    ['offset=one', 'offset'],
    ['offset=', 'offset'],
    ['offset=1.5', 'offset'],
    ['order_by=name:asc', 'order_by'],
    ['order_by=id', 'order_by'],
    ['order_by=id:up', 'order_by'],
    ['order_by=__proto__', 'order_by'],
    ['expand=nothing', 'expand'],
    ['expand=total_count,nothing', 'expand'],
    ['expand=__proto__', 'expand'],
    ['expand=constructor', 'expand'],
    [`expand=${long(100_000)}`, 'expand'],
  ])('with a query that is wrong (%#): refused, and %s is named', async (query, field) => {
    const { ask } = await given();
    const answer = await refusedWithoutTrace(ask, `GET /beta/${list}?${query}`);
    expect([query.slice(0, 40), answer.status, names(answer, field)]).toEqual([
      query.slice(0, 40),
      400,
      true,
    ]);
  });

  it('shows nothing of the neighbour’s, even when it is asked for by id', async () => {
    const { ask, ids, theirs } = await given();
    const wanted = [ids, theirs].map((whose) => idFor(`GET /beta/${list}`, whose));
    const { body } = await ask(`GET /beta/${list}?id=${wanted.join(',')}&expand=total_count`);
    expect([body.total_count, body.data.map(({ id }: { id: string }) => id)]).toEqual([1, [wanted[0]]]);
  });
});

it.each([
  ['deployments?target_status=gone', 'target_status'],
  ['deployments?activity_status=failed', 'activity_status'],
  ['deployments?error_status=queued', 'error_status'],
  ['deployments?error_status=__proto__', 'error_status'],
  ['devices?current_release_id=rls_0', 'current_release_id'],
  ['devices?expand=current_release', 'expand'],
])('GET /beta/%s asks for what this version does not know: refused by name', async (path, field) => {
  const { ask } = await given();
  const answer = await refusedWithoutTrace(ask, `GET /beta/${path}`);
  expect([answer.status, names(answer, field)]).toEqual([400, true]);
});

it('GET /beta/deployments?activity_status=removing, which only later versions know: refused by name', async () => {
  const { ask } = await given();
  const answer = await refusedWithoutTrace(ask, 'GET /beta/deployments?activity_status=removing');
  expect([answer.status, names(answer, 'activity_status')]).toEqual([400, true]);
});

it.each([
  ['deployments/{id}', 'expand', 'expand=nothing'],
  ['deployments/{id}', 'expand', 'expand=total_count'],
  ['releases/{id}', 'expand', 'expand=device'],
  ['config_schemas/{id}', 'expand', 'expand=content'],
  ['config_instances/{id}', 'expand', 'expand=documents'],
  ['config_instances/{id}/content', 'disposition', 'disposition=evil%0d%0aX-Header:%201'],
])('GET /beta/%s with a wrong %s (%s): refused by name', async (path, field, query) => {
  const { ask, ids } = await given();
  const answer = await refusedWithoutTrace(ask, `${requestTo(`GET /beta/${path}`, ids)}?${query}`);
  expect([answer.status, names(answer, field)]).toEqual([400, true]);
});

// ---- bodies that are hardly JSON

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

const noBodies: readonly (readonly [string, string | Uint8Array])[] = [
  ['text', 'name=robot-8'],
  ['half of an object', '{"name":'],
  ['an object with something behind it', '{}{}'],
  ['single quotes', "{'name':'robot-8'}"],
  ['a comment', '{} // nothing'],
  ['a trailing comma', '{"name":"robot-8",}'],
  ['NaN', '{"name":NaN}'],
  ['null', 'null'],
  ['a list', '[]'],
  ['a text', '"robot-8"'],
  ['a number', '7'],
  ['bytes that are no UTF-8', bytes(0x22, 0xff, 0xfe, 0x22)],
  ['UTF-16', Buffer.from('\ufeff{"name":"robot-8"}', 'utf16le')],
  ['gzip', bytes(0x1f, 0x8b, 0x08, 0x00)],
  ['ten thousand lists in each other', deep(10_000)],
  ['a hundred thousand lists in each other', deep(100_000)],
  ['a hundred thousand open lists', '['.repeat(100_000)],
];

describe.each(Object.keys(bodies))('%s with a body that is', (route) => {
  it.each(noBodies)('%s: refused', async (_, body) => {
    const { ask, ids } = await given();
    const answer = await refusedWithoutTrace(ask, requestTo(route, ids), body);
    expect([answer.status, ['malformed_body', 'invalid_request'].includes(answer.body.error.code)]).toEqual([
      400,
      true,
    ]);
  });

  const beside: readonly (readonly [string, string])[] = [
    ['a prototype', '"__proto__":{"name":7,"polluted":true}'],
    ['a constructor', '"constructor":{"prototype":{"polluted":true}}'],
    ['the same key twice', '"beside":1,"beside":2'],
    ['a number beyond 2^53', '"beside":9007199254740993'],
    ['a very small number', '"beside":1e-400'],
    ['a NUL', '"beside":"\\u0000"'],
    ['other letters', '"ü😀":"\u202e\ufeff"'],
    ['ten thousand lists in each other', `"beside":${deep(10_000)}`],
  ];

  it.each(beside)('right, and %s beside: taken as if that were not there', async (_, text) => {
    const { ask, ids } = await givenNeighbours();
    const body = JSON.stringify(bodyOf(route, ids)).replace('{', `{${text},`);
    const { status } = await ask(requestTo(route, ids), body);
    expect([status, Object.hasOwn(Object.prototype, 'polluted')]).toEqual([200, false]);
  });

  // Where the request is hashed, so that a repeat is known.
  const hashed = route.startsWith('POST') && !route.startsWith('POST /beta/devices');

  (hashed ? it : it).each([
    ['a number that is too large to be one', '"beside":1e400'],
    ['half of a surrogate pair', '"beside":"\\ud800"'],
    ['half of a surrogate pair as a key', '"\\udc00":1'],
  ])('right, and %s beside: taken or refused, never our fault', async (_, text) => {
    const { ask, ids } = await givenNeighbours();
    const body = JSON.stringify(bodyOf(route, ids)).replace('{', `{${text},`);
    const { status } = await ask(requestTo(route, ids), body);
    expect([200, 400]).toContain(status);
  });
});

/** Half of a surrogate pair is no text: it could not be stored as it came. */
it.each([
  ['POST /beta/devices', 'name'],
  ['PATCH /beta/devices/{id}', 'name'],
  ['POST /beta/config_types', 'name'],
  ['PATCH /beta/config_types/{id}', 'name'],
  ['POST /beta/git_commits', 'message'],
  ['POST /beta/deployments', 'description'],
])('%s with half of a surrogate pair in its %s: refused', async (route, field) => {
  const { ask, ids } = await givenNeighbours();
  const body = JSON.stringify({ ...bodyOf(route, ids), [field]: 'HERE' }).replace('HERE', 'a\\ud800b');
  expect((await refusedWithoutTrace(ask, requestTo(route, ids), body)).status).toBeGreaterThanOrEqual(400);
});

it('the last of two equal keys counts', async () => {
  const { ask } = await givenNeighbours();
  const { body } = await ask('POST /beta/devices', '{"name":"first","name":"last"}');
  expect(body.name).toBe('last');
});

it.each([
  'ü😀é',
  '\u202eevil',
  'a b',
  "'; DROP TABLE devices; --",
  '{{7*7}}',
  '<script>',
  'a#b;c',
  '__proto__',
])('a device may be called %j, and is found by that name', async (name) => {
  const { ask } = await givenNeighbours();
  const made = await ask('POST /beta/devices', { name });
  const { body } = await ask(`GET /beta/devices?name=${encodeURIComponent(name)}`);
  expect([made.body.name, body.data.map(({ id }: { id: string }) => id)]).toEqual([name, [made.body.id]]);
});

it('a commit message is cut between letters, never through one', async () => {
  const { ask, ids } = await givenNeighbours();
  const route = 'POST /beta/git_commits';
  const { body } = await ask(route, { ...bodyOf(route, ids), message: `${long(2047)}😀` });
  expect([body.message.length, body.message.isWellFormed()]).toEqual([2047, true]);
});
