// Who did what: written for every change that somebody known has asked for, and told in each dialect's own words.
import { describe, expect, it } from 'vitest';
import { device } from '#dialects/device/dialect';
import { heat } from '#dialects/heat/dialect';
import { humanitec } from '#dialects/humanitec/dialect';
import { miru } from '#dialects/miru/dialect';
import type { AuditEntry, World } from '#engine/ports';
import { createCsr } from '#test/local/iot/support';
import { type Ask, type SmallSystem, smallSystem } from '#test/support/small-system';
import { givenHeat } from './heat/given.ts';
import { givenApp } from './humanitec/given.ts';
import { givenFleet } from './miru/given.ts';

const version = { 'miru-version': '2026-03-09.tetons' };

const clientsOf = async (system: SmallSystem, organization = 'acme', ...scopes: string[]) => {
  const key = await system.newKey(organization, ...scopes);
  return {
    id: key.slice(0, key.lastIndexOf('_')),
    miru: system.clientOf(miru, { 'x-api-key': key, ...version }),
    heat: system.clientOf(heat, { 'x-auth-token': key }),
    humanitec: system.clientOf(humanitec, { authorization: `Bearer ${key}`, host: 'api.test' }),
  };
};

const given = async () => {
  const system = smallSystem();
  return { system, ...(await clientsOf(system)) };
};

/** Time passes, so that what comes later is later. */
const inTurn = (system: SmallSystem, ask: Ask): Ask => {
  return async (...request) => {
    system.clock.pass(1000);
    return ask(...request);
  };
};

const eventsOf = async (ask: Ask, query = '') => (await ask(`GET /beta/audit_events${query}`)).body.data;

/** In few words: status, outcome, method and path, and what it was about. */
const told = async (ask: Ask): Promise<string[]> =>
  (await eventsOf(ask, '?limit=100')).map(
    // biome-ignore lint/suspicious/noExplicitAny: an answer, as it comes
    ({ status, outcome, method, path, target_id }: any) =>
      `${status} ${outcome} ${method} ${path} ${target_id}`,
  );

describe('every change', () => {
  it('leaves who, when, what, about which, and what came of it', async () => {
    const { system, miru: ask, id } = await given();
    system.clock.pass(5000);
    const { body: device } = await ask('POST /beta/devices', { name: 'robot-7' });
    expect(await eventsOf(ask)).toEqual([
      {
        object: 'audit_event',
        id: expect.any(String),
        at: '2026-01-01T00:00:05.000Z',
        api_key_id: id,
        method: 'POST',
        route: 'POST /beta/devices',
        path: '/beta/devices',
        target_id: device.id,
        outcome: 'granted',
        status: 200,
      },
    ]);
  });

  it('is told whatever came of it, newest first, and in whichever dialect it was asked', async () => {
    const { system, miru: first, heat: second, humanitec: third } = await given();
    const [one, two, three] = [first, second, third].map((ask) => inTurn(system, ask)) as [Ask, Ask, Ask];
    const { body: device } = await one('POST /beta/devices', { name: 'robot-7' });
    await one('POST /beta/devices', { name: 'robot-7' });
    await one('POST /beta/devices', {});
    await one(`PATCH /beta/devices/${device.id}`, { name: 'robot-8' });
    await one('PATCH /beta/devices/dvc_0000000000000000', { name: 'robot-8' });
    const { body: config } = await two('POST /v1/acme/software_configs', { name: 'c', group: 'script' });
    await two('POST /v1/globex/software_configs', { name: 'c' });
    await three('POST /orgs/acme/env-types', { id: 'qa', description: '' });
    await three('DELETE /orgs/acme/env-types/qa');
    expect(await told(first)).toEqual([
      '204 granted DELETE /orgs/acme/env-types/qa qa',
      expect.stringMatching(/^201 granted POST \/orgs\/acme\/env-types qa$/),
      '403 forbidden POST /v1/globex/software_configs globex',
      `200 granted POST /v1/acme/software_configs ${config.software_config.id}`,
      '404 not_found PATCH /beta/devices/dvc_0000000000000000 dvc_0000000000000000',
      `200 granted PATCH /beta/devices/${device.id} ${device.id}`,
      '400 invalid POST /beta/devices null',
      '409 already_exists POST /beta/devices null',
      `200 granted POST /beta/devices ${device.id}`,
    ]);
  });

  it('that lacked a scope is told, too', async () => {
    const { system, miru: ask } = await given();
    const { miru: other, id } = await clientsOf(system, 'acme', 'devices:read');
    await other('POST /beta/devices', { name: 'robot-7' });
    expect(await eventsOf(ask)).toMatchObject([{ api_key_id: id, outcome: 'forbidden', status: 403 }]);
  });

  it('is not what somebody has only read, what nobody known has asked for, or what came too often', async () => {
    const { system, miru: ask } = await given();
    await ask('GET /beta/devices');
    await system.clientOf(miru, version)('POST /beta/devices', { name: 'robot-7' });
    await system.world.quotas.agree('globex', { key: { write: 0 } });
    const { miru: flood } = await clientsOf(system, 'globex');
    expect((await flood('POST /beta/devices', { name: 'robot-7' })).status).toBe(429);
    expect(system.count('audit', 'write')).toBe(0);
    expect(await eventsOf(ask)).toEqual([]);
  });

  it('is told to nobody of another organization, and to nobody without the scope', async () => {
    const { system, miru: ask } = await given();
    await ask('POST /beta/devices', { name: 'robot-7' });
    const { miru: theirs } = await clientsOf(system, 'globex');
    expect(await eventsOf(theirs)).toEqual([]);
    const { miru: narrow } = await clientsOf(system, 'acme', 'devices:manage');
    expect((await narrow('GET /beta/audit_events')).status).toBe(403);
    const { miru: auditor } = await clientsOf(system, 'acme', 'audit:read');
    expect(await eventsOf(auditor)).toHaveLength(1);
  });

  it('holds no secret, and no more of a path than fits', async () => {
    const { system, miru: ask } = await given();
    const { body: device } = await ask('POST /beta/devices', { name: 'robot-7' });
    const { body: token } = await ask(`POST /beta/devices/${device.id}/activation_token`, {});
    await ask(`PATCH /beta/devices/dvc_${'0'.repeat(2000)}`, { name: 'name-in-a-body' });
    const all = JSON.stringify(await eventsOf(ask, '?limit=100'));
    expect(token.token.length).toBeGreaterThan(30);
    for (const secret of [token.token, 'name-in-a-body', '0'.repeat(301)]) expect(all).not.toContain(secret);
    expect(system.count('audit', 'write')).toBe(4);
  });
});

