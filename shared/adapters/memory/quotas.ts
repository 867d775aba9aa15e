// Allowances in memory.
import type { Agreed, Quotas } from '#engine/ports';
import { shelf } from './shelf.ts';

export const memoryQuotas = (): Quotas => {
  const taken = shelf<{ readonly tokens: number }>();
  const agreements = shelf<Agreed>();
  return {
    take: async ({ organization, account, window, tokens, tokensMax }) => {
      const key = [organization, account, String(window.from)];
      const after = (taken.get(...key)?.tokens ?? 0) + tokens;
      if (after > tokensMax) return false;
      taken.put({ tokens: after }, ...key);
      return true;
    },
    agreed: async (organization) => agreements.get(organization),
    agree: async (organization, agreed) => agreements.put(agreed, organization),
  };
};
