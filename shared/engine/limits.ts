// How often somebody may ask: the table, and what follows from it. What is agreed with an organization comes before it.
import { type Refusal, refuse } from '#domain/refusal';
import type { Agreed, Asking, Holder } from './ports.ts';

/** An allowance is counted anew in every window; whoever has used it up waits for the next one, at most so long. */
export const windowMs = 10_000;

/** A source is what lets in by itself, without a key: a signed URL, an activation token. Nothing can be agreed for it. */
export type Limited = Holder | 'source';

type PerSecond = Readonly<Record<Limited, Readonly<Record<Asking, number>>>>;

/** Generous: nobody who works meets them, and nobody who loops takes the table away from the others. */
export const perSecond: PerSecond = {
  key: { read: 500, write: 200 },
  organization: { read: 2000, write: 500 },
  // One server that polls, one run that ends, one device that is activated.
  source: { read: 10, write: 10 },
};

export interface Allowance {
  /** Of a window, across all instances. */
  readonly max: number;
  /** How many are taken at once from what all instances share: one write for so many requests. */
  readonly lease: number;
  /** What an instance gives away in a window before it takes anything: who asks now and then costs no write at all. */
  readonly free: number;
}

/**
 * A lease is a twentieth and the free part a hundredth: 50 instances can at worst give half as much again. A source asks few of them,
 * and a few times.
 */
const shares: Readonly<Record<Limited, { readonly leases: number; readonly frees: number }>> = {
  key: { leases: 20, frees: 100 },
  organization: { leases: 20, frees: 100 },
  source: { leases: 5, frees: 10 },
};

const agreedRate = (agreed: Agreed | undefined, holder: Limited, asking: Asking): number | undefined =>
  holder === 'source' ? undefined : agreed?.[holder]?.[asking];

export const allowanceOf = (holder: Limited, asking: Asking, agreed: Agreed | undefined): Allowance => {
  const rate = agreedRate(agreed, holder, asking) ?? perSecond[holder][asking];
  const max = Math.floor((rate * windowMs) / 1000);
  const { leases, frees } = shares[holder];
  return { max, lease: Math.max(1, Math.floor(max / leases)), free: Math.floor(max / frees) };
};

const reading: ReadonlySet<string> = new Set(['GET', 'HEAD']);

export const askingOf = (method: string): Asking => (reading.has(method) ? 'read' : 'write');

export interface Window {
  readonly from: number;
  readonly until: number;
}

export const windowAt = (now: number): Window => {
  const from = now - (now % windowMs);
  return { from, until: from + windowMs };
};

/** What an instance may still give away in this window without asking anybody. */
export interface Purse {
  readonly left: number;
  /** Nothing is left of the window for anybody: it is not asked for again. */
  readonly isEmpty: boolean;
}

export const newPurse = ({ free }: Allowance): Purse => ({ left: free, isEmpty: false });

export type Spent =
  | { readonly spent: true; readonly purse: Purse }
  | { readonly spent: false; readonly because: 'used up' | 'lease needed' };

export const spend = (purse: Purse): Spent => {
  if (purse.left > 0) return { spent: true, purse: { ...purse, left: purse.left - 1 } };
  return { spent: false, because: purse.isEmpty ? 'used up' : 'lease needed' };
};

/** After the lease was asked for: one of it is spent at once. */
export const filled = ({ lease }: Allowance, isGranted: boolean): Purse =>
  isGranted ? { left: lease, isEmpty: false } : { left: 0, isEmpty: true };

/** Whole seconds, as HTTP counts them: never too early. */
export const secondsUntil = (until: number, now: number): number =>
  Math.max(1, Math.ceil((until - now) / 1000));

const whose: Readonly<Record<Limited, string>> = {
  key: 'This API key',
  organization: 'This organization',
  source: 'This URL or token',
};

export const tooMany = (limitOf: Limited, kind: Asking, windowRequestsMax: number, now: number): Refusal => {
  const retryAfterSeconds = secondsUntil(windowAt(now).until, now);
  return refuse(
    'too_many_requests',
    `${whose[limitOf]} asks too often; ask again in ${retryAfterSeconds} s.`,
    { retryAfterSeconds, limitOf, kind, windowRequestsMax },
  );
};
