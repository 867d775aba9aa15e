// Allowances in memory.
import type { Agreed, Quotas } from '#engine/ports';
import { type Owned, type Shelf, shelf } from './shelf.ts';

export interface Taken {
  readonly organization: string;
  readonly tokens: number;
}

export const memoryQuotas = (
  taken: Shelf<Taken> = shelf(),
  agreements: Shelf<Owned<{ readonly agreed: Agreed }>> = shelf(),
): Quotas => {
  return {
    take: async ({ organization, account, window, tokens, tokensMax }) => {
      const key = [organization, account, String(window.from)];
      const after = (taken.get(...key)?.tokens ?? 0) + tokens;
      if (after > tokensMax) return false;
      taken.put({ organization, tokens: after }, ...key);
      return true;
    },
    agreed: async (organization) => agreements.get(organization)?.agreed,
    agree: async (organization, agreed) => agreements.put({ organization, agreed }, organization),
  };
};
