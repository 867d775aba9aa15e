// Everything a caller can do wrong, and the sentence that it gets; nothing is changed by any of it.
import { describe, expect, it } from 'vitest';
import { clientFor, givenFleet, miruVersion } from './given.ts';

describe('who is let in', () => {
  it.each([
    ['no key', { 'x-api-key': undefined }, 401, 'unauthenticated'],
    [
      'a key nobody issued',
      { 'x-api-key': 'api_key_0000000000000000_00000000000000000000000000000000' },
      401,
      'unauthenticated',
    ],
    ['a text that is no key', { 'x-api-key': 'secret' }, 401, 'unauthenticated'],
    ['no version', { 'miru-version': undefined }, 400, 'invalid_request'],
    ['a version nobody knows', { 'miru-version': '2020-01-01.everest' }, 400, 'invalid_request'],
  ])('%s: refused', async (_, headers, status, code) => {
    const { ask } = await givenFleet();
    const answer = await ask('GET /beta/devices', undefined, headers);
    expect([answer.status, answer.body.error.code]).toEqual([status, code]);
  });

  it('a missing scope is named', async () => {
    const { system, deployment } = await givenFleet();
    const writer = await clientFor(system, 'acme', 'deployments:write');
    const answer = await writer('POST /beta/deployments', await deployment(1));
    expect([answer.status, answer.body.error.params]).toEqual([403, { scope: 'deployments:deploy' }]);
  });

  it('another organization learns nothing: its requests are answered as if nothing were there', async () => {
    const { system, deploy, device, schema, release } = await givenFleet();
    const id = await deploy(1);
    const other = await clientFor(system, 'globex');
    const paths = [
      `deployments/${id}`,
      `deployments/${id}/why`,
      `devices/${device}`,
      `config_schemas/${schema}`,
      `releases/${release}`,
    ];
    for (const path of paths) expect((await other(`GET /beta/${path}`)).status).toBe(404);
    expect((await other(`POST /beta/deployments/${id}/archive`)).status).toBe(404);
    expect((await other('GET /beta/deployments?expand=total_count')).body).toMatchObject({
      data: [],
      total_count: 0,
    });
  });

  it('a revoked key stops within a minute', async () => {
    const { system, ask } = await givenFleet();
    const keys = await system.world.keys.ofOrganization('acme');
    await Promise.all(keys.map(({ id }) => system.world.keys.revoke(id, system.clock.now())));
    system.clock.pass(60_001);
    expect((await ask('GET /beta/principal')).status).toBe(401);
  });

  it('the document needs no key', async () => {
    const { ask } = await givenFleet();
    const { status, body } = await ask('GET /beta/openapi.json', undefined, {
      'x-api-key': undefined,
      'miru-version': undefined,
    });
    expect([status, body.openapi, body.info.version]).toEqual([200, '3.0.3', miruVersion]);
  });
});

describe('bodies', () => {
  it('that are not JSON are refused', async () => {
    const { ask } = await givenFleet();
    expect((await ask('POST /beta/devices', '{"name":')).body.error.code).toBe('malformed_body');
  });

  it('with a wrong field name it and the reason', async () => {
    const { ask } = await givenFleet();
    const { status, body } = await ask('POST /beta/devices', { name: 7 });
    expect([status, body.error.params.issues[0].field]).toEqual([400, 'name']);
  });

  it('of more than 4 MiB are refused', async () => {
    const { ask } = await givenFleet();
    const { status } = await ask('POST /beta/devices', `{"name":"${'x'.repeat(4 * 1024 * 1024)}"}`);
    expect(status).toBe(413);
  });

  it('are not needed where nothing is asked in them, even when they call themselves JSON', async () => {
    const { deploy, ask } = await givenFleet();
    const id = await deploy(1);
    const answer = await ask(`POST /beta/deployments/${id}/archive`, '', {
      'content-type': 'application/json',
    });
    expect(answer.status).toBe(200);
  });
});

