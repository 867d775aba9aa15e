// Who asks too often is told when to come again; who does not is let through, for a write in a hundred requests.
import { type Refusal, refuse } from '#domain/refusal';
import type { Principal } from './keys.ts';
import {
  type Allowance,
  allowanceOf,
  askingOf,
  filled,
  newPurse,
  type Purse,
  secondsUntil,
  spend,
  type Window,
  windowAt,
} from './limits.ts';
import { type Agreed, type Asking, type Holder, Unavailable, type World } from './ports.ts';

type Needs = Pick<World, 'clock' | 'quotas'>;

/** Whether this request may be looked at; a refusal says when to ask again. */
export type LimitRequests = (method: string, principal: Principal) => Promise<Refusal | undefined>;

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
  holder: Holder,
  asking: Asking,
  { keyId, organization }: Principal,
  agreed: Agreed | undefined,
): Account => ({
  organization,
  name: `${holder === 'key' ? keyId : holder} ${asking}`,
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

const tooMany = (holder: Holder, asking: Asking, { max }: Allowance, now: number): Refusal => {
  const retryAfterSeconds = secondsUntil(windowAt(now).until, now);
  const whose = holder === 'key' ? 'This API key' : 'This organization';
  return refuse('too_many_requests', `${whose} asks too often; ask again in ${retryAfterSeconds} s.`, {
    retryAfterSeconds,
    limitOf: holder,
    kind: asking,
    windowRequestsMax: max,
  });
};

/** The key first: one that loops must not use up what its organization has. */
const holders: readonly Holder[] = ['key', 'organization'];

/** A door keeps one for its lifetime, since it remembers what is left of its leases. */
export const limitRequests = (world: Needs): LimitRequests => {
  const agreedWith = rememberAgreed(world);
  const spendOne = spendFromPurses(world);
  return async (method, principal) => {
    const asking = askingOf(method);
    const agreed = await agreedWith(principal.organization);
    for (const holder of holders) {
      const account = accountOf(holder, asking, principal, agreed);
      if (!(await spendOne(account))) return tooMany(holder, asking, account.allowance, world.clock.now());
    }
    return undefined;
  };
};
