// API keys: one key is one organization's, works in every dialect, and is kept only as a hash.
import { createHash, timingSafeEqual } from 'node:crypto';
import { newSecret, newUid } from './ids.ts';
import type { Key, World } from './ports.ts';

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

/** How long a key that was found good is not looked up again: so long may a revoked one still work. */
export const trustMs = 60_000;
/** So many are remembered at a time. One that was found bad is not: guesses must not push good ones out. */
const rememberedMax = 10_000;

/** Undefined for a key that is unknown, malformed or revoked: one answer for all. */
export const authenticate = ({ clock, keys }: Pick<World, 'clock' | 'keys'>) => {
  const trusted = new Map<string, { readonly principal: Principal; readonly until: number }>();
  const remember = (hash: string, principal: Principal): Principal => {
    if (trusted.size >= rememberedMax) trusted.clear();
    trusted.set(hash, { principal, until: clock.now() + trustMs });
    return principal;
  };
  return async (key: string): Promise<Principal | undefined> => {
    const id = keyPattern.exec(key)?.[1];
    if (id === undefined) return undefined;
    const hash = sha256(key).toString('hex');
    const known = trusted.get(hash);
    if (known !== undefined && known.until > clock.now()) return known.principal;
    trusted.delete(hash);
    const stored = await keys.load(id);
    if (!isGenuine(stored, key)) return undefined;
    return remember(hash, { keyId: id, organization: stored.organization, scopes: stored.scopes });
  };
};

/** `*` is every scope; `x:manage` is every scope of x. */
export const allows = ({ scopes }: Principal, needed: string): boolean =>
  scopes.includes('*') || scopes.includes(needed) || scopes.includes(`${needed.split(':')[0]}:manage`);
