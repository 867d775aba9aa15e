// API keys: one key is one organization's, works in every dialect, and is kept only as a hash.
import { createHash, timingSafeEqual } from 'node:crypto';
import { newSecret, newUid } from './ids.ts';
import type { Clock, Key, World } from './ports.ts';

/** Who asks: what a key stands for. */
export interface Principal {
  readonly keyId: string;
  readonly organization: string;
  readonly scopes: readonly string[];
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** `api_key_<id>` is the id, `api_key_<id>_<secret>` the key. */
const keyPattern = /^(api_key_[0-9a-z]{16})_([0-9a-z]{32})$/;

export interface CreateKey {
  readonly organization: string;
  readonly scopes: readonly string[];
}

/** The key itself is told here and never again. */
export const createKey =
  ({ clock, chance, keys }: Pick<World, 'clock' | 'chance' | 'keys'>) =>
  async ({ organization, scopes }: CreateKey): Promise<{ readonly id: string; readonly key: string }> => {
    const id = `api_key_${newUid(chance)}`;
    const key = `${id}_${newSecret(chance)}`;
    const secretHash = sha256(key).toString('hex');
    await keys.add({ id, organization, scopes, secretHash, createdAt: clock.now(), revokedAt: null });
    return { id, key };
  };

const isGenuine = (stored: Key | undefined, key: string): stored is Key =>
  stored !== undefined &&
  stored.revokedAt === null &&
  timingSafeEqual(Buffer.from(stored.secretHash, 'hex'), sha256(key));

/** How long what was found under an id is not looked up again: so long may a revoked key still work. */
export const trustMs = 60_000;
/** The same where nothing was found: a key that is made works soon, also for whoever tried it too early. */
export const nothingMs = 5_000;
/** So many are remembered at a time, and as many ids under which nothing was. */
const rememberedMax = 10_000;

/** What was found lately, by id; the oldest gives way. */
const recentlyFound = <Found>(clock: Clock, keptMs: number) => {
  const kept = new Map<string, { readonly found: Found; readonly until: number }>();
  return {
    get: (id: string): { readonly found: Found } | undefined => {
      const known = kept.get(id);
      if (known !== undefined && known.until > clock.now()) return known;
      kept.delete(id);
      return undefined;
    },
    keep: (id: string, found: Found): Found => {
      const [oldest] = kept.keys();
      if (kept.size >= rememberedMax && oldest !== undefined) kept.delete(oldest);
      kept.set(id, { found, until: clock.now() + keptMs });
      return found;
    },
  };
};

/** By its id, not by the whole key: guesses at the secret cost no read. Ids of nothing are kept apart: they push no good one out. */
const lookUp = ({ clock, keys }: Pick<World, 'clock' | 'keys'>) => {
  const good = recentlyFound<Key>(clock, trustMs);
  const nothing = recentlyFound<undefined>(clock, nothingMs);
  return async (id: string): Promise<Key | undefined> => {
    const known = good.get(id) ?? nothing.get(id);
    if (known !== undefined) return known.found;
    const stored = await keys.load(id);
    return stored === undefined ? nothing.keep(id, stored) : good.keep(id, stored);
  };
};

/** Undefined for a key that is unknown, malformed or revoked: one answer for all. */
export const authenticate = (world: Pick<World, 'clock' | 'keys'>) => {
  const find = lookUp(world);
  return async (key: string): Promise<Principal | undefined> => {
    const id = keyPattern.exec(key)?.[1];
    if (id === undefined) return undefined;
    const stored = await find(id);
    if (!isGenuine(stored, key)) return undefined;
    return { keyId: id, organization: stored.organization, scopes: stored.scopes };
  };
};

/** `*` is every scope; `x:manage` is every scope of x. */
export const allows = ({ scopes }: Principal, needed: string): boolean =>
  scopes.includes('*') || scopes.includes(needed) || scopes.includes(`${needed.split(':')[0]}:manage`);
