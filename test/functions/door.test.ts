// A door: lets in, asks, tells, and writes one line about it in which nothing is that nobody should read.
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { memoryWorld } from '#adapters/memory/world';
import { device } from '#dialects/device/dialect';
import type { Dialect } from '#dialects/dialect';
import { miru } from '#dialects/miru/dialect';
import { createKey } from '#engine/keys';
import { Unavailable, type World } from '#engine/ports';
import { door } from '#functions/wiring/door';
import { testChance, testClock } from '#test/support/clock';
import { context, httpEvent, rememberingLog } from './given.ts';
import { givenHouse } from './house.ts';

const version = { 'miru-version': '2026-03-09.tetons' };
/** Some routes are only in this one. */
const newest = { 'miru-version': '2026-05-06.rainier' };

const givenDoor = async (dialect: Dialect = miru, change: (world: World) => World = (world) => world) => {
  const clock = testClock();
  const memory = memoryWorld({ clock, chance: testChance() });
  const logged = rememberingLog();
  const { key, id } = await createKey(memory.world)({ organization: 'acme', scopes: ['*'] });
  const handler = door(dialect, change(memory.world), logged.log);
  const ask = async (routeKey: string, over: Parameters<typeof httpEvent>[1] = {}) => {
    const headers = { 'x-api-key': key, ...version, ...over.headers };
    const answer = await handler(httpEvent(routeKey, { ...over, headers }), context());
    return { ...answer, said: answer.isBase64Encoded ? null : JSON.parse(answer.body ?? 'null') };
  };
  return { ...memory, ...logged, clock, key, keyId: id, handler, ask };
};

/** All that was ever written, causes with their stacks included. */
const written = ({
  lines,
  faults,
}: Pick<Awaited<ReturnType<typeof givenDoor>>, 'lines' | 'faults'>): string =>
  JSON.stringify([
    lines,
    faults.map(({ line, cause }) => [line, cause instanceof Error ? cause.stack : cause]),
  ]);

describe('a request that is granted', () => {
  it('is answered, and told in one line with who, what, which, and how long', async () => {
    const { ask, lines, measured, faults, keyId } = await givenDoor();
    const { said: made } = await ask('POST /beta/devices', { body: '{"name":"robot-7"}' });
    const { statusCode, said, headers } = await ask('GET /beta/devices/{id}', {
      rawPath: `/beta/devices/${made.id}`,
      pathParameters: { id: made.id },
    });
    expect(statusCode).toBe(200);
    expect(said.name).toBe('robot-7');
    expect(headers?.['x-request-id']).toBe('request-1');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toEqual({
      code: 'request.answered',
      requestId: 'request-1',
      route: 'GET /beta/devices/{id}',
      id: made.id,
      status: 200,
      organization: 'acme',
      key: keyId,
      ms: 0,
    });
    expect(measured[1]).toEqual({ RequestLatency: [0] });
    expect(faults).toEqual([]);
  });
});

describe('a request that is refused', () => {
  it.each([
    ['dpl_nothing'],
    ['whsec_OlB5z373GneYH7LvVgLjI0ln0efJZOD3ycbjxI+vxGU='],
    ['api_key_etsspfkqmx66xsw8_0123456789abcdefghjkmnpqrstvwxyz'],
  ])('for %s in an id’s place does not say it: it may be a secret', async (id) => {
    const { ask, lines } = await givenDoor();
    const { statusCode } = await ask('GET /beta/deployments/{id}', { pathParameters: { id } });
    expect(statusCode).toBe(404);
    expect(lines).toEqual([expect.objectContaining({ code: 'request.refused' })]);
    expect(JSON.stringify(lines)).not.toContain(id);
  });

  it.each([
    ['no key', { 'x-api-key': '' }, 401, 'unauthenticated'],
    ['a key twice', { 'x-api-key': 'one,two' }, 401, 'unauthenticated'],
    ['no version', { 'miru-version': '' }, 400, 'invalid'],
  ])('for %s is answered so, and told in one line', async (_, headers, status, refusal) => {
    const { ask, lines } = await givenDoor();
    expect((await ask('GET /beta/devices', { headers })).statusCode).toBe(status);
    expect(lines).toEqual([expect.objectContaining({ code: 'request.refused', status, refusal })]);
  });

  it('for a body that is no JSON, or no text, is told what is wrong', async () => {
    const { ask } = await givenDoor();
    const noText = { body: Buffer.from([0xff, 0xfe]).toString('base64'), isBase64Encoded: true };
    for (const wrong of [{ body: '{' }, { body: '' }, noText])
      expect((await ask('POST /beta/devices', wrong)).statusCode).toBe(400);
  });

  it('by no route is not found, and no key is asked for', async () => {
    const { ask, lines, count } = await givenDoor();
    const before = count('keys', 'load');
    expect((await ask('ANY /beta/{proxy+}', { rawPath: '/beta/nothing' })).statusCode).toBe(404);
    expect(count('keys', 'load')).toBe(before);
    expect(lines).toEqual([expect.objectContaining({ status: 404 })]);
  });

  it('by no route says so in its line', async () => {
    const { ask, lines } = await givenDoor();
    await ask('ANY /beta/{proxy+}', { rawPath: '/beta/nothing' });
    expect(lines).toEqual([expect.objectContaining({ code: 'request.refused' })]);
  });
});

