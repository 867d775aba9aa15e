// Deltas and sets over the API: who changed them, what is locked, what is found and what is not.
import { describe, expect, it } from 'vitest';
import { app, clientFor, env, givenApp, looseClientFor, moduleOf } from './given.ts';

const deltas = `${app}/deltas`;
const sets = `${app}/sets`;
type Told = Record<string, unknown>;

describe('a delta', () => {
  it('is told whole, however little it says', async () => {
    const { does } = await givenApp();
    const made = await does(`POST ${deltas}`, {
      id: 'ignored',
      metadata: { archived: true, created_by: 'x', shared: true },
    });
    expect(made).toEqual({
      id: expect.not.stringMatching('ignored'),
      metadata: {
        archived: false,
        contributers: [],
        created_at: expect.any(String),
        created_by: expect.stringMatching(/^api_key_/),
        last_modified_at: made.metadata.created_at,
      },
      modules: { add: {}, remove: [], update: {} },
      shared: [],
    });
    expect(await does(`GET ${deltas}/${made.id}`)).toEqual(made);
  });

  it('keeps what nobody knows in a module, and null', async () => {
    const { system } = await givenApp();
    const ask = await looseClientFor(system, 'acme');
    const module = {
      ...moduleOf('a'),
      deploy: { when: 'before', timeout: 30 },
      custom: { x: null, y: [1, null] },
    };
    const { id } = (await ask(`POST ${deltas}`, { modules: { add: { web: module } } })).body;
    expect((await ask(`GET ${deltas}/${id}`)).body.modules.add.web).toEqual(module);
  });

  it('takes null for what is not there', async () => {
    const { does } = await givenApp();
    const made = await does(`POST ${deltas}`, {
      metadata: null,
      modules: { add: null, remove: null, update: null },
      shared: null,
    });
    expect(made.modules).toEqual({ add: {}, remove: [], update: {} });
  });

  it('is changed by nothing when nothing is merged', async () => {
    const { does } = await givenApp();
    const made = await does(`POST ${deltas}`, {});
    expect(await does(`PATCH ${deltas}/${made.id}`, [])).toEqual(made);
  });

  it('names those who changed it, once, but for who made it', async () => {
    const { system, does } = await givenApp();
    const { id } = await does(`POST ${deltas}`, {});
    await does(`PATCH ${deltas}/${id}`, [{ modules: { remove: ['a'] } }]);
    const colleague = await clientFor(system, 'acme');
    await colleague(`PATCH ${deltas}/${id}`, [{ modules: { remove: ['b'] } }]);
    await colleague(`PUT ${deltas}/${id}`, { modules: { remove: ['c'] } });
    const { metadata, modules } = await does(`GET ${deltas}/${id}`);
    expect(metadata.contributers).toHaveLength(1);
    expect(metadata.contributers).not.toContain(metadata.created_by);
    expect(metadata.last_modified_at > metadata.created_at).toBe(true);
    expect(modules.remove).toEqual(['c']);
  });

  it.each(['metadata/', ''])('is renamed, moved and archived under %sname and its like', async (prefix) => {
    const { ask, does } = await givenApp();
    const { id } = await does(`POST ${deltas}`, { metadata: { name: 'a', env_id: 'development' } });
    const put = (field: string, value: unknown) =>
      ask(`PUT ${deltas}/${id}/${prefix}${field}`, JSON.stringify(value));
    expect((await put('name', 'b')).status).toBe(204);
    expect((await put('env_id', 'staging')).raw).toBe('');
    const { metadata } = await does(`GET ${deltas}/${id}`);
    expect([metadata.name, metadata.env_id]).toEqual(['b', 'staging']);
    await put('archived', true);
    const locked = [
      await put('name', 'c'),
      await put('env_id', 'development'),
      await ask(`PATCH ${deltas}/${id}`, [{ modules: { remove: ['a'] } }]),
      await ask(`PUT ${deltas}/${id}`, {}),
    ];
    expect(locked.map(({ status, body }) => [status, body.details.conflict])).toEqual(
      locked.map(() => [400, 'delta_archived']),
    );
    expect((await does(`GET ${deltas}/${id}`)).metadata.archived).toBe(true);
    expect((await put('archived', false)).status).toBe(204);
    expect((await put('name', 'c')).status).toBe(204);
  });

  it('is listed by environment, and by whether it is archived', async () => {
    const { does } = await givenApp();
    const make = async (env_id: string): Promise<string> =>
      (await does(`POST ${deltas}`, { metadata: { env_id } })).id;
    const [one, two, three] = [await make('development'), await make('staging'), await make('staging')];
    await does(`PUT ${deltas}/${three}/metadata/archived`, 'true');
    const ids = async (query: string) =>
      (await does(`GET ${deltas}${query}`)).map(({ id }: Told) => id).sort();
    expect(await ids('')).toEqual([one, two].sort());
    expect(await ids('?env=staging')).toEqual([two]);
    expect(await ids('?archived=true')).toEqual([three]);
    expect(await ids('?archived=false&env=development')).toEqual([one]);
    expect(await ids('?env=nobody')).toEqual([]);
  });

  it('merged by many at the same time loses nothing', async () => {
    const { ask, does } = await givenApp();
    const { id } = await does(`POST ${deltas}`, {});
    const names = Array.from({ length: 20 }, (_, at) => `m${at}`);
    await Promise.all(
      names.map((name) => ask(`PATCH ${deltas}/${id}`, [{ modules: { add: { [name]: moduleOf('a') } } }])),
    );
    expect(Object.keys((await does(`GET ${deltas}/${id}`)).modules.add).sort()).toEqual(names.sort());
  });

  it('made twice with one idempotency key is made once', async () => {
    const { ask, does } = await givenApp();
    const make = (name: string) => ask(`POST ${deltas}`, { metadata: { name } }, { 'idempotency-key': 'k' });
    const [first, second, other] = [await make('a'), await make('a'), await make('b')];
    expect([second.body.id, other.status]).toEqual([first.body.id, 422]);
    await does(`PATCH ${deltas}/${first.body.id}`, [{ modules: { remove: ['a'] } }]);
    expect((await make('a')).body.id).toBe(first.body.id);
    expect(await does(`GET ${deltas}`)).toHaveLength(1);
  });

  it.each<[string, string, unknown]>([
    [
      'an operation that there is not',
      'POST',
      { modules: { update: { a: [{ op: 'move', path: '/a', from: '/b' }] } } },
    ],
    ['an operation without a path', 'POST', { shared: [{ op: 'add' }] }],
    ['a module that is none', 'POST', { modules: { add: { a: 7 } } }],
    ['a list of removes that is none', 'POST', { modules: { remove: 'a' } }],
    ['an environment that can be none', 'POST', { metadata: { env_id: 'No Such' } }],
    [
      'updates that do not fit what it adds',
      'POST',
      { modules: { add: { a: {} }, update: { a: [{ op: 'replace', path: '/x', value: 1 }] } } },
    ],
    [
      'a tower',
      'POST',
      { modules: { add: { a: { spec: JSON.parse(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`) } } } },
    ],
  ])('with %s is refused', async (_, method, body) => {
    const { ask, does } = await givenApp();
    const { status, body: told } = await ask(`${method} ${deltas}`, body);
    expect([400, 422]).toContain(status);
    expect(told).toEqual({
      error: expect.any(String),
      message: expect.any(String),
      details: expect.any(Object),
    });
    expect(await does(`GET ${deltas}`)).toEqual([]);
  });

  it('does not grow beyond what can be told', async () => {
    const { ask, does } = await givenApp();
    const { id } = await does(`POST ${deltas}`, {});
    const large = (name: string) => [{ modules: { add: { [name]: moduleOf('x'.repeat(3_000_000)) } } }];
    expect((await ask(`PATCH ${deltas}/${id}`, large('a'))).status).toBe(200);
    expect((await ask(`PATCH ${deltas}/${id}`, large('b'))).status).toBe(400);
  });
});

describe('a set', () => {
  const given = async () => {
    const context = await givenApp();
    const apply = async (id: string, delta: object): Promise<string> =>
      context.does(`POST ${sets}/${id}`, delta);
    const one = await apply('0', { modules: { add: { web: moduleOf('image:1') } } });
    return { ...context, apply, one };
  };

  it('is named by what it says', async () => {
    const { apply, one } = await given();
    expect(one).toMatch(/^[\w-]{43}$/);
    expect(await apply('0', { modules: { add: { web: moduleOf('image:1') } } })).toBe(one);
    expect(await apply(one, {})).toBe(one);
    expect(await apply(one, { modules: { remove: ['web'] } })).toBe('0'.repeat(43));
  });

  it('is told as a bare string when it is made, and whole when it is read', async () => {
    const { does, ask, one } = await given();
    expect(await does(`GET ${sets}/${one}`)).toEqual({
      id: one,
      version: 0,
      modules: { web: moduleOf('image:1') },
      shared: {},
    });
    expect((await ask(`POST ${sets}/${one}`, {})).raw).toBe(JSON.stringify(one));
    expect(await does(`GET ${sets}/00`)).toEqual({ id: '0'.repeat(43), version: 0, modules: {}, shared: {} });
  });

  it('is compared both ways', async () => {
    const { does, apply, one } = await given();
    const two = await apply(one, {
      modules: {
        add: { api: moduleOf('image:1') },
        update: { web: [{ op: 'replace', path: '/spec/containers/main/image', value: 'image:2' }] },
      },
      shared: [{ op: 'add', path: '/db', value: { type: 'postgres', params: {} } }],
    });
    const forth = await does(`GET ${sets}/${two}/diff/${one}`);
    expect(forth).toEqual({
      modules: {
        add: { api: moduleOf('image:1') },
        remove: [],
        update: { web: [{ op: 'replace', path: '/spec/containers/main/image', value: 'image:2' }] },
      },
      shared: [{ op: 'add', path: '/db', value: { type: 'postgres', params: {} } }],
    });
    expect(await does(`GET ${sets}/${two}?diff=${one}`)).toEqual(forth);
    const back = await does(`GET ${sets}/${one}/diff/${two}`);
    expect(back.modules.remove).toEqual(['api']);
    expect([await apply(one, forth), await apply(two, back)]).toEqual([two, one]);
  });

  it('lists the resources that it asks for', async () => {
    const { does, apply } = await given();
    const id = await apply('0', {
      modules: {
        add: {
          web: { ...moduleOf('a'), externals: { db: { type: 'postgres', params: { size: 1 } }, nothing: 7 } },
        },
      },
      shared: [{ op: 'add', path: '/dns', value: { type: 'dns', class: 'external', id: 'named' } }],
    });
    expect(await does(`GET ${sets}/${id}/resources`)).toEqual([
      { id: 'modules.web.externals.db', type: 'postgres', class: 'default', resource: { size: 1 } },
      { id: 'named', type: 'dns', class: 'external', resource: {} },
    ]);
  });

  it('does not take what does not fit', async () => {
    const { ask, one } = await given();
    const answer = await ask(`POST ${sets}/${one}`, {
      modules: { update: { nobody: [{ op: 'add', path: '/x', value: 1 }] } },
    });
    expect([answer.status, answer.body.details.module]).toEqual([400, 'nobody']);
  });

  it('is seen only by the application that made it', async () => {
    const { ask, does, one } = await given();
    await does('POST /orgs/acme/apps', { id: 'other', name: 'Other' });
    const there = '/orgs/acme/apps/other';
    const answers = [
      await ask(`GET ${there}/sets/${one}`),
      await ask(`GET ${there}/sets/0/diff/${one}`),
      await ask(`POST ${there}/sets/${one}`, {}),
      await ask(`GET ${sets}/nothing`),
      await ask(`GET ${sets}/${one}?diff=nothing`),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404]);
    expect((await ask(`POST ${there}/envs/development/deploys`, { set_id: one })).status).toBe(400);
    expect(await does(`GET ${there}/sets`)).toEqual([]);
    expect(await does(`GET ${sets}`)).toHaveLength(1);
  });

  it('keeps names such as __proto__, constructor and reason apart from what they mean elsewhere', async () => {
    const { does, apply } = await given();
    const shared = JSON.parse(
      '[{"op":"add","path":"/x","value":{"__proto__":{"polluted":1},"constructor":2,"toString":3}}]',
    );
    const id = await apply('0', {
      modules: { add: { constructor: moduleOf('a'), reason: moduleOf('b') } },
      shared,
    });
    const set = await does(`GET ${sets}/${id}`);
    expect(Object.keys(set.modules)).toEqual(['constructor', 'reason']);
    expect(JSON.stringify(set.shared)).toBe(
      '{"x":{"__proto__":{"polluted":1},"constructor":2,"toString":3}}',
    );
    expect(await apply('0', await does(`GET ${sets}/${id}/diff/0`))).toBe(id);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('is deployed as it is', async () => {
    const { does, one } = await given();
    expect((await does(`POST ${env}/deploys`, { set_id: one })).set_id).toBe(one);
  });
});