describe('config instances', () => {
  const post = async (content: { format: string; data: string }) => {
    const { ask, schema } = await givenFleet();
    return ask('POST /beta/config_instances', { config_schema_id: schema, content });
  };

  it('that do not satisfy their schema are refused with the path and the reason', async () => {
    const { status, body } = await post({ format: 'json', data: '{"speed": 11}' });
    expect(status).toBe(400);
    expect(body.error.message).toBe('content.data does not satisfy its schema: /speed must be <= 10.');
    expect(body.error.params.reasons).toEqual([
      { path: '/speed', reason: 'must be <= 10', params: { comparison: '<=', limit: 10 } },
    ]);
  });

  it.each([
    ['text that is not JSON', { format: 'json', data: '{' }, 400],
    ['text that is not YAML', { format: 'yaml', data: 'a: [' }, 400],
    ['a format nobody knows', { format: 'toml', data: '' }, 400],
    [
      'more than a mebibyte',
      { format: 'json', data: JSON.stringify({ speed: 1, pad: 'x'.repeat(1024 * 1024) }) },
      413,
    ],
  ])('%s: refused', async (_, content, status) => {
    expect((await post(content)).status).toBe(status);
  });

  it('keep their text byte for byte', async () => {
    const { ask, instance } = await givenFleet();
    const text = '{ "speed":   1.0,\r\n "b": "\u00fc\ufeff" }\n';
    const { raw, headers } = await ask(`GET /beta/config_instances/${await instance(text)}/content`);
    expect(Buffer.from(raw).toString()).toBe(text);
    expect(headers['content-type']).toBe('application/json');
  });
});

describe('config schemas', () => {
  it.each([
    ['CUE', { language: 'cue', format: 'cue', documents: [{ name: 'a.cue', data: 'x: int' }] }, 'language'],
    ['something that is no schema', { documents: [{ name: 'a', data: '{"type": 7}' }] }, 'documents.0.data'],
    [
      'a remote reference',
      { documents: [{ name: 'a', data: '{"$ref": "https://example.com/schema.json"}' }] },
      'documents.0.data',
    ],
    [
      'two documents',
      {
        documents: [
          { name: 'a', data: '{}' },
          { name: 'b', data: '{}' },
        ],
      },
      'documents',
    ],
    ['a path out of the root', { instance_filepath: '/srv/../etc/passwd' }, 'instance_filepath'],
  ])('%s: refused, with the field', async (_, over, field) => {
    const { ask, type } = await givenFleet();
    const { status, body } = await ask('POST /beta/config_schemas', {
      config_type_ref: { id: type },
      language: 'jsonschema',
      format: 'json',
      documents: [{ name: 'a', data: '{}' }],
      ...over,
    });
    expect([status, body.error.params.field]).toEqual([400, field]);
  });

  it('with a catastrophic pattern hold up nobody', async () => {
    const { ask, made, type } = await givenFleet();
    const schema = await made('POST /beta/config_schemas', {
      config_type_ref: { id: type },
      language: 'jsonschema',
      format: 'json',
      documents: [{ name: 'a', data: JSON.stringify({ type: 'string', pattern: '^(a+)+$' }) }],
    });
    const content = { format: 'json', data: JSON.stringify(`${'a'.repeat(50_000)}!`) };
    expect((await ask('POST /beta/config_instances', { config_schema_id: schema, content })).status).toBe(
      400,
    );
  });
});

describe('deployments', () => {
  it.each([
    ['no instance for a schema', { config_instance_ids: [] }, 400],
    ['an instance that is not there', { config_instance_ids: ['cfg_inst_0'] }, 404],
    ['a release that is not there', { release_id: 'rls_0' }, 404],
    ['a device that is not there', { device_id: 'dvc_0' }, 404],
    ['a target that nobody knows', { target_status: 'archived' }, 400],
    ['a parent that the device does not have', { parent_id: 'dpl_0' }, 409],
  ])('%s: refused, and nothing is created', async (_, over, status) => {
    const { ask, deployment } = await givenFleet();
    expect((await ask('POST /beta/deployments', await deployment(1, over))).status).toBe(status);
    expect((await ask('GET /beta/deployments')).body.data).toEqual([]);
  });

  it('of another release than the current one are staged first; of the current one are not staged', async () => {
    const { ask, deploy, deployment, made, schema } = await givenFleet();
    await deploy(1);
    const next = await made('POST /beta/releases', { version: 'v2.0.0', config_schema_ids: [schema] });
    const atOnce = await ask('POST /beta/deployments', await deployment(2, { release_id: next }));
    const stagedAgain = await ask('POST /beta/deployments', await deployment(2, { target_status: 'staged' }));
    expect([atOnce.body.error.code, stagedAgain.body.error.code]).toEqual([
      'release_is_not_current',
      'release_is_current',
    ]);
  });

  it('are made once however often a request is repeated with its idempotency key', async () => {
    const { ask, deployment } = await givenFleet();
    const body = await deployment(1);
    const repeats = await Promise.all(
      Array.from({ length: 50 }, () => ask('POST /beta/deployments', body, { 'idempotency-key': 'k1' })),
    );
    expect(new Set(repeats.map(({ body: { id } }) => id)).size).toBe(1);
    expect((await ask('GET /beta/deployments?expand=total_count')).body.total_count).toBe(1);
    const other = await ask(
      'POST /beta/deployments',
      { ...body, description: 'other' },
      { 'idempotency-key': 'k1' },
    );
    expect(other.status).toBe(422);
  });

  it('that changed since they were read are not changed again', async () => {
    const { system, ask, deploy, thing } = await givenFleet();
    const id = await deploy(1);
    const { headers } = await ask(`GET /beta/deployments/${id}`);
    await system.settle(thing);
    const answer = await ask(`POST /beta/deployments/${id}/archive`, undefined, { 'if-match': headers.etag });
    expect(answer.status).toBe(412);
  });
});

