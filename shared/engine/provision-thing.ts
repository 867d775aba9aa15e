// Provisioning: a token that makes a thing of whoever comes first with a key of its own.
import { isRefusal, type Refusal } from '#domain/refusal';
import { tokensMs } from '#operations/retention';
import { createEntry } from './create-entry.ts';
import { type Idempotency, mapNames, newSecret, newUid, type RepeatableSecrets, uidsFor } from './ids.ts';
import type { Activation, Entry, Thing, World } from './ports.ts';
import { fresh, type RegisterThing, taken } from './register-thing.ts';
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
  /** The list that its thing will stand in. */
  readonly roster: string;
  /** The thing that it makes: decided with the key, and made once, however much later somebody asks again. */
  readonly thing: string | null;
}

const bodyOf = (entry: Entry): Body => entry.body as unknown as Body;

export interface IssuedProvisioning {
  /** Told once: only its hash is kept. */
  readonly token: string;
  readonly expiresAt: number;
}

export interface IssueProvisioning {
  readonly organization: string;
  readonly roster: string;
  /** With an idempotency key: the secrets that a repeat has again. */
  readonly repeatable?: { readonly secrets: RepeatableSecrets; readonly idempotency: Idempotency };
}

/** By the id of the entry that it opens; without an idempotency key nobody will ask for it again. */
const secretsOf = (
  { chance }: Pick<World, 'chance'>,
  { repeatable }: IssueProvisioning,
): RepeatableSecrets => {
  const once = newSecret(chance);
  return repeatable?.secrets ?? (() => once);
};

export const issueProvisioning =
  (world: Pick<World, 'clock' | 'chance' | 'catalog'>) =>
  async (intent: IssueProvisioning): Promise<IssuedProvisioning | Refusal> => {
    const { organization, roster, repeatable } = intent;
    const secrets = secretsOf(world, intent);
    const idempotency = repeatable?.idempotency;
    const ids = mapNames(uidsFor(world, organization, idempotency), (uid) => `${idPrefix}${uid}`);
    const isOf = (id: string) => (idempotency === undefined ? '' : id);
    const expiresAt = world.clock.now() + provisioningMs;
    const tokenHash = sha256Hex(secrets(isOf(ids[0])));
    const body: Body = { tokenHash, expiresAt, csrHash: null, roster, thing: null };
    const entry = await createEntry(world)({
      organization,
      kind,
      ids,
      body: { ...body },
      unique: {},
      request: null,
      until: expiresAt + tokensMs,
    });
    if (isRefusal(entry)) return entry;
    const secret = secrets(isOf(entry.id));
    return { token: `spt_${organization}_${entry.id}_${secret}`, expiresAt: bodyOf(entry).expiresAt };
  };

/** Organizations have no underscore in their names. */
const tokenPattern = /^spt_([a-z0-9-]+)_(spt[0-9a-z]{16})_([0-9a-z]{32})$/;

export const isProvisioningToken = (token: string): boolean => token.startsWith('spt_');

/** Whether what a token stands for may go on; a refusal says why not. */
export type Admit = (who: {
  readonly id: string;
  readonly organization: string;
}) => Promise<Refusal | undefined>;

export interface Provision {
  readonly token: string;
  readonly csr: string;
  readonly name?: string | undefined;
  readonly admit?: Admit | undefined;
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

/** Who it is bound to, with the thing that is made for it: ours, or of whoever was faster. */
const bind = async (
  { clock, chance, catalog }: Pick<World, 'clock' | 'chance' | 'catalog'>,
  entry: Entry,
  csr: string,
): Promise<Body | undefined> => {
  if (bodyOf(entry).csrHash !== null) return bodyOf(entry);
  const body = { ...entry.body, csrHash: sha256Hex(csr), thing: newUid(chance) };
  const bound = { ...entry, body, updatedAt: clock.now(), version: entry.version + 1 };
  if ((await catalog.save(bound)).saved) return bodyOf(bound);
  const winner = await catalog.load(entry.organization, kind, entry.id);
  return winner && bodyOf(winner);
};

/** With its activation from the first moment: a thing of this name without one had it taken away. */
const makeThing = async (
  { clock, things }: Pick<World, 'clock' | 'things'>,
  name: string,
  intent: RegisterThing,
  activation: Activation,
): Promise<Thing | Refusal | undefined> => {
  const there = await things.load(name);
  if (there !== undefined) return there;
  const thing = { ...fresh(name, intent, clock.now()), activation };
  const saved = await things.save(thing);
  if (saved === 'saved') return thing;
  return saved === 'label taken' ? taken(intent.label) : things.load(name);
};

/** The thing that the token has made, with this key's activation begun; undefined when the token is no good. */
export const provisionThing =
  (world: Pick<World, 'clock' | 'chance' | 'catalog' | 'things'>) =>
  async ({ token, csr, name, admit }: Provision): Promise<Thing | Refusal | undefined> => {
    const [, organization = '', id = '', secret = ''] = tokenPattern.exec(token) ?? [];
    const entry = await world.catalog.load(organization, kind, id);
    if (entry === undefined || !accepts(bodyOf(entry), secret, csr, world.clock.now())) return undefined;
    const objection = await admit?.({ id: `provisioning:${id}`, organization });
    if (objection !== undefined) return objection;
    const bound = await bind(world, entry, csr);
    if (bound?.thing == null || !accepts(bound, secret, csr, world.clock.now())) return undefined;
    const label = name ?? `device-${id.slice(idPrefix.length)}`;
    const { expiresAt, csrHash } = bound;
    const activation = {
      tokenHash: sha256Hex(token),
      expiresAt,
      csrHash,
      generation: 0,
      request: null,
      done: false,
    };
    return makeThing(world, bound.thing, { organization, roster: bodyOf(entry).roster, label }, activation);
  };
