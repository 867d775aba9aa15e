// Provisioning: a token that makes a thing of whoever comes first with a key of its own.
import { isRefusal, type Refusal } from '#domain/refusal';
import { createEntry } from './create-entry.ts';
import { type Idempotency, newSecret } from './ids.ts';
import type { Entry, Thing, World } from './ports.ts';
import { registerThing } from './register-thing.ts';
import { equalText, sha256Hex } from './secrets.ts';

/** How long a token may be used for the first time. */
export const provisioningMs = 5 * 60 * 1000;

const kind = 'provisioning_token';
const idPrefix = 'spt';

interface Body {
  readonly tokenHash: string;
  readonly expiresAt: number;
  /** SHA-256 of the CSR that used it; null: nobody has. */
  readonly csrHash: string | null;
}

const bodyOf = (entry: Entry): Body => entry.body as unknown as Body;

export interface IssuedProvisioning {
  /** Told once: only its hash is kept. */
  readonly token: string;
  readonly expiresAt: number;
}

export interface IssueProvisioning {
  readonly organization: string;
  /** With an idempotency key: the secret that a repeat has again. */
  readonly repeatable?: { readonly secret: string; readonly idempotency: Idempotency };
}

export const issueProvisioning =
  (world: Pick<World, 'clock' | 'chance' | 'catalog'>) =>
  async ({ organization, repeatable }: IssueProvisioning): Promise<IssuedProvisioning | Refusal> => {
    const expiresAt = world.clock.now() + provisioningMs;
    const secret = repeatable?.secret ?? newSecret(world.chance);
    const body: Body = { tokenHash: sha256Hex(secret), expiresAt, csrHash: null };
    const entry = await createEntry(world)({
      organization,
      kind,
      idPrefix,
      body: { ...body },
      unique: {},
      request: null,
      ...(repeatable === undefined ? {} : { idempotency: repeatable.idempotency }),
    });
    if (isRefusal(entry)) return entry;
    return { token: `spt_${organization}_${entry.id}_${secret}`, expiresAt: bodyOf(entry).expiresAt };
  };

/** Organizations have no underscore in their names. */
const tokenPattern = /^spt_([a-z0-9-]+)_(spt[0-9a-z]{16})_([0-9a-z]{32})$/;

export const isProvisioningToken = (token: string): boolean => token.startsWith('spt_');

export interface Provision {
  readonly token: string;
  readonly csr: string;
  readonly name?: string | undefined;
}

/** The token binds itself to the first key that uses it; the same key may ask again after a crash. */
const accepts = (
  { tokenHash, csrHash, expiresAt }: Body,
  secret: string,
  csr: string,
  now: number,
): boolean =>
  equalText(tokenHash, sha256Hex(secret)) &&
  (csrHash === null ? now <= expiresAt : equalText(csrHash, sha256Hex(csr)));

/** False when another key was faster. */
const bind = async (
  { clock, catalog }: Pick<World, 'clock' | 'catalog'>,
  entry: Entry,
  csr: string,
): Promise<boolean> => {
  const { csrHash } = bodyOf(entry);
  if (csrHash !== null) return true;
  const body = { ...entry.body, csrHash: sha256Hex(csr) };
  const bound = { ...entry, body, updatedAt: clock.now(), version: entry.version + 1 };
  return (await catalog.save(bound)).saved;
};

/** The thing that the token has made, with this key's activation begun; undefined when the token is no good. */
export const provisionThing =
  (world: Pick<World, 'clock' | 'chance' | 'catalog' | 'things'>) =>
  async ({ token, csr, name }: Provision): Promise<Thing | Refusal | undefined> => {
    const [, organization = '', id = '', secret = ''] = tokenPattern.exec(token) ?? [];
    const entry = await world.catalog.load(organization, kind, id);
    if (entry === undefined || !accepts(bodyOf(entry), secret, csr, world.clock.now())) return undefined;
    if (!(await bind(world, entry, csr))) return undefined;
    const thing = await registerThing(world)({
      organization,
      label: name ?? `device-${id.slice(idPrefix.length)}`,
      idempotency: { route: 'provision', key: id },
    });
    if (isRefusal(thing) || thing.activation !== null) return thing;
    const { expiresAt } = bodyOf(entry);
    const activation = {
      tokenHash: sha256Hex(token),
      expiresAt,
      csrHash: sha256Hex(csr),
      request: null,
      done: false,
    };
    const begun = { ...thing, activation, version: thing.version + 1 };
    return (await world.things.save(begun)) === 'saved' ? begun : undefined;
  };
