// How a thing gets its certificate: a token, told once and good for one key, and a request that the thing has signed.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { changeSlot } from './change-slot.ts';
import { newSecret, otherRequest } from './ids.ts';
import { type Activation, type CertificateRef, type Thing, Unavailable, type World } from './ports.ts';
import { isProvisioningToken, provisionThing } from './provision-thing.ts';
import { noSuchThing } from './register-thing.ts';
import { equalText, sha256Hex } from './secrets.ts';

/** How long a token may be used for the first time. */
export const activationMs = 60 * 60 * 1000;

export interface IssueActivation {
  readonly organization: string;
  readonly name: string;
  /** A thing that has a certificate gets another one, and the old one stops working. */
  readonly allowReactivation: boolean;
  /** With an idempotency key: the secret that a repeat has again, and a digest of what is asked. */
  readonly repeatable?: { readonly secret: string; readonly request: string };
}

export interface IssuedActivation {
  /** Told once: only its hash is kept. */
  readonly token: string;
  readonly expiresAt: number;
}

/** A new token makes the one before it worthless. */
export const issueActivation =
  ({ clock, chance, things }: Pick<World, 'clock' | 'chance' | 'things'>) =>
  async ({
    organization,
    name,
    allowReactivation,
    repeatable,
  }: IssueActivation): Promise<IssuedActivation | Refusal> => {
    for (;;) {
      const thing = await things.load(name);
      if (thing?.organization !== organization || thing.retiredAt !== null) return noSuchThing();
      const token = `sat_${name}_${repeatable?.secret ?? newSecret(chance)}`;
      const tokenHash = sha256Hex(token);
      const request = repeatable?.request ?? null;
      if (thing.activation?.tokenHash === tokenHash)
        return thing.activation.request === request
          ? { token, expiresAt: thing.activation.expiresAt }
          : otherRequest();
      if (thing.certificate !== null && !allowReactivation)
        return refuse(
          'already_activated',
          'It is activated already; allow its reactivation to replace its certificate.',
        );
      const expiresAt = clock.now() + activationMs;
      const activation: Activation = { tokenHash, expiresAt, csrHash: null, request, done: false };
      const saved = await things.save({ ...thing, activation, version: thing.version + 1 });
      if (saved === 'saved') return { token, expiresAt };
    }
  };

export interface ActivateThing {
  readonly token: string;
  /** PEM of a PKCS#10 request. */
  readonly csr: string;
  readonly agentVersion?: string | undefined;
  /** With a provisioning token: what the thing shall be called. */
  readonly name?: string | undefined;
  /** It renews its certificate and still has what was deployed to it. */
  readonly keepsFiles: boolean;
}

export interface ActivatedThing {
  readonly thing: string;
  readonly certificate: string;
  readonly endpoint: { readonly host: string; readonly port: number };
}

type Needs = Pick<
  World,
  'clock' | 'chance' | 'catalog' | 'things' | 'slots' | 'records' | 'transitions' | 'certificates'
>;

/** One answer for every reason: who guesses learns nothing. */
const refused = (): Refusal =>
  refuse('activation_refused', 'This token is unknown, expired, or was used with another key.');

/** The token binds itself to the first key that uses it; the same key may ask again after a crash. */
const accepts = (activation: Activation | null, { token, csr }: ActivateThing, now: number): boolean =>
  activation !== null &&
  equalText(activation.tokenHash, sha256Hex(token)) &&
  (activation.csrHash === null ? now <= activation.expiresAt : equalText(activation.csrHash, sha256Hex(csr)));

const save = async ({ things }: Needs, thing: Thing): Promise<Thing> => {
  const next = { ...thing, version: thing.version + 1 };
  if ((await things.save(next)) !== 'saved') throw new Unavailable(`Thing ${thing.name} changed meanwhile.`);
  return next;
};

/** A thing that is activated again starts from nothing: whatever it shall have it must get again. */
const startFromNothing = async (world: Needs, { name, organization }: Thing): Promise<void> => {
  for (const { id } of await world.slots.ofThing(name))
    await changeSlot(world)({ id, organization, event: { type: 'reissue' }, by: 'thing' });
};

/** Whatever was never here cannot have lost anything. */
const wasHereBefore = ({ certificate, presence }: Thing): boolean =>
  certificate !== null || presence.state !== 'never';

/** Every step may be repeated, and what makes it final comes last. */
const certify = async (world: Needs, bound: Thing, intent: ActivateThing): Promise<CertificateRef> => {
  const certificate = await world.certificates.issue(bound.name, intent.csr);
  await world.certificates.keepOnly(bound.name, certificate);
  if (wasHereBefore(bound) && !intent.keepsFiles) await startFromNothing(world, bound);
  const activation = bound.activation && { ...bound.activation, done: true };
  const agentVersion = intent.agentVersion ?? bound.agentVersion;
  await save(world, { ...bound, certificate, activation, agentVersion, updatedAt: world.clock.now() });
  return certificate;
};

const findByActivationToken = async (
  { things }: Needs,
  { token }: ActivateThing,
): Promise<Thing | undefined> => {
  const name = /^sat_([0-9a-z]{16})_/.exec(token)?.[1];
  return name === undefined ? undefined : things.load(name);
};

const find = (world: Needs, intent: ActivateThing): Promise<Thing | Refusal | undefined> =>
  isProvisioningToken(intent.token) ? provisionThing(world)(intent) : findByActivationToken(world, intent);

const bind = async (world: Needs, thing: Thing, { csr }: ActivateThing): Promise<Thing> =>
  thing.activation === null || thing.activation.csrHash !== null
    ? thing
    : save(world, { ...thing, activation: { ...thing.activation, csrHash: sha256Hex(csr) } });

export const activateThing =
  (world: Needs) =>
  async (intent: ActivateThing): Promise<ActivatedThing | Refusal> => {
    const thing = await find(world, intent);
    if (isRefusal(thing)) return thing;
    if (thing === undefined || thing.retiredAt !== null) return refused();
    if (!accepts(thing.activation, intent, world.clock.now())) return refused();
    const bound = await bind(world, thing, intent);
    const isDone = bound.activation?.done === true && bound.certificate !== null;
    const certificate = isDone && bound.certificate ? bound.certificate : await certify(world, bound, intent);
    return { thing: bound.name, certificate: certificate.pem, endpoint: await world.certificates.endpoint() };
  };