describe('lists', () => {
  it('clamp what is out of range, page by offset and count when asked', async () => {
    const { system, ask, deploy } = await givenFleet();
    for (const speed of [1, 2, 3]) {
      system.clock.pass(1);
      await deploy(speed);
    }
    const page = await ask(
      'GET /beta/deployments?limit=0&offset=1&expand=total_count&order_by=created_at:asc',
    );
    expect(page.body).toMatchObject({ limit: 1, offset: 1, has_more: true, total_count: 3 });
    expect(page.body.data[0].description).toBe('speed 2');
  });

  it.each([
    'activity_status=queued,archived',
    'activity_status=queued|archived',
    'activity_status=queued&activity_status=archived',
    'activity_status[]=queued&activity_status[]=archived',
  ])('understand every way to write a list: %s', async (query) => {
    const { ask, deploy } = await givenFleet();
    for (const speed of [1, 2]) await deploy(speed);
    expect((await ask(`GET /beta/deployments?${query}`)).body.data).toHaveLength(2);
  });

  it('end before an answer would be too large for a Lambda, and say that there is more', async () => {
    const { ask, instance } = await givenFleet();
    const mebibyte = 'x'.repeat(1000 * 1024);
    for (let made = 0; made < 7; made += 1) await instance(JSON.stringify({ speed: made, mebibyte }));
    const { body, raw } = await ask('GET /beta/config_instances?expand=content');
    expect(raw.length).toBeLessThan(6_000_000);
    expect([body.data.length, body.has_more]).toEqual([5, true]);
    const rest = await ask(`GET /beta/config_instances?expand=content&offset=${body.data.length}`);
    expect([rest.body.data.length, rest.body.has_more]).toEqual([2, false]);
  });

  it('expand what is asked for, and leave out what is not', async () => {
    const { ask, deploy, device, release } = await givenFleet();
    const id = await deploy(1);
    const bare = await ask(`GET /beta/deployments/${id}`);
    expect(Object.keys(bare.body)).not.toContain('device');
    const { body } = await ask(`GET /beta/deployments/${id}?expand=device,release,config_instances`);
    expect([body.device.id, body.release.id, body.config_instances.length]).toEqual([device, release, 1]);
  });
});

describe('tokens, which are told once', () => {
  const idempotent = (key: string) => ({ 'idempotency-key': key });

  it('are the same for 50 parallel repeats, and another for another key', async () => {
    const { ask, device } = await givenFleet();
    const issue = (key: string) =>
      ask(`POST /beta/devices/${device}/activation_token`, { allow_reactivation: true }, idempotent(key));
    const repeats = await Promise.all(Array.from({ length: 50 }, () => issue('k1')));
    expect(new Set(repeats.map(({ raw }) => raw)).size).toBe(1);
    expect((await issue('k2')).body.token).not.toBe(repeats[0]?.body.token);
  });

  it('are not told again to whoever asks for something else with the same key', async () => {
    const { ask, device } = await givenFleet();
    const issue = (allow_reactivation: boolean) =>
      ask(`POST /beta/devices/${device}/activation_token`, { allow_reactivation }, idempotent('k1'));
    expect((await issue(true)).status).toBe(200);
    expect((await issue(false)).status).toBe(422);
  });

  it('differ between callers that use the same idempotency key', async () => {
    const { system, ask, device } = await givenFleet();
    const colleague = await clientFor(system, 'acme');
    const path = `POST /beta/devices/${device}/activation_token`;
    const mine = await ask(path, {}, idempotent('k1'));
    const theirs = await colleague(path, {}, idempotent('k1'));
    expect(mine.body.token).not.toBe(theirs.body.token);
  });
});
