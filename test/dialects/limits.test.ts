// Too often, and not now: said in each dialect's own words, with the time to come again.
import { describe, expect, it } from 'vitest';
import { device } from '#dialects/device/dialect';
import type { Dialect } from '#dialects/dialect';
import { heat } from '#dialects/heat/dialect';
import { humanitec } from '#dialects/humanitec/dialect';
import { miru } from '#dialects/miru/dialect';
import { Unavailable } from '#engine/ports';
import { createCsr } from '#test/local/iot/support';
import { type Answer, type Ask, smallSystem } from '#test/support/small-system';
import { givenHeat } from './heat/given.ts';

interface Tongue {
  readonly dialect: Dialect;
  readonly headers: (key: string) => Readonly<Record<string, string>>;
  readonly list: string;
  readonly write: string;
  readonly tooMany: unknown;
  readonly unavailable: unknown;
}

const tongues: Readonly<Record<string, Tongue>> = {
  miru: {
    dialect: miru,
    headers: (key) => ({ 'x-api-key': key, 'miru-version': '2026-03-09.tetons' }),
    list: 'GET /beta/devices',
    write: 'POST /beta/devices',
    tooMany: {
      error: {
        code: 'rate_limit_exceeded',
        message: 'This API key asks too often; ask again in 10 s.',
        params: { retryAfterSeconds: 10, limitOf: 'key', kind: 'read', windowRequestsMax: 10 },
      },
    },
    unavailable: { error: { code: 'service_unavailable' } },
  },
  humanitec: {
    dialect: humanitec,
    headers: (key) => ({ authorization: `Bearer ${key}` }),
    list: 'GET /orgs/acme/apps',
    write: 'POST /orgs/acme/apps',
    tooMany: {
      error: 'API-429',
      message: 'This API key asks too often; ask again in 10 s.',
      details: { retryAfterSeconds: 10, limitOf: 'key', kind: 'read', windowRequestsMax: 10 },
    },
    unavailable: { error: 'API-503' },
  },
  heat: {
    dialect: heat,
    headers: (key) => ({ 'x-auth-token': key }),
    list: 'GET /v1/acme/software_configs',
    write: 'POST /v1/acme/software_configs',
    tooMany: {
      code: 429,
      title: 'Too Many Requests',
      explanation: 'You have sent too many requests too quickly. Please try again later.',
      error: {
        type: 'HTTPTooManyRequests',
        traceback: null,
        message: 'This API key asks too often; ask again in 10 s.',
      },
    },
    unavailable: { code: 503, title: 'Service Unavailable', error: { type: 'HTTPServiceUnavailable' } },
  },
};

const given = async ({ dialect, headers }: Tongue) => {
  const system = smallSystem();
  await system.world.quotas.agree('acme', { key: { read: 1, write: 1 } });
  const ask = system.clientOf(dialect, headers(await system.newKey('acme')));
  return { system, ask };
};

const askTimes = async (ask: Ask, request: string, times: number) => {
  const statuses: number[] = [];
  for (let at = 0; at < times; at += 1) statuses.push((await ask(request)).status);
  return statuses;
};

describe.each(Object.entries(tongues))('%s', (_, tongue) => {
  it('answers 429 to whoever asks too often, and says when to ask again', async () => {
    const { ask } = await given(tongue);
    expect(new Set(await askTimes(ask, tongue.list, 10))).toEqual(new Set([200]));
    const { status, headers, body } = await ask(tongue.list);
    expect([status, headers['retry-after']]).toEqual([429, '10']);
    expect(body).toEqual(tongue.tooMany);
  });

  it('answers again when that time is over', async () => {
    const { system, ask } = await given(tongue);
    await askTimes(ask, tongue.list, 11);
    system.clock.pass(10_000);
    expect((await ask(tongue.list)).status).toBe(200);
  });

  it('does not look at what is sent by whoever asks too often', async () => {
    const { ask } = await given(tongue);
    expect(new Set(await askTimes(ask, tongue.write, 10))).not.toContain(429);
    expect((await ask(tongue.write, new Uint8Array(10 * 1024 * 1024))).status).toBe(429);
  });

  it('counts also what lacks a scope', async () => {
    const { system } = await given(tongue);
    const key = await system.newKey('acme', 'nothing:read');
    const ask = system.clientOf(tongue.dialect, tongue.headers(key));
    expect(await askTimes(ask, tongue.list, 12)).toEqual([...Array<number>(10).fill(403), 429, 429]);
  });

  it('answers 503 when what it stands on is busy, says when to ask again, and keeps why to itself', async () => {
    const { system, ask } = await given(tongue);
    await ask(tongue.list);
    system.setFault(({ port }) => {
      if (port === 'catalog' || port === 'things') throw new Unavailable('secret of the table');
    });
    const { status, headers, body, raw } = await ask(tongue.list);
    expect([status, headers['retry-after']]).toEqual([503, '2']);
    expect(body).toMatchObject(tongue.unavailable as object);
    expect(raw).not.toContain('secret');
  });
});