describe('what is done without a key', () => {
  const entriesOf = async ({ world }: SmallSystem, organization: string): Promise<AuditEntry[]> =>
    Array.fromAsync(
      world.audit.entriesOf(organization, { from: 0, to: Number.MAX_SAFE_INTEGER }, 'oldest first'),
    );

  it('leaves whose signal it was, and never what it was let in by', async () => {
    const { system, anybody, deployment, signalUrl } = await givenHeat();
    const { id } = await deployment();
    const url = await signalUrl(id);
    await anybody(`POST ${url}`, { deploy_status_code: 0 });
    const signalled = 'POST /v1/{tenant_id}/deployments/{id}/signal';
    const entry = (await entriesOf(system, 'demo')).find(({ route }) => route === signalled);
    expect(entry).toMatchObject({
      by: `signal:${id}`,
      target: id,
      outcome: 'granted',
      status: 200,
    });
    expect(JSON.stringify(entry)).not.toContain(/signature=(\w+)/.exec(url)?.[1]);
  });

  it('leaves nothing where nobody was recognised', async () => {
    const { system, anybody, deployment } = await givenHeat();
    const { id } = await deployment();
    const before = (await entriesOf(system, 'demo')).length;
    expect((await anybody(`POST /v1/demo/deployments/${id}/signal?signature=x`, {})).status).toBe(403);
    expect(await entriesOf(system, 'demo')).toHaveLength(before);
  });

  it('leaves which device was activated, with a token of its own or one for whoever comes', async () => {
    const { system, miru: ask } = await given();
    const door = system.clientOf(device, {});
    const { csr } = await createCsr('robot');
    const { body: made } = await ask('POST /beta/devices', { name: 'robot-7' });
    const { body: own } = await ask(`POST /beta/devices/${made.id}/activation_token`, {});
    const newest = { 'miru-version': '2026-05-06.rainier' };
    const { body: open } = await ask('POST /beta/provisioning_tokens', undefined, newest);
    for (const { token } of [own, open])
      expect((await door('POST /device/activation', { token, csr })).status).toBe(200);
    const entries = (await entriesOf(system, 'acme')).filter(({ path }) => path === '/device/activation');
    expect(entries.map(({ by, outcome, status }) => [by, outcome, status]).toSorted()).toEqual([
      [expect.stringMatching(/^provisioning:spt\w{16}$/), 'granted', 200],
      [expect.stringMatching(/^thing:\w{16}$/), 'granted', 200],
    ]);
    for (const { token } of [own, open]) expect(JSON.stringify(entries)).not.toContain(token);
  });

  it('says so when it failed, and happens only after its entry is there', async () => {
    const { system, miru: ask } = await given();
    const { body: made } = await ask('POST /beta/devices', { name: 'robot-7' });
    const { body } = await ask(`POST /beta/devices/${made.id}/activation_token`, {});
    const { csr } = await createCsr('robot');
    const activate = () => system.clientOf(device, {})('POST /device/activation', { token: body.token, csr });
    system.setFault(({ port, method }) => {
      if (port === 'audit' && method === 'write') throw new Error('died');
    });
    await expect(activate()).rejects.toThrow('died');
    expect(system.certificates.issued()).toEqual([]);
    system.setFault(({ port, method }) => {
      if (port === 'certificates' && method === 'issue') throw new Error('died');
    });
    await expect(activate()).rejects.toThrow('died');
    system.setFault(undefined);
    const activations = (await entriesOf(system, 'acme')).filter(({ path }) => path === '/device/activation');
    expect(activations).toMatchObject([{ outcome: 'failed', status: 500 }]);
  });
});

