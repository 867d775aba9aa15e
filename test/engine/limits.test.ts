// How often somebody may ask: what is counted, against whom, and what it costs.
import { describe, expect, it } from 'vitest';
import { type LimitRequests, limitRequests } from '#engine/limit-requests';
import { allowanceOf, askingOf, perSecond, secondsUntil, windowAt, windowMs } from '#engine/limits';
import { type Asking, Unavailable } from '#engine/ports';
import { type SmallSystem, smallSystem } from '#test/support/small-system';
import { failing, refusalOf } from './given.ts';

const ada = { keyId: 'api_key_ada', organization: 'acme', scopes: [] };
const bob = { ...ada, keyId: 'api_key_bob' };
const eve = { keyId: 'api_key_eve', organization: 'globex', scopes: [] };

/** How many of so many requests are let through. */
const letThrough = async (limit: LimitRequests, times: number, asking: Asking = 'read', who = ada) => {
  let granted = 0;
  for (let at = 0; at < times; at += 1) if ((await limit(asking, who)) === undefined) granted += 1;
  return granted;
};

/** 10 reads a second and key, 15 an organization: 100 and 150 in a window. */
const givenLimits = async (agreed = { key: { read: 10 }, organization: { read: 15 } }) => {
  const system = smallSystem();
  await system.world.quotas.agree('acme', agreed);
  return { system, limit: limitRequests(system.world) };
};

const leasesOf = (system: SmallSystem): number => system.count('quotas', 'take');

describe('the table', () => {
  it.each([
    ['key', 'read', { max: 5000, lease: 250, free: 50 }],
    ['key', 'write', { max: 2000, lease: 100, free: 20 }],
    ['organization', 'read', { max: 20_000, lease: 1000, free: 200 }],
    ['organization', 'write', { max: 5000, lease: 250, free: 50 }],
    ['source', 'read', { max: 100, lease: 20, free: 10 }],
    ['source', 'write', { max: 100, lease: 20, free: 10 }],
  ] as const)('gives a %s so many %ss in ten seconds', (holder, asking, allowance) => {
    expect(allowanceOf(holder, asking, undefined)).toEqual(allowance);
  });

  it('gives what was agreed instead, be it more, less or nothing', () => {
    const agreed = { key: { read: 1, write: 0 }, organization: { read: 10_000 } };
    expect(allowanceOf('key', 'read', agreed)).toEqual({ max: 10, lease: 1, free: 0 });
    expect(allowanceOf('key', 'write', agreed)).toEqual({ max: 0, lease: 1, free: 0 });
    expect(allowanceOf('organization', 'read', agreed).max).toBe(100_000);
    expect(allowanceOf('organization', 'write', agreed).max).toBe(perSecond.organization.write * 10);
  });

  it.each([
    ['GET', 'read'],
    ['HEAD', 'read'],
    ['POST', 'write'],
    ['DELETE', 'write'],
  ])('counts %s as a %s', (method, asking) => {
    expect(askingOf(method)).toBe(asking);
  });

  it.each([
    [10_000, 0, 10],
    [10_000, 9001, 1],
    [10_000, 8999, 2],
    [10_000, 10_000, 1],
  ])('says in whole seconds how long it is until %i at %i: %i', (until, now, seconds) => {
    expect(secondsUntil(until, now)).toBe(seconds);
  });

  it('cuts time into windows that lie side by side', () => {
    expect(windowAt(0)).toEqual({ from: 0, until: windowMs });
    expect(windowAt(windowMs - 1)).toEqual({ from: 0, until: windowMs });
    expect(windowAt(windowMs)).toEqual({ from: windowMs, until: 2 * windowMs });
  });
});

describe('a key', () => {
  it('is let through as often as its window allows, and what an instance gives away by itself', async () => {
    const { limit } = await givenLimits();
    expect(await letThrough(limit, 200)).toBe(100 + 1);
  });

  it('is told when to come again, and then is let through', async () => {
    const { system, limit } = await givenLimits();
    system.clock.pass(7500);
    await letThrough(limit, 101);
    const refusal = await limit('read', ada);
    expect(refusalOf(refusal)).toBe('too_many_requests');
    expect(refusal?.params).toMatchObject({ retryAfterSeconds: 3, limitOf: 'key', kind: 'read' });
    system.clock.pass(2499);
    expect(refusalOf(await limit('read', ada))).toBe('too_many_requests');
    system.clock.pass(1);
    expect(await limit('read', ada)).toBeUndefined();
  });

  it('may still write when it has read too much', async () => {
    const { limit } = await givenLimits();
    await letThrough(limit, 200);
    expect(await limit('write', ada)).toBeUndefined();
    expect(refusalOf(await limit('read', ada))).toBe('too_many_requests');
  });

  it('that loops leaves its organization to others', async () => {
    const { limit } = await givenLimits();
    await letThrough(limit, 10_000);
    expect(await limit('read', bob)).toBeUndefined();
  });
});

