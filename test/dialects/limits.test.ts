// Too often, and not now: said in each dialect's own words, with the time to come again.
import { describe, expect, it } from 'vitest';
import { device } from '#dialects/device/dialect';
import type { Dialect } from '#dialects/dialect';
import { heat } from '#dialects/heat/dialect';
import { humanitec } from '#dialects/humanitec/dialect';
import { miru } from '#dialects/miru/dialect';
import { Unavailable } from '#engine/ports';
import { createCsr } from '#test/local/iot/support';
import { type Ask, smallSystem } from '#test/support/small-system';

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