describe('a fault of ours', () => {
  const secret = 'postgres://admin:hunter2@10.0.0.1';
  const broken = (world: World): World => ({
    ...world,
    things: {
      ...world.things,
      load: async () => {
        throw new Error(`Cannot reach ${secret}`, { cause: new Error('ECONNREFUSED') });
      },
    },
  });

  it('is a 500 with a request to quote, and neither message nor stack', async () => {
    const { ask } = await givenDoor(miru, broken);
    const answer = await ask('GET /beta/devices/{id}', {
      rawPath: '/beta/devices/dvc_x',
      pathParameters: { id: 'dvc_0123456789abcdef' },
      requestId: 'JKJaXmPLvHcESHA=',
    });
    expect(answer.statusCode).toBe(500);
    expect(answer.headers?.['content-type']).toBe('application/json');
    expect(answer.headers?.['x-request-id']).toBe('JKJaXmPLvHcESHA=');
    expect(answer.said.error).toEqual({
      code: 'internal_server_error',
      message: 'Something went wrong here; quote request JKJaXmPLvHcESHA=.',
      params: { request_id: 'JKJaXmPLvHcESHA=' },
    });
    expect(answer.body).not.toContain('10.0.0.1');
  });

  it('is one line with its cause, and no second one', async () => {
    const { ask, lines, faults } = await givenDoor(miru, broken);
    await ask('GET /beta/devices/{id}', { pathParameters: { id: 'dvc_0123456789abcdef' } });
    expect(lines).toEqual([]);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.line).toMatchObject({
      code: 'request.failed',
      requestId: 'request-1',
    });
    expect(String(faults[0]?.cause)).toContain(secret);
  });

  it('is no fault, if what we stand on is only busy: a 503 with the time to come again', async () => {
    const { ask, setFault } = await givenDoor();
    setFault(() => {
      throw new Unavailable('throttled');
    });
    const { statusCode, headers } = await ask('GET /beta/devices');
    expect([statusCode, headers?.['retry-after']]).toEqual([503, '2']);
  });

  it('is told in its line all the same: what was away, why, and where, and nothing that is secret', async () => {
    onTestFinished(() => void vi.restoreAllMocks());
    const house = givenHouse();
    const key = await house.newKey('acme');
    const ask = house.clientOf(miru, { 'x-api-key': key, ...version });
    const throttled = new Error('Rate exceeded');
    house.setFault(({ port }) => {
      if (port === 'things')
        throw new Unavailable('DynamoDB Query: ThrottlingException', { cause: throttled });
    });
    const { status, headers, raw } = await ask('POST /beta/devices', { name: 'name-in-a-body' });
    expect([status, headers['retry-after']]).toEqual([503, '2']);
    expect(raw).not.toMatch(/DynamoDB|Rate/);
    const [line] = house.lines().filter(({ code }) => code === 'request.failed');
    expect(line).toMatchObject({
      level: 'ERROR',
      status: 503,
      refusal: 'unavailable',
      error: 'Unavailable: DynamoDB Query: ThrottlingException <- Error: Rate exceeded',
      stack: expect.stringMatching(/^at .+door\.test\.ts/),
      Faults: 1,
    });
    expect(house.texts.join('\n')).not.toMatch(new RegExp(`${key.split('_').at(-1)}|name-in-a-body`));
  });

  it('does not keep the next request from being answered', async () => {
    const { ask, setFault } = await givenDoor();
    setFault(() => {
      throw new Error('once');
    });
    expect((await ask('GET /beta/devices')).statusCode).toBe(500);
    setFault(undefined);
    expect((await ask('GET /beta/devices')).statusCode).toBe(200);
  });
});