describe('an organization', () => {
  it('is limited over all of its keys, and no other with it', async () => {
    const { limit } = await givenLimits();
    await letThrough(limit, 90, 'read', ada);
    await letThrough(limit, 90, 'read', bob);
    const refusal = await limit('read', { ...ada, keyId: 'api_key_carol' });
    expect(refusal?.params).toMatchObject({ limitOf: 'organization' });
    expect(await limit('read', eve)).toBeUndefined();
  });

  it('gets what was agreed within five minutes', async () => {
    const { system, limit } = await givenLimits();
    await letThrough(limit, 1);
    await system.world.quotas.agree('acme', { key: { read: 0 } });
    system.clock.pass(5 * 60_000 - 1);
    expect(await limit('read', ada)).toBeUndefined();
    system.clock.pass(1);
    expect(refusalOf(await limit('read', ada))).toBe('too_many_requests');
  });
});

describe('many instances', () => {
  it('give no more than the window holds, and each its own free part', async () => {
    const { system } = await givenLimits({ key: { read: 100 }, organization: { read: 1000 } });
    const instances = Array.from({ length: 10 }, () => limitRequests(system.world));
    let granted = 0;
    for (let round = 0; round < 200; round += 1)
      for (const limit of instances) granted += await letThrough(limit, 1);
    const { max, free } = allowanceOf('key', 'read', { key: { read: 100 } });
    expect(granted).toBe(max + instances.length * free);
  });
});

describe('requests that come at the same time', () => {
  it('share the lease that one of them asks for', async () => {
    const { system, limit } = await givenLimits({ key: { read: 100 }, organization: { read: 1000 } });
    const answers = await Promise.all(Array.from({ length: 60 }, () => limit('read', ada)));
    expect(answers.filter((answer) => answer !== undefined)).toEqual([]);
    // 10 are free, and 50 are a lease.
    expect(leasesOf(system)).toBe(1);
  });

  it('are told the same when nothing is left', async () => {
    const { limit } = await givenLimits();
    const answers = await Promise.all(Array.from({ length: 200 }, () => limit('read', ada)));
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(101);
  });
});

describe('what it costs', () => {
  it('is no write for who asks now and then', async () => {
    const { system, limit } = await givenLimits({ key: { read: 500 }, organization: { read: 2000 } });
    for (let at = 0; at < 10; at += 1) {
      expect(await letThrough(limit, 50)).toBe(50);
      system.clock.pass(windowMs);
    }
    expect(leasesOf(system)).toBe(0);
  });

  it('is 25 writes for 5,000 reads in one window', async () => {
    const system = smallSystem();
    expect(await letThrough(limitRequests(system.world), 5000)).toBe(5000);
    expect(leasesOf(system)).toBe(Math.ceil((5000 - 50) / 250) + Math.ceil((5000 - 200) / 1000));
  });

  it('is nothing at all for who has used up the window and does not stop', async () => {
    const { system, limit } = await givenLimits();
    await letThrough(limit, 200);
    const before = system.count();
    expect(await letThrough(limit, 1000)).toBe(0);
    expect(system.count()).toBe(before);
  });

  it('is one look in five minutes for what was agreed', async () => {
    const { system, limit } = await givenLimits();
    await letThrough(limit, 50);
    expect(system.count('quotas', 'agreed')).toBe(1);
  });
});

describe('when nothing can be counted', () => {
  it('because the table is busy, requests are let through', async () => {
    const { system, limit } = await givenLimits();
    await letThrough(limit, 1);
    system.setFault(failing('quotas.take', () => new Unavailable('throttled')));
    expect(await letThrough(limit, 500)).toBe(500);
  });

  it('because something is wrong, that is a fault', async () => {
    const { system, limit } = await givenLimits();
    await letThrough(limit, 1);
    system.setFault(failing('quotas.take', () => new Error('not allowed')));
    await expect(letThrough(limit, 500)).rejects.toThrow('not allowed');
  });
});
