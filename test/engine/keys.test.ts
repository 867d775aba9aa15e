// API keys: told once, kept as hashes, good for a minute after they were revoked and not a moment longer.
import { describe, expect, it } from 'vitest';
import { allows, authenticate, createKey, nothingMs, trustMs } from '#engine/keys';
import type { Keys } from '#engine/ports';
import { smallSystem } from '#test/support/small-system';
import { sha256 } from './given.ts';

const givenKey = async (...scopes: string[]) => {
  const system = smallSystem();
  const { id, key } = await createKey(system.world)({ organization: 'acme', scopes });
  return { system, id, key, who: authenticate(system.world) };
};

describe('a key', () => {
  it('stands for its organization and its scopes', async () => {
    const { id, key, who } = await givenKey('devices:read');
    expect(await who(key)).toEqual({ keyId: id, organization: 'acme', scopes: ['devices:read'] });
  });

  it('is kept only as a hash', async () => {
    const { system, id, key } = await givenKey();
    const stored = await system.world.keys.load(id);
    expect(stored?.secretHash).toBe(sha256(key));
    expect(JSON.stringify(stored)).not.toContain(key.split('_').at(-1));
  });

  it('that is wrong in any part of it stands for nobody', async () => {
    const { id, key, who } = await givenKey('*');
    const [api, word, own = '', secret = ''] = key.split('_');
    const wrong = [
      '',
      id,
      `${id}_`,
      `${key}0`,
      key.slice(0, -1),
      key.toUpperCase(),
      ` ${key}`,
      `${key}\n`,
      `${key},${key}`,
      [api, word, own, `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`].join('_'),
      [api, word, own.replaceAll(/./g, '0'), secret].join('_'),
    ];
    for (const one of wrong) expect(await who(one), JSON.stringify(one)).toBeUndefined();
  });

  it('that is malformed costs no read', async () => {
    const { system, who } = await givenKey();
    const before = system.count('keys', 'load');
    await who('api_key_x');
    expect(system.count('keys', 'load')).toBe(before);
  });

  it('that is good is looked up once a minute', async () => {
    const { system, key, who } = await givenKey();
    const before = system.count('keys', 'load');
    for (let times = 0; times < 100; times += 1) await who(key);
    expect(system.count('keys', 'load') - before).toBe(1);
    system.clock.pass(trustMs);
    await who(key);
    expect(system.count('keys', 'load') - before).toBe(2);
  });

  it('that is made works within seconds, also where somebody tried it too early', async () => {
    const { system, key, who } = await givenKey();
    const { keys } = system.world;
    let isMade = false;
    const hidden: Keys = { ...keys, load: async (of) => (isMade ? keys.load(of) : undefined) };
    const door = authenticate({ ...system.world, keys: hidden });
    expect(await door(key)).toBeUndefined();
    isMade = true;
    expect(nothingMs).toBeLessThanOrEqual(5_000);
    system.clock.pass(nothingMs - 1);
    expect(await door(key)).toBeUndefined();
    system.clock.pass(1);
    expect(await door(key)).toEqual(await who(key));
  });

  it('that was revoked works for at most a minute more where it was seen, and nowhere else', async () => {
    const { system, id, key, who } = await givenKey();
    await who(key);
    await system.world.keys.revoke(id, system.clock.now());
    expect(await authenticate(system.world)(key)).toBeUndefined();
    system.clock.pass(trustMs - 1);
    expect(await who(key)).toBeDefined();
    system.clock.pass(1);
    expect(await who(key)).toBeUndefined();
    expect(await who(key)).toBeUndefined();
  });

  it('is not trusted longer by being used', async () => {
    const { system, id, key, who } = await givenKey();
    await who(key);
    await system.world.keys.revoke(id, system.clock.now());
    for (let second = 0; second < 59; second += 1) {
      system.clock.pass(1000);
      await who(key);
    }
    system.clock.pass(1000);
    expect(await who(key)).toBeUndefined();
  });

  it('is remembered among ten thousand others, and not for ever more', async () => {
    const { clock, world } = smallSystem();
    const keys = Array.from({ length: 10_001 }, (_, at) => {
      const id = `api_key_${at.toString().padStart(16, '0')}`;
      return { id, key: `${id}_${'0'.repeat(32)}` };
    });
    let loads = 0;
    const load: Keys['load'] = async (id) => {
      loads += 1;
      const secretHash = sha256(`${id}_${'0'.repeat(32)}`);
      return { id, organization: 'acme', scopes: [], secretHash, createdAt: 0, revokedAt: null };
    };
    const who = authenticate({ clock, keys: { ...world.keys, load } });
    const first = keys[0]?.key ?? '';
    for (const { key } of keys.slice(0, 10_000)) await who(key);
    await who(first);
    expect(loads).toBe(10_000);
    for (const { key } of keys.slice(10_000)) await who(key);
    await who(first);
    expect(loads).toBe(10_002);
  });
});

describe('a scope', () => {
  const may = (scopes: readonly string[], needed: string): boolean =>
    allows({ keyId: 'k', organization: 'acme', scopes }, needed);

  it.each([
    [['devices:read'], 'devices:read', true],
    [['devices:read'], 'devices:write', false],
    [['devices:manage'], 'devices:write', true],
    [['devices:manage'], 'deployments:write', false],
    [['*'], 'devices:delete', true],
    [[], 'devices:read', false],
    [['device:manage'], 'devices:read', false],
    [['devices'], 'devices:read', false],
    [['devices:*'], 'devices:read', false],
  ])('among %j for %s: %s', (scopes, needed, granted) => {
    expect(may(scopes, needed)).toBe(granted);
  });
});
