// How a thing gets its certificate: a token, told once and good for one key, and a request that the thing has signed.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { type ChangesSlots, changeSlot } from './change-slot.ts';
import { newSecret, otherRequest, type RepeatableSecrets } from './ids.ts';
import { type Activation, type Thing, Unavailable, type World } from './ports.ts';
import { type Admit, isProvisioningToken, provisionThing } from './provision-thing.ts';
import { noSuchThing } from './register-thing.ts';
import { equalText, sha256Hex } from './secrets.ts';

/** How long a token may be used for the first time. */
export const activationMs = 60 * 60 * 1000;

export interface IssueActivation {
  readonly organization: string;
  readonly name: string;
  /** A thing that has a certificate gets another one, and the old one stops working. */
  readonly allowReactivation: boolean;
  /** With an idempotency key: the secrets that a repeat has again, and a digest of what is asked. */
  readonly repeatable?: { readonly secrets: RepeatableSecrets; readonly request: string };
}

export interface IssuedActivation {
  /** Told once: only its hash is kept. */
  readonly token: string;
  readonly expiresAt: number;
}

type Repeatable = IssueActivation['repeatable'];

const tokenOf = (name: string, secret: string): string => `sat_${name}_${secret}`;

/** What was told to this very request before, as long as it is of any use; a token that has expired is not. */
const toldBefore = (
  { name, activation }: Thing,
  repeatable: Repeatable,
  now: number,
): IssuedActivation | Refusal | undefined => {
  if (activation === null || repeatable === undefined) return undefined;
  const token = tokenOf(name, repeatable.secrets(activation.generation));
  if (!equalText(activation.tokenHash, sha256Hex(token))) return undefined;
  if (activation.request !== repeatable.request) return otherRequest();
  return activation.done || now <= activation.expiresAt
    ? { token, expiresAt: activation.expiresAt }
    : undefined;
};

