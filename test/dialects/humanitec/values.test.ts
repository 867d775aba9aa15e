// Values: at two levels, with a history that can be gone back to, and with secrets that are nowhere but in their place.
import { describe, expect, it } from 'vitest';
import { app, clientFor, env, givenApp } from './given.ts';

const values = `${app}/values`;
const own = `${env}/values`;
const versions = `${app}/value-set-versions`;
const ownVersions = `${env}/value-set-versions`;
const zero = '00000000-0000-0000-0000-000000000000';

type Value = Record<string, unknown>;
const pairs = (list: Value[]) => list.map(({ key, value, source }) => [key, value, source]);

describe('values', () => {
  it('are created, listed, replaced, changed and deleted', async () => {
    const { does } = await givenApp();
    expect(await does(`GET ${values}`)).toEqual([]);
    const made = await does(`POST ${values}`, { key: 'MSG', value: 'hello \n ', description: null });
    expect(made).toEqual({
      key: 'MSG',
      value: 'hello \n ',
      description: '',
      is_secret: false,
      source: 'app',
      created_at: expect.any(String),
      updated_at: expect.any(String),
      secret_key: null,
      secret_store_id: null,
      secret_version: null,
    });
    const put = await does(`PUT ${values}/MSG`, {
      value: 'two',
      description: 'second',
      key: 'IGNORED',
      is_secret: true,
    });
    expect([put.value, put.description, put.is_secret]).toEqual(['two', 'second', false]);
    expect(put.created_at).toBe(made.created_at);
    expect((await does(`PATCH ${values}/MSG`, { description: 'third' })).value).toBe('two');
    expect((await does(`PATCH ${values}/MSG`, { value: '' })).description).toBe('third');
    await does(`DELETE ${values}/MSG`);
    expect(await does(`GET ${values}`)).toEqual([]);
  });

  it('of an environment lie over the application’s, and say where they come from', async () => {
    const { does } = await givenApp();
    await does(`POST ${values}`, { key: 'A', value: 'app', description: '' });
    await does(`POST ${values}`, { key: 'B', value: 'app', description: '' });
    await does(`POST ${own}`, { key: 'A', value: 'env', description: '' });
    await does(`POST ${own}`, { key: 'C', value: 'env', description: '' });
    expect(pairs(await does(`GET ${own}`))).toEqual([
      ['A', 'env', 'env'],
      ['B', 'app', 'app'],
      ['C', 'env', 'env'],
    ]);
    expect(pairs(await does(`GET ${values}`))).toEqual([
      ['A', 'app', 'app'],
      ['B', 'app', 'app'],
    ]);
    await does(`DELETE ${own}`);
    expect(pairs(await does(`GET ${own}`))).toEqual([
      ['A', 'app', 'app'],
      ['B', 'app', 'app'],
    ]);
  });

  it.each<[string, string, unknown, number]>([
    ['without a key', `POST ${values}`, { value: 'a', description: '' }, 400],
    ['without a description', `POST ${values}`, { key: 'NEW', value: 'a' }, 400],
    [
      'with a key that begins with a digit',
      `POST ${values}`,
      { key: '1A', value: 'a', description: '' },
      400,
    ],
    ['with a key that has a slash', `POST ${values}`, { key: 'A/B', value: 'a', description: '' }, 400],
    ['with a value that is none', `POST ${values}`, { key: 'NEW', value: 1, description: '' }, 400],
    [
      'with a value that is too large',
      `POST ${values}`,
      { key: 'NEW', value: 'x'.repeat(65_537), description: '' },
      400,
    ],
    ['that is there', `POST ${values}`, { key: 'A', value: 'a', description: '' }, 409],
    ['to replace without a value', `PUT ${values}/A`, { description: '' }, 400],
    ['to replace without a description', `PUT ${values}/A`, { value: '' }, 400],
    ['to change in nothing', `PATCH ${values}/A`, {}, 400],
    [
      'to refer elsewhere although it is no secret',
      `PATCH ${values}/A`,
      { secret_ref: { store: 's', ref: 'r' } },
      400,
    ],
    ['to replace that is not there', `PUT ${values}/B`, { value: '', description: '' }, 404],
    ['to change that is not there', `PATCH ${values}/B`, { value: '' }, 404],
    ['to delete that is not there', `DELETE ${values}/B`, undefined, 404],
    ['to change that is only the application’s', `PATCH ${own}/A`, { value: '' }, 404],
    ['of an environment that is not there', `GET ${app}/envs/nobody/values`, undefined, 400],
    [
      'for an environment that is not there',
      `POST ${app}/envs/nobody/values`,
      { key: 'A', description: '' },
      400,
    ],
    ['of an application that is not there', 'GET /orgs/acme/apps/nobody/values', undefined, 404],
  ])('%s: refused', async (_, request, body, status) => {
    const { ask, does } = await givenApp();
    await does(`POST ${values}`, { key: 'A', value: 'a', description: '' });
    expect((await ask(request, body)).status).toBe(status);
    expect(await does(`GET ${versions}`)).toHaveLength(1);
  });

  it.each(['__proto__', 'constructor', 'toString', 'refused', 'hasOwnProperty'])(
    'may be called %s',
    async (key) => {
      const { does } = await givenApp();
      await does(`POST ${values}`, { key, value: 'a', description: '' });
      await does(`PATCH ${values}/${key}`, { value: 'b' });
      expect(pairs(await does(`GET ${values}`))).toEqual([[key, 'b', 'app']]);
      const [latest, first] = await does(`GET ${versions}`);
      expect([latest.change[0].op, first.change[0].op]).toEqual(['replace', 'add']);
      await does(`POST ${versions}/${first.id}/restore/${key}`, {});
      expect(pairs(await does(`GET ${values}`))).toEqual([[key, 'a', 'app']]);
      await does(`DELETE ${values}/${key}`);
      expect(await does(`GET ${values}`)).toEqual([]);
    },
  );

  it('made twice with one idempotency key are made once', async () => {
    const { ask, does } = await givenApp();
    const make = (value: string) =>
      ask(`POST ${values}`, { key: 'A', value, description: '' }, { 'idempotency-key': 'k' });
    const [first, second, other] = [await make('a'), await make('a'), await make('b')];
    expect([first.status, second.status, other.status]).toEqual([201, 201, 422]);
    expect(second.body).toEqual(first.body);
    expect(await does(`GET ${versions}`)).toHaveLength(1);
  });
});

