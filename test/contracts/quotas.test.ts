// What the doors may rely on when they count requests, wherever these are counted.
import { describe, expect, it } from 'vitest';
import { dynamoQuotas } from '#adapters/dynamodb/quotas';
import { memoryQuotas } from '#adapters/memory/quotas';
import type { Lease, Quotas } from '#engine/ports';
import { freshTable } from '#test/support/dynamodb-table';
import { hostileTexts, range, start } from './given.ts';

const aLease = (changes: Partial<Lease> = {}): Lease => ({
  organization: 'acme',
  account: 'api_key_1 read',
  window: { from: start, until: start + 10_000 },
  tokens: 10,
  tokensMax: 25,
  ...changes,
});

const quotasContract = (make: () => Promise<Quotas>) => {
  it('gives what is left of a window, and never more than that', async () => {
    const { take } = await make();
    expect(await take(aLease())).toBe(true);
    expect(await take(aLease())).toBe(true);
    expect(await take(aLease())).toBe(false);
    expect(await take(aLease({ tokens: 5 }))).toBe(true);
    expect(await take(aLease({ tokens: 1 }))).toBe(false);
  });

  it('gives nothing of a window that has less than was asked for from the start', async () => {
    const { take } = await make();
    expect(await take(aLease({ tokens: 26 }))).toBe(false);
    expect(await take(aLease({ tokens: 25 }))).toBe(true);
  });

  it('counts every window, account and organization for itself', async () => {
    const { take } = await make();
    const all = aLease({ tokens: 25 });
    expect(await take(all)).toBe(true);
    expect(await take({ ...all, window: { from: start + 10_000, until: start + 20_000 } })).toBe(true);
    expect(await take({ ...all, account: 'api_key_2 read' })).toBe(true);
    expect(await take({ ...all, organization: 'globex' })).toBe(true);
    expect(await take(all)).toBe(false);
  });

  it('lets 50 who ask at once have no more than there is', async () => {
    const { take } = await make();
    const taken = await Promise.all(range(50).map(() => take(aLease({ tokensMax: 200 }))));
    expect(taken.filter(Boolean)).toHaveLength(20);
  });

  it('keeps what was agreed with an organization, until something else is', async () => {
    const quotas = await make();
    expect(await quotas.agreed('acme')).toBeUndefined();
    await quotas.agree('acme', { key: { read: 1000 }, organization: { read: 5000, write: 1 } });
    expect(await quotas.agreed('acme')).toEqual({
      key: { read: 1000 },
      organization: { read: 5000, write: 1 },
    });
    await quotas.agree('acme', {});
    expect(await quotas.agreed('acme')).toEqual({});
    expect(await quotas.agreed('globex')).toBeUndefined();
  });

  it.each(hostileTexts.filter((text) => Buffer.byteLength(text) <= 128))(
    'keeps accounts apart, whatever they are called: %j',
    async (text) => {
      const { take } = await make();
      expect(await take(aLease({ organization: text, account: 'a', tokens: 25 }))).toBe(true);
      expect(await take(aLease({ organization: `${text}#a`, account: '', tokens: 25 }))).toBe(true);
      expect(await take(aLease({ organization: text, account: 'a', tokens: 1 }))).toBe(false);
    },
  );
};

describe('quotas in memory', () => quotasContract(async () => memoryQuotas()));
describe('quotas in DynamoDB', () => quotasContract(async () => dynamoQuotas(await freshTable())));