describe('when somebody dies', () => {
  it('before it is written down, nothing happens', async () => {
    const { system, miru: ask } = await given();
    system.setFault(({ port, method }) => {
      if (port === 'audit' && method === 'write') throw new Error('died');
    });
    await expect(ask('POST /beta/devices', { name: 'robot-7' })).rejects.toThrow('died');
    system.setFault(undefined);
    expect((await ask('GET /beta/devices')).body.data).toEqual([]);
  });

  it('before its outcome is written down, the entry is there, and says what was expected', async () => {
    const { system, miru: ask } = await given();
    const { body: device } = await ask('POST /beta/devices', { name: 'robot-7' });
    system.clock.pass(1000);
    let written = 0;
    system.setFault(({ port, method }, moment) => {
      if (port !== 'audit' || method !== 'write' || moment !== 'before') return;
      written += 1;
      if (written > 1) throw new Error('died');
    });
    expect((await ask('POST /beta/devices', { name: 'robot-7' })).status).toBe(409);
    system.setFault(undefined);
    expect(await told(ask)).toEqual([
      expect.stringMatching(/^200 granted POST \/beta\/devices dvc_\w{16}$/),
      `200 granted POST /beta/devices ${device.id}`,
    ]);
  });

  it('while it happens, the entry says that it failed', async () => {
    const { system, miru: ask } = await given();
    system.setFault(({ port }) => {
      if (port === 'things') throw new Error('died');
    });
    await expect(ask('POST /beta/devices', { name: 'robot-7' })).rejects.toThrow('died');
    system.setFault(undefined);
    expect(await told(ask)).toEqual(['500 failed POST /beta/devices null']);
  });
});

describe('what it costs', () => {
  it('is nothing for a deployment, whose own record is its entry', async () => {
    const { system, ask, deployment } = await givenFleet();
    const wish = await deployment(1);
    system.clock.pass(1000);
    const before = system.count('audit', 'write');
    const { body } = await ask('POST /beta/deployments', wish);
    expect(system.count('audit', 'write')).toBe(before);
    expect((await told(ask))[0]).toBe(`200 granted POST /beta/deployments ${body.id}`);
  });

  it('is one entry for a deployment that is refused, and for each that is moved', async () => {
    const { system, ask, deployment, deploy } = await givenFleet();
    const id = await deploy(1);
    const wish = await deployment(2);
    system.clock.pass(1000);
    const before = system.count('audit', 'write');
    expect((await ask('POST /beta/deployments', { ...wish, release_id: 'rls_none' })).status).toBe(404);
    system.clock.pass(1000);
    await ask(`POST /beta/deployments/${id}/archive`);
    expect(system.count('audit', 'write') - before).toBe(2);
    expect((await told(ask)).slice(0, 2)).toEqual([
      `200 granted POST /beta/deployments/${id}/archive ${id}`,
      '404 not_found POST /beta/deployments null',
    ]);
  });

  it('is one entry for what is made, changed or removed, and one more to say what was refused', async () => {
    const { system, miru: ask } = await given();
    const written = async (request: string, body: unknown) => {
      const before = system.count('audit', 'write');
      const answer = await ask(request, body);
      return { id: answer.body.id, entries: system.count('audit', 'write') - before };
    };
    const made = await written('POST /beta/devices', { name: 'robot-7' });
    expect(made.entries).toBe(1);
    expect((await written(`PATCH /beta/devices/${made.id}`, { name: 'robot-8' })).entries).toBe(1);
    expect((await written('POST /beta/devices', { name: 'robot-8' })).entries).toBe(2);
    expect((await written('POST /beta/devices', {})).entries).toBe(1);
  });

  const makers: Readonly<
    Record<string, () => Promise<{ system: SmallSystem; make: () => Promise<string> }>>
  > = {
    'Miru’s config instance': async () => {
      const { system, instance } = await givenFleet();
      return { system, make: () => instance('{ "speed": 3.5 }') };
    },
    'Heat’s config': async () => {
      const { system, config } = await givenHeat();
      return { system, make: config };
    },
    'Heat’s deployment': async () => {
      const { system, config, deployment } = await givenHeat();
      const config_id = await config();
      return { system, make: async () => (await deployment({ config_id })).id };
    },
    'Humanitec’s delta': async () => {
      const { system, delta } = await givenApp();
      return { system, make: () => delta({}) };
    },
  };

  it.each(Object.entries(makers))(
    'is one entry for %s, which names it before it is there',
    async (_, given) => {
      const { system, make } = await given();
      const targets: (string | null)[] = [];
      const { write } = system.world.audit;
      const audit: World['audit'] = {
        ...system.world.audit,
        write: async (entry) => {
          targets.push(entry.target);
          await write(entry);
        },
      };
      Object.assign(system.world, { audit });
      const id = await make();
      expect(targets).toEqual([id]);
    },
  );

  it('does not make a deployment that was never accepted look like one', async () => {
    const { system, ask, deployment } = await givenFleet();
    const wish = await deployment(1);
    system.setFault(({ port, method }) => {
      if (port === 'slots' && method === 'save') throw new Error('died');
    });
    await expect(ask('POST /beta/deployments', wish)).rejects.toThrow('died');
    system.setFault(undefined);
    expect((await told(ask)).filter((line) => line.includes('/beta/deployments'))).toEqual([]);
  });
});