// ---- secrets

const secret = 'hunter2-hunter2-hunter2';

/** Everything that lies in the small system's world, as text. */
const everythingIn = (parts: object): string => {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value);
    if (value instanceof Uint8Array) texts.push(Buffer.from(value).toString());
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    const inner = value instanceof Map ? [...value.entries()] : Object.values(value);
    for (const each of inner) walk(each);
  };
  walk(parts);
  return texts.join('\n');
};

/** Writes of a world, recorded: what is not written is nowhere. */
const recording = ({ system: { world } }: Awaited<ReturnType<typeof givenApp>>) => {
  const entries = new Map<string, unknown>();
  const contents: unknown[] = [];
  const { catalog } = world;
  const { save, remove } = catalog;
  const { put } = world.contents;
  Object.assign(catalog, {
    save: async (entry: Parameters<typeof save>[0]) => {
      const saved = await save(entry);
      if (saved.saved) entries.set(`${entry.kind} ${entry.id}`, structuredClone(entry));
      return saved;
    },
    remove: async (entry: Parameters<typeof remove>[0]) => {
      const removed = await remove(entry);
      if (removed) entries.delete(`${entry.kind} ${entry.id}`);
      return removed;
    },
  });
  Object.assign(world.contents, {
    put: async (...args: Parameters<typeof put>) => {
      contents.push(args);
      return put(...args);
    },
  });
  return {
    placesOf: (text: string): string[] =>
      [...entries]
        .filter(([, entry]) => everythingIn({ entry }).includes(text))
        .map(([name]) => name.split('@')[0] ?? ''),
    isInContent: (text: string): boolean => everythingIn(contents).includes(text),
  };
};