/** A new token makes the one before it worthless. */
export const issueActivation =
  ({ clock, chance, things }: Pick<World, 'clock' | 'chance' | 'things'>) =>
  async (intent: IssueActivation): Promise<IssuedActivation | Refusal> => {
    const { organization, name, allowReactivation, repeatable } = intent;
    for (;;) {
      const thing = await things.load(name);
      if (thing?.organization !== organization || thing.retiredAt !== null) return noSuchThing();
      const told = toldBefore(thing, repeatable, clock.now());
      if (told !== undefined) return told;
      if (thing.certificate !== null && !allowReactivation)
        return refuse(
          'already_activated',
          'It is activated already; allow its reactivation to replace its certificate.',
        );
      const generation = thing.version;
      const token = tokenOf(name, repeatable?.secrets(generation) ?? newSecret(chance));
      const expiresAt = clock.now() + activationMs;
      const activation: Activation = {
        tokenHash: sha256Hex(token),
        expiresAt,
        generation,
        request: repeatable?.request ?? null,
        csrHash: null,
        done: false,
      };
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
  /** Asked once the token is known to be good, and before anything comes of it: whose it is, and which. */
  readonly admit?: Admit;
}

export interface ActivatedThing {
  readonly thing: string;
  readonly certificate: string;
  readonly endpoint: { readonly host: string; readonly port: number };
}

type Needs = Pick<World, keyof ChangesSlots | 'chance' | 'catalog' | 'things' | 'certificates'>;

/** One answer for every reason: who guesses learns nothing. */
const refused = (): Refusal =>
  refuse('activation_refused', 'This token is unknown, expired, or was used with another key.');

/** The token binds itself to the first key that uses it; the same key may ask again after a crash. */
const accepts = (activation: Activation | null, { token, csr }: ActivateThing, now: number): boolean =>
  activation !== null &&
  equalText(activation.tokenHash, sha256Hex(token)) &&
  (activation.csrHash === null ? now <= activation.expiresAt : equalText(activation.csrHash, sha256Hex(csr)));

const triesMax = 10;

/**
 * Changes a thing as long as this token and this key are its activation. Meanwhile it may be renamed, or connect or
 * disconnect (its own activation cuts its old connection): then the change is made to what it is by now.
 */
const advance = async (
  { clock, things }: Needs,
  intent: ActivateThing,
  found: Thing | undefined,
  change: (thing: Thing, activation: Activation) => Partial<Thing> | undefined,
): Promise<Thing | Refusal> => {
  let thing = found;
  for (let tries = 0; tries < triesMax; tries += 1) {
    if (thing === undefined || thing.retiredAt !== null || thing.activation === null) return refused();
    if (!accepts(thing.activation, intent, clock.now())) return refused();
    const changed = change(thing, thing.activation);
    if (changed === undefined) return thing;
    const next = { ...thing, ...changed, version: thing.version + 1 };
    if ((await things.save(next)) === 'saved') return next;
    thing = await things.load(thing.name);
  }
  throw new Unavailable(`Thing ${found?.name} changed ${triesMax} times meanwhile.`);
};

/** A thing that is activated again starts from nothing: whatever it shall have it must get again. */
const startFromNothing = async (world: Needs, { name, organization }: Thing): Promise<void> => {
  for (const { id } of await world.slots.ofThing(name))
    await changeSlot(world)({ id, organization, event: { type: 'reissue' }, by: 'thing' });
};

/** Whatever was never here cannot have lost anything. */
const wasHereBefore = ({ certificate, presence }: Thing): boolean =>
  certificate !== null || presence.state !== 'never';

const bind = (world: Needs, intent: ActivateThing, thing: Thing | undefined): Promise<Thing | Refusal> =>
  advance(world, intent, thing, (_, activation) =>
    activation.csrHash === null
      ? { activation: { ...activation, csrHash: sha256Hex(intent.csr) } }
      : undefined,
  );

/** Of two that ask at the same time both go on with the certificate that was saved first. */
const sign = async (world: Needs, intent: ActivateThing, bound: Thing): Promise<Thing | Refusal> => {
  if (bound.activation?.signed !== undefined) return bound;
  const signed = await world.certificates.issue(bound.name, intent.csr);
  return advance(world, intent, bound, (_, activation) =>
    activation.signed === undefined ? { activation: { ...activation, signed } } : undefined,
  );
};

/** Every step may be repeated, and what makes it final comes last. */
const finish = async (world: Needs, intent: ActivateThing, signed: Thing): Promise<Thing | Refusal> => {
  const certificate = signed.activation?.signed ?? null;
  await world.certificates.keepOnly(signed.name, certificate);
  if (wasHereBefore(signed) && !intent.keepsFiles) await startFromNothing(world, signed);
  return advance(world, intent, signed, ({ agentVersion }, activation) =>
    activation.done
      ? undefined
      : {
          certificate,
          activation: { ...activation, done: true },
          agentVersion: intent.agentVersion ?? agentVersion,
          updatedAt: world.clock.now(),
        },
  );
};

const findByActivationToken = async (
  { clock, things }: Needs,
  intent: ActivateThing,
): Promise<Thing | Refusal | undefined> => {
  const name = /^sat_([0-9a-z]{16})_/.exec(intent.token)?.[1];
  const thing = name === undefined ? undefined : await things.load(name);
  if (thing === undefined || thing.retiredAt !== null || !accepts(thing.activation, intent, clock.now()))
    return refused();
  const { organization } = thing;
  return (await intent.admit?.({ id: `thing:${thing.name}`, organization })) ?? thing;
};

const find = (world: Needs, intent: ActivateThing): Promise<Thing | Refusal | undefined> =>
  isProvisioningToken(intent.token) ? provisionThing(world)(intent) : findByActivationToken(world, intent);

export const activateThing =
  (world: Needs) =>
  async (intent: ActivateThing): Promise<ActivatedThing | Refusal> => {
    const found = await find(world, intent);
    if (isRefusal(found)) return found;
    const bound = await bind(world, intent, found);
    if (isRefusal(bound)) return bound;
    const signed = bound.activation?.done ? bound : await sign(world, intent, bound);
    if (isRefusal(signed)) return signed;
    const thing = signed.activation?.done ? signed : await finish(world, intent, signed);
    if (isRefusal(thing)) return thing;
    if (thing.certificate === null) return refused();
    const { name, certificate } = thing;
    return { thing: name, certificate: certificate.pem, endpoint: await world.certificates.endpoint() };
  };