describe('pages', () => {
  const names = Array.from({ length: 7 }, (_, at) => `robot-${at}`);
  const givenSeven = async () => {
    const all = await given();
    // Three of them in the same millisecond.
    for (const [at, name] of names.entries()) {
      if (at !== 3 && at !== 4) all.system.clock.pass(1000);
      await all.miru('POST /beta/devices', { name });
    }
    all.system.clock.pass(1000);
    return { ...all, newest: (await eventsOf(all.miru, '?limit=100')).map(({ id }: { id: string }) => id) };
  };

  it('of Miru are counted from the newest', async () => {
    const { miru: ask, newest } = await givenSeven();
    expect(newest).toHaveLength(7);
    const { body } = await ask('GET /beta/audit_events?limit=3&offset=2');
    expect(body).toMatchObject({ object: 'list', limit: 3, offset: 2, has_more: true });
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual(newest.slice(2, 5));
  });

  it.each([1, 2, 3, 7])('of Humanitec are linked, one to the next: %i a page', async (size) => {
    const { humanitec: ask } = await givenSeven();
    const seen: unknown[] = [];
    let next: string | undefined = `GET /orgs/acme/audit-logs?per_page=${size}`;
    for (let pages = 0; next !== undefined && pages < 20; pages += 1) {
      const { status, body, headers } = await ask(next);
      expect(status).toBe(200);
      expect(body.length).toBeLessThanOrEqual(size);
      seen.push(...body);
      const link = /^<https:\/\/api\.test(\/[^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
      expect(link === undefined).toBe(headers.link === undefined);
      next = link === undefined ? undefined : `GET ${link}`;
    }
    const { body: all } = await ask('GET /orgs/acme/audit-logs');
    expect(seen).toEqual(all);
    expect(seen).toHaveLength(7);
  });

  it.each([1, 2, 3, 7])('of Heat go on behind a marker: %i a page', async (size) => {
    const { heat: ask } = await givenSeven();
    const seen: { id: string }[] = [];
    for (let pages = 0; pages < 20; pages += 1) {
      const marker = seen.length === 0 ? '' : `&marker=${seen.at(-1)?.id}`;
      const { body } = await ask(`GET /v1/acme/audit-events?limit=${size}${marker}`);
      if (body.audit_events.length === 0) break;
      seen.push(...body.audit_events);
    }
    expect(seen).toEqual((await ask('GET /v1/acme/audit-events')).body.audit_events);
    expect(seen).toHaveLength(7);
  });

  it.each(['GET /v1/acme/audit-events?marker=x', 'GET /v1/acme/audit-events?from=yesterday'])(
    'of Heat are refused for what is none: %s',
    async (request) => {
      const { heat: ask } = await given();
      expect((await ask(request)).status).toBe(400);
    },
  );

  it.each(['page=x', 'per_page=0', 'per_page=101', 'from=yesterday', 'to=2026-13-01T00:00:00Z'])(
    'of Humanitec are refused for what is none: %s',
    async (query) => {
      const { humanitec: ask } = await given();
      expect((await ask(`GET /orgs/acme/audit-logs?${query}`)).status).toBe(400);
    },
  );

  it('can be of a time', async () => {
    const { miru: one, heat: two, humanitec: three } = await givenSeven();
    const time = 'from=2026-01-01T00:00:02Z&to=2026-01-01T00:00:04Z';
    expect(await eventsOf(one, `?${time}&limit=100`)).toHaveLength(4);
    expect((await two(`GET /v1/acme/audit-events?${time}`)).body.audit_events).toHaveLength(4);
    expect((await three(`GET /orgs/acme/audit-logs?${time}`)).body).toHaveLength(4);
  });

  const dayMs = 24 * 60 * 60 * 1000;
  const linked = ({ headers }: { headers: Readonly<Record<string, string>> }): string =>
    `GET ${/^<https:\/\/api\.test(\/[^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1]}`;

  it('of Humanitec tell of 32 days each, and lead over whatever time nothing was changed in', async () => {
    const { system, miru: one, humanitec: three } = await given();
    await one('POST /beta/devices', { name: 'long-ago' });
    system.clock.pass(100 * dayMs);
    await one('POST /beta/devices', { name: 'too-long-ago' });
    system.clock.pass(1);
    await one('POST /beta/devices', { name: 'a-month-ago' });
    system.clock.pass(32 * dayMs - 1);
    await one('POST /beta/devices', { name: 'now' });
    const first = await three('GET /orgs/acme/audit-logs');
    const second = await three(linked(first));
    expect([first, second].map(({ body }) => body.map(({ at }: { at: string }) => at))).toEqual([
      ['2026-05-13T00:00:00.000Z', '2026-04-11T00:00:00.001Z'],
      ['2026-04-11T00:00:00.000Z'],
    ]);
    const third = await three(linked(second));
    expect(third.body.map(({ at }: { at: string }) => at)).toEqual(['2026-01-01T00:00:00.000Z']);
    expect(third.headers.link).toBeUndefined();
  });

  it('of Humanitec begin where they are asked to end, and end where they are asked to begin', async () => {
    const { system, miru: one, humanitec: three } = await given();
    for (const name of ['one', 'two', 'three']) {
      await one('POST /beta/devices', { name });
      system.clock.pass(40 * dayMs);
    }
    const first = await three('GET /orgs/acme/audit-logs?from=2026-02-01T00:00:00Z&to=2026-04-30T00:00:00Z');
    expect(first.body).toHaveLength(0);
    const second = await three(linked(first));
    expect(second.body.map(({ at }: { at: string }) => at)).toEqual(['2026-03-22T00:00:00.000Z']);
    const third = await three(linked(second));
    expect(third.body.map(({ at }: { at: string }) => at)).toEqual(['2026-02-10T00:00:00.000Z']);
    expect(third.headers.link).toBeUndefined();
  });

  it('of Humanitec may be empty, and lead on, where all of a time was refused', async () => {
    const { system, miru: one, humanitec: three } = await given();
    await one('POST /beta/devices', { name: 'robot-7' });
    system.clock.pass(40 * dayMs);
    await one('POST /beta/devices', { name: 'robot-7' });
    system.clock.pass(40 * dayMs);
    const pages = [await three('GET /orgs/acme/audit-logs')];
    for (let last = pages.at(-1); last?.headers.link !== undefined; last = pages.at(-1))
      pages.push(await three(linked(last)));
    expect(pages.map(({ body }) => body.length)).toEqual([0, 0, 1]);
  });

  it('of Humanitec tell only what was granted, as its own log does', async () => {
    const { miru: one, humanitec: three, id } = await given();
    await one('POST /beta/devices', { name: 'robot-7' });
    await one('POST /beta/devices', { name: 'robot-7' });
    expect((await three('GET /orgs/acme/audit-logs')).body).toEqual([
      {
        at: '2026-01-01T00:00:00.000Z',
        org_id: 'acme',
        user_id: id,
        request_method: 'POST',
        request_path: '/beta/devices',
        response_status: 200,
      },
    ]);
  });
});

describe('after its retention', () => {
  it('an entry is gone', async () => {
    const { system, miru: ask } = await given();
    await ask('POST /beta/devices', { name: 'robot-7' });
    system.clock.pass(400 * 24 * 60 * 60 * 1000 + 1);
    expect(await eventsOf(ask)).toEqual([]);
  });
});