describe('what a client may send, however strange', () => {
  const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;

  it.each([
    ['a tower of arrays', `{"name":"robot","more":${deep}}`],
    ['__proto__ and constructor', '{"name":"robot","__proto__":{"a":1},"constructor":{"b":2}}'],
    ['numbers beyond all precision', '{"name":"robot","more":123456789012345678901234567890.1}'],
    ['keys that come twice', '{"name":"robot","name":"robot"}'],
  ])('%s is no fault of ours', async (_, body) => {
    const { ask, faults } = await givenDoor();
    const { statusCode } = await ask('POST /beta/devices', { body });
    expect(faults).toEqual([]);
    expect([200, 400]).toContain(statusCode);
  });

  it.each([
    ['a number beyond all numbers', '{"name":"Motion","slug":"motion","more":1e400}'],
    ['half a surrogate pair where nobody looks', '{"name":"Motion","slug":"motion","more":"\\ud800"}'],
    ['half a surrogate pair in a name', '{"name":"\\ud800","slug":"motion"}'],
  ])('%s is no fault of ours either', async (_, body) => {
    const { ask, faults } = await givenDoor();
    const { statusCode } = await ask('POST /beta/config_types', { body });
    expect(faults.map(({ cause }) => String(cause))).toEqual([]);
    expect([200, 400]).toContain(statusCode);
  });
});

describe('the lines of a door', () => {
  it('never hold a key, a token, a CSR, a body or a query', async () => {
    const given = await givenDoor();
    const { ask, key } = given;
    const { said: made } = await ask('POST /beta/devices', { body: '{"name":"name-of-a-device"}' });
    const byId = { rawPath: `/beta/devices/${made.id}/activation_token`, pathParameters: { id: made.id } };
    const { said } = await ask('POST /beta/devices/{id}/activation_token', {
      ...byId,
      body: '{"allow_reactivation":false}',
    });
    const { said: provisioning } = await ask('POST /beta/provisioning_tokens', { headers: newest });
    await ask('GET /beta/devices', { rawQueryString: 'name=query-of-a-caller' });
    await ask('POST /beta/config_types', { body: '{"name":"body-that-is-refused"' });
    given.setFault(() => {
      throw new Error('a fault');
    });
    await ask('POST /beta/devices', { body: '{"name":"body-of-a-fault"}' });
    const all = written(given);
    for (const secret of [key, key.split('_').at(-1) ?? '', said.token, provisioning.token]) {
      expect(secret.length).toBeGreaterThan(30);
      expect(all).not.toContain(secret);
    }
    for (const text of ['name-of-a', 'query-of-a', 'body-that', 'body-of-a']) expect(all).not.toContain(text);
  });

  it('of the device door hold neither token nor CSR, granted or not', async () => {
    const given = await givenDoor(device);
    const body = JSON.stringify({ token: 'sat_0123456789abcdef_secret-of-a-token', csr: 'text-of-a-csr' });
    const answer = await given.ask('POST /device/activation', { body });
    expect(answer.statusCode).toBe(400);
    given.setFault(() => {
      throw new Error('a fault');
    });
    await given.ask('POST /device/activation', { body });
    expect(written(given)).not.toMatch(/secret-of|text-of/);
    expect(answer.body).not.toMatch(/secret-of|text-of/);
  });
});

describe('content that is downloaded', () => {
  it('goes out byte for byte, under a file name that cannot end its header', async () => {
    const { ask } = await givenDoor();
    const made = async (routeKey: string, body: unknown): Promise<string> =>
      (await ask(routeKey, { body: JSON.stringify(body) })).said.id;
    const type = await made('POST /beta/config_types', { name: 'Motion', slug: 'motion' });
    const schema = await made('POST /beta/config_schemas', {
      config_type_ref: { id: type },
      language: 'jsonschema',
      format: 'json',
      documents: [{ name: 'motion.json', data: '{}' }],
      instance_filepath: '/srv/na"me; filename=ü.json',
    });
    const data = '{ "speed": 1.0, "ü": "\u{1f600}" }\n';
    const id = await made('POST /beta/config_instances', {
      config_schema_id: schema,
      content: { format: 'json', data },
    });
    const answer = await ask('GET /beta/config_instances/{id}/content', {
      rawPath: `/beta/config_instances/${id}/content`,
      pathParameters: { id },
      rawQueryString: 'disposition=attachment',
    });
    expect(answer.isBase64Encoded).toBe(true);
    expect(Buffer.from(answer.body ?? '', 'base64').toString()).toBe(data);
    const headers = Object.entries(answer.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
    expect(Object.fromEntries(headers)['content-disposition']).toBe(
      'attachment; filename="na_me; filename=_.json"',
    );
  });
});
