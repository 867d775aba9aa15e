// Who asks too often is told when to come again; who does not is let through, for a write in a hundred requests.
import type { Refusal } from '#domain/refusal';
import type { Principal } from './keys.ts';
import {
  type Allowance,
  allowanceOf,
  filled,
  type Limited,
  newPurse,
  type Purse,
  spend,
  tooMany,
  type Window,
  windowAt,
} from './limits.ts';
import { type Agreed, type Asking, Unavailable, type World } from './ports.ts';

type Needs = Pick<World, 'clock' | 'quotas'>;

/** Who is limited besides the organization: a key, or what lets in without one. */
export type By = Exclude<Limited, 'organization'>;

type Who = Pick<Principal, 'keyId' | 'organization'>;

/** Whether this request may be looked at; a refusal says when to ask again. */
export type LimitRequests = (asking: Asking, who: Who, by?: By) => Promise<Refusal | undefined>;

/** What was agreed with an organization is looked up again after so long. */
const agreedMs = 5 * 60_000;
/** So many organizations are remembered at a time. */
const rememberedMax = 10_000;

const rememberAgreed = ({ clock, quotas }: Needs) => {
  const known = new Map<string, { readonly agreed: Agreed | undefined; readonly until: number }>();
  return async (organization: string): Promise<Agreed | undefined> => {
    const now = clock.now();
    const found = known.get(organization);
    if (found !== undefined && found.until > now) return found.agreed;
    const agreed = await quotas.agreed(organization);
    if (known.size >= rememberedMax) known.clear();
    known.set(organization, { agreed, until: now + agreedMs });
    return agreed;
  };
};

interface Account {
  readonly organization: string;
  readonly name: string;
  readonly allowance: Allowance;
}

const accountOf = (
  holder: Limited,
  asking: Asking,
  { keyId, organization }: Who,
  agreed: Agreed | undefined,
): Account => ({
  organization,
  name: `${holder === 'organization' ? holder : keyId} ${asking}`,
  allowance: allowanceOf(holder, asking, agreed),
});

/** Limits protect the table; when it cannot be asked for a lease, they are not what the request fails for. */
const takeLease = async (
  { quotas }: Needs,
  { organization, name, allowance: { lease, max } }: Account,
  window: Window,
): Promise<boolean> => {
  try {
    return await quotas.take({ organization, account: name, window, tokens: lease, tokensMax: max });
  } catch (cause) {
    if (cause instanceof Unavailable) return true;
    throw cause;
  }
};

interface Purses {
  readonly window: Window;
  readonly kept: Map<string, Purse>;
  /** Leases that are being asked for: whoever wants one meanwhile waits for the same. */
  readonly asked: Map<string, Promise<void>>;
}

const newPurses = (window: Window): Purses => ({ window, kept: new Map(), asked: new Map() });

const nameOf = ({ organization, name }: Account): string => JSON.stringify([organization, name]);

const fill = async (world: Needs, { window, kept, asked }: Purses, account: Account): Promise<void> => {
  try {
    const isGranted = await takeLease(world, account, window);
    kept.set(nameOf(account), filled(account.allowance, isGranted));
  } finally {
    asked.delete(nameOf(account));
  }
};

const fillOnce = (world: Needs, purses: Purses, account: Account): Promise<void> => {
  const filling = purses.asked.get(nameOf(account)) ?? fill(world, purses, account);
  purses.asked.set(nameOf(account), filling);
  return filling;
};

/** The purses of one window: with the next one all of them are forgotten. */
const spendFromPurses = (world: Needs) => {
  let purses = newPurses(windowAt(0));
  return async (account: Account): Promise<boolean> => {
    for (;;) {
      const window = windowAt(world.clock.now());
      if (window.from !== purses.window.from) purses = newPurses(window);
      const spent = spend(purses.kept.get(nameOf(account)) ?? newPurse(account.allowance));
      if (spent.spent) purses.kept.set(nameOf(account), spent.purse);
      if (spent.spent || spent.because === 'used up') return spent.spent;
      await fillOnce(world, purses, account);
    }
  };
};

/** The organization last: one that loops must not use up what the others have. */
const holdersBy = (by: By): readonly Limited[] => [by, 'organization'];

/** A door keeps one for its lifetime, since it remembers what is left of its leases. */
export const limitRequests = (world: Needs): LimitRequests => {
  const agreedWith = rememberAgreed(world);
  const spendOne = spendFromPurses(world);
  return async (asking, who, by = 'key') => {
    const agreed = await agreedWith(who.organization);
    for (const holder of holdersBy(by)) {
      const account = accountOf(holder, asking, who, agreed);
      if (!(await spendOne(account)))
        return tooMany(holder, asking, account.allowance.max, world.clock.now());
    }
    return undefined;
  };
};