describe('a secret', () => {
  it('is written and never told: its name, store and version are', async () => {
    const { does } = await givenApp();
    const told = {
      value: '',
      is_secret: true,
      secret_key: 'orgs--acme--apps--shop--secret_values--KEY',
      secret_store_id: 'humanitec',
    };
    const made = await does(`POST ${values}`, {
      key: 'KEY',
      value: secret,
      is_secret: true,
      description: '',
    });
    expect(made).toMatchObject({ ...told, secret_version: '1' });
    expect(await does(`PATCH ${values}/KEY`, { value: 'second' })).toMatchObject({
      ...told,
      secret_version: '2',
    });
    expect(await does(`PATCH ${values}/KEY`, { description: 'd' })).toMatchObject({
      ...told,
      secret_version: '2',
    });
    expect(await does(`PUT ${values}/KEY`, { value: 'third', description: '' })).toMatchObject({
      ...told,
      secret_version: '3',
    });
    const inEnv = await does(`POST ${own}`, { key: 'KEY', value: 'x', is_secret: true, description: '' });
    expect(inEnv).toMatchObject({
      secret_key: 'orgs--acme--apps--shop--envs--development--secret_values--KEY',
      secret_version: '1',
      source: 'env',
    });
    for (const path of [values, own, versions, ownVersions])
      expect(JSON.stringify(await does(`GET ${path}`))).not.toContain(secret);
  });

  it('counts its versions on after it was deleted', async () => {
    const { does } = await givenApp();
    const make = () =>
      does(`POST ${values}`, { key: 'KEY', value: secret, is_secret: true, description: '' });
    await make();
    await does(`DELETE ${values}/KEY`);
    expect((await make()).secret_version).toBe('2');
  });

  it('can be given by reference to a store, or as a value of a reference', async () => {
    const { ask, does } = await givenApp();
    const make = (key: string, secret_ref: object) =>
      ask(`POST ${values}`, { key, description: '', is_secret: true, secret_ref });
    expect((await make('REF', { store: 'vault', ref: 'path/to', version: '7' })).body).toMatchObject({
      value: '',
      is_secret: true,
      secret_key: 'path/to',
      secret_store_id: 'vault',
      secret_version: '7',
    });
    expect((await make('OWN', { value: secret })).body).toMatchObject({
      secret_store_id: 'humanitec',
      secret_version: '1',
    });
    for (const wrong of [
      { ref: 'r' },
      { store: 'humanitec', ref: 'r' },
      { value: 'v', ref: 'r', store: 's' },
      {},
    ])
      expect((await make('WRONG', wrong)).status).toBe(400);
    expect(await does(`GET ${values}`)).toHaveLength(2);
  });

  it('lies in one entry and nowhere else, also after deployments, restores and repeats', async () => {
    const given = await givenApp();
    const { ask, does } = given;
    const record = recording(given);
    const body = { key: 'KEY', value: secret, is_secret: true, description: '' };
    await ask(`POST ${values}`, body, { 'idempotency-key': 'k' });
    await ask(`POST ${values}`, body, { 'idempotency-key': 'k' });
    await ask(`POST ${values}`, body);
    const [first] = await does(`GET ${versions}`);
    await does(`POST ${env}/deploys`, {});
    await does(`PATCH ${values}/KEY`, { value: 'next' });
    await does(`POST ${versions}/${first.id}/restore`, {});
    expect(record.placesOf(secret)).toEqual(['humanitec_value']);
    expect(record.isInContent(secret)).toBe(false);
  });

  it('is gone when it is purged', async () => {
    const given = await givenApp();
    const { ask, does } = given;
    const record = recording(given);
    await does(`POST ${values}`, { key: 'KEY', value: secret, is_secret: true, description: '' });
    const [first] = await does(`GET ${versions}`);
    await does(`PATCH ${values}/KEY`, { value: 'next' });
    expect(record.placesOf(secret)).toEqual(['humanitec_value']);
    await does(`POST ${versions}/${first.id}/purge/KEY`, { comment: 'leaked' });
    expect(record.placesOf(secret)).toEqual([]);
    expect((await ask(`POST ${env}/deploys`, { value_set_version_id: first.id })).status).toBe(400);
    await does(`POST ${env}/deploys`, {});
  });

  it('does not stay when it was refused', async () => {
    const given = await givenApp();
    const record = recording(given);
    const make = () =>
      given.ask(`POST ${values}`, { key: 'KEY', value: secret, is_secret: true, description: '' });
    const answers = await Promise.all([make(), make(), make()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(record.placesOf(secret)).toEqual(['humanitec_value']);
  });

  it('is in no error', async () => {
    const { ask } = await givenApp();
    const wrongs = [
      { key: 'KEY', value: { [secret]: secret }, is_secret: true, description: '' },
      { key: 'KEY', value: secret.repeat(4000), is_secret: true, description: '' },
      { key: 'KEY', secret_ref: { value: secret, ref: secret }, description: '' },
    ];
    for (const wrong of wrongs) {
      const { status, raw } = await ask(`POST ${values}`, wrong);
      expect([status, String(raw).includes(secret)]).toEqual([400, false]);
    }
  });

  it('goes with its application', async () => {
    const given = await givenApp();
    const record = recording(given);
    await given.does(`POST ${values}`, { key: 'KEY', value: secret, is_secret: true, description: '' });
    await given.does(`POST ${own}`, { key: 'KEY', value: secret, is_secret: true, description: '' });
    await given.does(`DELETE ${env}`);
    expect(record.placesOf(secret)).toHaveLength(1);
    await given.does(`DELETE ${app}`);
    expect(record.placesOf(secret)).toEqual([]);
  });
});

// ---- versions

describe('versions', () => {
  const made = async () => {
    const given = await givenApp();
    const { does } = given;
    await does(`POST ${values}`, { key: 'A', value: 'one', description: '' });
    await does(`POST ${values}`, { key: 'B', value: 'two', description: '' });
    await does(`PATCH ${values}/A`, { value: 'three' });
    await does(`DELETE ${values}/B`);
    return { ...given, list: async (path = versions): Promise<Value[]> => does(`GET ${path}`) };
  };

  it('are one per change, newest first, each with all values', async () => {
    const { list } = await made();
    const told = (await list()).map(({ change, result_of, values: all }) => [
      result_of,
      (change as Value[]).map(({ op, path }) => `${op} ${path}`).join(),
      Object.entries(all as Record<string, Value>).map(([key, { value }]) => `${key}=${value}`),
    ]);
    expect(told).toEqual([
      ['app_value_delete', 'remove /B', ['A=three']],
      ['app_value_update', 'replace /A', ['A=three', 'B=two']],
      ['app_value_create', 'add /B', ['A=one', 'B=two']],
      ['app_value_create', 'add /A', ['A=one']],
    ]);
  });

  it('can be listed for one key', async () => {
    const { list } = await made();
    expect(await list(`${versions}?key_changed=B`)).toHaveLength(2);
    expect(await list(`${versions}?key_changed=C`)).toEqual([]);
  });

  it('of an environment are the application’s, and its own among them', async () => {
    const { does, list } = await made();
    expect((await list(ownVersions)).map(({ id }) => id)).toEqual((await list()).map(({ id }) => id));
    await does(`POST ${own}`, { key: 'A', value: 'mine', description: '' });
    expect(await list()).toHaveLength(4);
    const [latest, ...others] = await list(ownVersions);
    expect([latest?.result_of, others.length]).toEqual(['env_value_create', 4]);
    expect(pairs(Object.values(latest?.values as Record<string, Value>))).toEqual([['A', 'mine', 'env']]);
    await does(`POST ${app}/envs`, { id: 'staging', name: 'Staging' });
    expect(await list(`${app}/envs/staging/value-set-versions`)).toHaveLength(4);
  });

  it('are found by id, and the newest as the zero UUID', async () => {
    const { ask, does, list } = await made();
    const [latest, older] = await list();
    expect(await does(`GET ${versions}/${older?.id}`)).toEqual(older);
    expect(await does(`GET ${ownVersions}/${zero}`)).toEqual(latest);
    expect((await ask(`GET ${versions}/11111111-1111-4111-8111-111111111111`)).status).toBe(404);
    expect((await ask(`GET ${app}/envs/nobody/value-set-versions/${zero}`)).status).toBe(404);
  });

  it('of nothing have no newest', async () => {
    const { ask } = await givenApp();
    expect((await ask(`GET ${ownVersions}/${zero}`)).status).toBe(404);
  });

  it('restored whole delete what they did not have, and make a version', async () => {
    const { does, list } = await made();
    const [, , second] = await list();
    await does(`POST ${values}`, { key: 'C', value: 'later', description: '' });
    const restored = await does(`POST ${versions}/${second?.id}/restore`, { comment: 'back' });
    expect(restored).toMatchObject({
      comment: 'back',
      result_of: 'app_value_set_version_restore',
      source_value_set_version_id: second?.id,
    });
    expect(pairs(await does(`GET ${values}`))).toEqual([
      ['A', 'one', 'app'],
      ['B', 'two', 'app'],
    ]);
    expect((await list())[0]?.id).toBe(restored.id);
  });

  it('restored for one key leave the others', async () => {
    const { ask, does, list } = await made();
    const [, , , first] = await list();
    await does(`POST ${versions}/${first?.id}/restore/A`, {});
    expect(pairs(await does(`GET ${values}`))).toEqual([['A', 'one', 'app']]);
    expect((await ask(`POST ${versions}/${first?.id}/restore/B`, {})).status).toBe(400);
  });

  it('of an environment restore the environment’s own', async () => {
    const { does, list } = await made();
    await does(`POST ${own}`, { key: 'A', value: 'mine', description: '' });
    const [mine] = await list(ownVersions);
    await does(`PATCH ${own}/A`, { value: 'mine again' });
    await does(`POST ${ownVersions}/${mine?.id}/restore/A`, {});
    expect(pairs(await does(`GET ${own}`))).toEqual([['A', 'mine', 'env']]);
    const [, , , , oldest] = await list(ownVersions);
    expect(oldest?.result_of).toBe('app_value_update');
    await does(`POST ${ownVersions}/${oldest?.id}/restore`, {});
    expect(pairs(await does(`GET ${own}`))).toEqual([['A', 'three', 'app']]);
  });

  it('purged for a key are unreadable and cannot be restored; the others can', async () => {
    const { ask, does, list } = await made();
    const [, , second, first] = await list();
    await does(`POST ${versions}/${first?.id}/purge/A`, {});
    const seen = await does(`GET ${versions}/${second?.id}`);
    expect([seen.values.A.value, seen.values.B.value]).toEqual(['', 'two']);
    expect((await ask(`POST ${versions}/${first?.id}/restore`, {})).status).toBe(400);
    expect((await ask(`POST ${versions}/${second?.id}/restore/A`, {})).status).toBe(400);
    await does(`POST ${versions}/${second?.id}/restore/B`, {});
    expect((await list())[1]?.result_of).toBe('app_value_set_version_purge');
    await does(`POST ${versions}/${first?.id}/purge/A`, {});
    expect(await list()).toHaveLength(6);
  });

  it.each([
    ['a value that is in use', 1, 'A', 400],
    ['a key that it does not have', 3, 'B', 400],
  ])('are not purged of %s', async (_, at, key, status) => {
    const { ask, list } = await made();
    const version = (await list())[at];
    expect((await ask(`POST ${versions}/${version?.id}/purge/${key}`, {})).status).toBe(status);
    expect(await list()).toHaveLength(4);
  });

  it('are not another application’s', async () => {
    const { ask, does, list } = await made();
    await does('POST /orgs/acme/apps', { id: 'other', name: 'Other' });
    const [latest] = await list();
    expect((await ask(`GET /orgs/acme/apps/other/value-set-versions/${latest?.id}`)).status).toBe(404);
  });

  it('put changes of the same moment into a row: nothing is lost', async () => {
    const { ask, does } = await givenApp();
    const keys = Array.from({ length: 30 }, (_, at) => `KEY_${at}`);
    await Promise.all(
      keys.map((key, at) =>
        ask(`POST ${at % 2 === 0 ? values : own}`, { key, value: key, is_secret: true, description: '' }),
      ),
    );
    expect(await does(`GET ${own}`)).toHaveLength(30);
    const list: Value[] = await does(`GET ${ownVersions}`);
    expect(list.map(({ values: all }) => Object.keys(all as object).length)).toEqual(
      keys.map((_, at) => 30 - at),
    );
  });

  it('are not seen by another organization', async () => {
    const { system } = await made();
    const globex = await clientFor(system, 'globex');
    expect((await globex(`GET ${versions}`)).status).toBe(404);
  });
});
