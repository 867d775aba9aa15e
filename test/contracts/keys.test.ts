// What the doors may rely on when they keep API keys, wherever they are kept.
import { describe, expect, it } from 'vitest';
import { dynamoKeys } from '#adapters/dynamodb/api-keys';
import { memoryKeys } from '#adapters/memory/keys';
import type { Keys } from '#engine/ports';
import { freshTable } from '#test/support/dynamodb-table';
import { aKey, hostileNames, range, start } from './given.ts';

const keysContract = (make: () => Promise<Keys>) => {
  it('loads what was added, and nothing else', async () => {
    const keys = await make();
    await keys.add(aKey('k1'));
    await keys.add(aKey('k2', { scopes: [], revokedAt: start }));
    expect(await keys.load('k1')).toEqual(aKey('k1'));
    expect(await keys.load('k2')).toEqual(aKey('k2', { scopes: [], revokedAt: start }));
    expect(await keys.load('k3')).toBeUndefined();
  });

  it('does not replace a key by another of the same id', async () => {
    const keys = await make();
    await keys.add(aKey('k1'));
    await expect(keys.add(aKey('k1', { organization: 'globex' }))).rejects.toThrow(/k1/);
    expect(await keys.load('k1')).toEqual(aKey('k1'));
  });

  it('revokes once: the first time stays', async () => {
    const keys = await make();
    await keys.add(aKey('k1'));
    expect(await keys.revoke('k1', start + 1)).toBe(true);
    expect(await keys.revoke('k1', start + 2)).toBe(true);
    expect(await keys.load('k1')).toEqual(aKey('k1', { revokedAt: start + 1 }));
  });

  it('does not revoke what is not there', async () => {
    const keys = await make();
    expect(await keys.revoke('k1', start)).toBe(false);
    expect(await keys.load('k1')).toBeUndefined();
  });

  it('lists the keys of an organization, oldest first', async () => {
    const keys = await make();
    for (const number of [...range(130)].toReversed())
      await keys.add(aKey(`k${number}`, { createdAt: start + number }));
    await keys.add(aKey('theirs', { organization: 'globex' }));
    const ids = (await keys.ofOrganization('acme')).map(({ id }) => id);
    expect(ids).toEqual(range(130).map((number) => `k${number}`));
    expect(await keys.ofOrganization('initech')).toEqual([]);
  });

  it('tells ids of any text apart', async () => {
    const keys = await make();
    for (const id of hostileNames) await keys.add(aKey(id));
    for (const id of hostileNames) expect(await keys.load(id)).toEqual(aKey(id));
  });
};

describe('keys in memory', () => keysContract(async () => memoryKeys()));
describe('keys in DynamoDB', () => keysContract(async () => dynamoKeys(await freshTable())));