describe('unknown keys', () => {
  it.each(Object.entries(tongues))('of %s cost one look each, however often they come', async (_, tongue) => {
    const { system } = await given(tongue);
    const ask = system.clientOf(
      tongue.dialect,
      tongue.headers(`api_key_${'0'.repeat(16)}_${'0'.repeat(32)}`),
    );
    expect(new Set(await askTimes(ask, tongue.list, 100))).toEqual(new Set([401]));
    expect(system.count('keys', 'load')).toBe(1);
  });

  it('at the login of Heat cost one look each, too', async () => {
    const { system } = await given(tongues.heat as Tongue);
    const ask = system.clientOf(heat, {});
    const credential = { id: `api_key_${'0'.repeat(16)}`, secret: '0'.repeat(32) };
    const auth = { identity: { methods: ['application_credential'], application_credential: credential } };
    for (let at = 0; at < 10; at += 1) expect((await ask('POST /v3/auth/tokens', { auth })).status).toBe(401);
    expect(system.count('keys', 'load')).toBe(1);
  });
});

/** So often a URL or a token may come in a window, with what one instance gives away by itself. */
const perWindow = 100 + 10;

describe('routes that ask for no key', () => {
  const lastOf = async (times: number, ask: () => Promise<Answer>) => {
    const statuses: number[] = [];
    for (let at = 0; at < times; at += 1) statuses.push((await ask()).status);
    return { statuses: [...new Set(statuses)], next: await ask() };
  };
  const inWindow = (kind: 'read' | 'write', windowRequestsMax: number, limitOf = 'source') => ({
    retryAfterSeconds: 10,
    limitOf,
    kind,
    windowRequestsMax,
  });
  const message = 'This URL or token asks too often; ask again in 10 s.';
  const heatFault = {
    code: 429,
    title: 'Too Many Requests',
    error: { type: 'HTTPTooManyRequests', traceback: null, message },
  };
  const keystoneError = (text: string) => ({
    error: { code: 429, title: 'Too Many Requests', message: text },
  });

  it('let a signal in as often as its URL allows, and the others all the same', async () => {
    const { system, anybody, deployment, signalUrl } = await givenHeat();
    const [one, other] = [await signalUrl((await deployment()).id), await signalUrl((await deployment()).id)];
    const { statuses, next } = await lastOf(perWindow, () => anybody(`POST ${one}`, {}));
    expect(statuses).toEqual([200]);
    expect([next.status, next.headers['retry-after']]).toEqual([429, '10']);
    expect(next.body).toMatchObject(heatFault);
    expect((await anybody(`POST ${other}`, {})).status).toBe(200);
    system.clock.pass(10_000);
    expect((await anybody(`POST ${one}`, {})).status).toBe(200);
  });

  it('count a signal against its organization, too', async () => {
    const { system, anybody, ask, deployment, signalUrl } = await givenHeat();
    const url = await signalUrl((await deployment()).id);
    await system.world.quotas.agree('demo', { organization: { write: 0 } });
    system.clock.pass(6 * 60_000);
    const { status, headers, body } = await anybody(`POST ${url}`, {});
    expect([status, headers['retry-after']]).toEqual([429, '10']);
    expect(body.error.message).toBe('This organization asks too often; ask again in 10 s.');
    expect((await ask('POST /software_configs', { name: 'c' })).status).toBe(429);
  });

  it('let a server poll its metadata as often as its URL allows', async () => {
    const { anybody, ask, activate, pathOf } = await givenHeat();
    await activate();
    const url = pathOf((await ask('GET /servers/srv1/metadata_url')).body.url);
    const { statuses, next } = await lastOf(perWindow, () => anybody(`GET ${url}`));
    expect(statuses).toEqual([200]);
    expect([next.status, next.headers['retry-after']]).toEqual([429, '10']);
    expect(next.body).toMatchObject(heatFault);
  });

  it('read nothing for a URL that is wrong again and again, and everything for the right one', async () => {
    const { system, anybody, deployment, signalUrl } = await givenHeat();
    const url = await signalUrl((await deployment()).id);
    const wrong = url.replace(/signature=../, 'signature=zz');
    const { statuses, next } = await lastOf(10, () => anybody(`POST ${wrong}`, {}));
    expect(statuses).toEqual([403]);
    expect([next.status, next.headers['retry-after']]).toEqual([429, '10']);
    const before = system.count();
    await lastOf(100, () => anybody(`POST ${wrong}`, {}));
    expect(system.count()).toBe(before);
    expect((await anybody(`POST ${url}`, {})).status).toBe(200);
    system.clock.pass(10_000);
    expect((await anybody(`POST ${wrong}`, {})).status).toBe(403);
  });

  const credentialOf = (key: string) => {
    const [, id = '', secret = ''] = /^(api_key_\w{16})_(\w+)$/.exec(key) ?? [];
    return {
      auth: {
        identity: { methods: ['application_credential'], application_credential: { id, secret } },
      },
    };
  };

  it('count a login against its key, as a question', async () => {
    const system = smallSystem();
    await system.world.quotas.agree('acme', { key: { read: 1 } });
    const key = await system.newKey('acme');
    const anybody = system.clientOf(heat, {});
    const { statuses, next } = await lastOf(10, () => anybody('POST /v3/auth/tokens', credentialOf(key)));
    expect(statuses).toEqual([201]);
    expect([next.status, next.headers['retry-after']]).toEqual([429, '10']);
    expect(next.body).toEqual(keystoneError('This API key asks too often; ask again in 10 s.'));
    expect(
      (await system.clientOf(heat, { 'x-auth-token': key })('GET /v1/acme/software_configs')).status,
    ).toBe(429);
  });

  it('tell whoever logs in with the same wrong secret to wait, and let the right one in', async () => {
    const system = smallSystem();
    const key = await system.newKey('acme');
    const anybody = system.clientOf(heat, {});
    const wrong = credentialOf(`${key.slice(0, -32)}${'0'.repeat(32)}`);
    const { statuses, next } = await lastOf(10, () => anybody('POST /v3/auth/tokens', wrong));
    expect(statuses).toEqual([401]);
    expect([next.status, next.headers['retry-after']]).toEqual([429, '10']);
    expect(next.body).toEqual(keystoneError(message));
    expect((await anybody('POST /v3/auth/tokens', credentialOf(key))).status).toBe(201);
  });

  const activating = async (lifetimeOf = 'robot') => {
    const system = smallSystem();
    const key = await system.newKey('acme');
    const ask = system.clientOf(miru, { 'x-api-key': key, 'miru-version': '2026-03-09.tetons' });
    const { body: made } = await ask('POST /beta/devices', { name: lifetimeOf });
    const { body } = await ask(`POST /beta/devices/${made.id}/activation_token`, {});
    return {
      system,
      ask: system.clientOf(device, {}),
      token: body.token as string,
      ...(await createCsr('robot')),
    };
  };

  it('activate a device as often as its token allows', async () => {
    const { ask, token, csr } = await activating();
    const { statuses, next } = await lastOf(perWindow, () => ask('POST /device/activation', { token, csr }));
    expect(statuses).toEqual([200]);
    expect([next.status, next.headers['retry-after']]).toEqual([429, '10']);
    expect(next.body).toEqual({
      error: { code: 'too_many_requests', message, params: inWindow('write', 100) },
    });
  });

  it('sign nothing, and bind no token, for an organization that asks too often', async () => {
    const { system, ask, token, csr } = await activating();
    await system.world.quotas.agree('acme', { organization: { write: 0 } });
    system.clock.pass(6 * 60_000);
    expect((await ask('POST /device/activation', { token, csr })).status).toBe(429);
    expect(system.certificates.issued()).toEqual([]);
    await system.world.quotas.agree('acme', {});
    system.clock.pass(6 * 60_000);
    const { csr: another } = await createCsr('robot');
    expect((await ask('POST /device/activation', { token, csr: another })).status).toBe(200);
  });

  it('read nothing for a token that is wrong again and again', async () => {
    const { system, ask, csr } = await activating();
    const token = `sat_${'0'.repeat(16)}_${'0'.repeat(32)}`;
    const { statuses, next } = await lastOf(10, () => ask('POST /device/activation', { token, csr }));
    expect(statuses).toEqual([403]);
    expect([next.status, next.headers['retry-after']]).toEqual([429, '10']);
    expect(next.body.error.params).toEqual(inWindow('write', 10));
    const before = system.count();
    await ask('POST /device/activation', { token, csr });
    expect(system.count()).toBe(before);
  });

  it.each([
    ['heat', heat, 'POST /v3/auth/tokens', 400],
    ['heat', heat, `POST /v1/acme/deployments/${'0'.repeat(8)}/signal`, 400],
    ['device', device, 'POST /device/activation', 413],
  ] as const)(
    'of %s refuse a body that is too large before they look into it: %s',
    async (_, dialect, route, status) => {
      const system = smallSystem();
      const ask = system.clientOf(dialect, {});
      // No JSON either: whoever looked would say so.
      expect((await ask(route, new Uint8Array(dialect.bodyBytesMax + 1).fill(0x7b))).status).toBe(status);
      expect(system.count()).toBe(0);
    },
  );
});

describe('the device door', () => {
  it('answers 503 when what it stands on is busy', async () => {
    const system = smallSystem();
    const ask = system.clientOf(device, {});
    system.setFault(() => {
      throw new Unavailable('throttled');
    });
    const { csr } = await createCsr('robot');
    const token = `sat_${'0'.repeat(16)}_${'0'.repeat(32)}`;
    const { status, headers } = await ask('POST /device/activation', { token, csr });
    expect([status, headers['retry-after']]).toEqual([503, '2']);
  });
});
