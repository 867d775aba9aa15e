// What the engine needs of the world. Every port has two true implementations, held to one contract suite each.
import type { Channel } from '#domain/channel';
import type { Deployment, Digest, Failure } from '#domain/deployment';
import type { RefusalCode } from '#domain/refusal';
import type { Rollout } from '#domain/rollout';
import type { Slot, SlotId } from '#domain/slot';
import type { EstatePart } from './estate-parts.ts';

/** Thrown by an adapter whose service is throttled, unreachable or busy: the same call may work later. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

// ---- time and chance, as values

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

export interface Chance {
  /** `length` random bytes from a cryptographic source. */
  readonly bytes: (length: number) => Uint8Array;
}

// ---- slots

export interface Slots {
  /** The slot as it is now (strongly consistent); undefined when nothing ever was in it. */
  readonly load: (id: SlotId) => Promise<Slot | undefined>;
  /** Those of the given that exist, in any order; strongly consistent too. */
  readonly loadMany: (ids: readonly SlotId[]) => Promise<readonly Slot[]>;
  /** Every slot of a thing. */
  readonly ofThing: (thing: string) => Promise<readonly Slot[]>;
  /**
   * Saves `slot` if the stored version is `slot.version - 1` (0: nothing stored). False when somebody was faster.
   * Its `wakeAt` decides whether and where it stands in the `due` index.
   */
  readonly save: (slot: Slot) => Promise<boolean>;
  /** Slots of one shard whose time has come, most overdue first, at most `limit`. */
  readonly due: (shard: number, now: number, limit: number) => Promise<readonly DueSlot[]>;
}

export interface DueSlot {
  readonly id: SlotId;
  readonly dueAt: number;
}

// ---- records

/** What was asked for, a deployment without the part that moves: kept until it has been over for as long as `retention.ts` says. */
export interface DeploymentRecord {
  readonly id: string;
  readonly organization: string;
  readonly slot: SlotId;
  readonly revision: Digest;
  readonly track: string | null;
  readonly restores: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
  /** The dialect's own words, opaque to the engine: description, ids of what was composed. */
  readonly about: Readonly<Record<string, unknown>>;
  /** Digest of the request that made it: a repeat of its idempotency key must ask for the same. */
  readonly request: string;
  /** How it ended; undefined while its slot holds it (or: the request that made it died before the slot was saved). */
  readonly ended?: Deployment;
}

export interface Records {
  /** Files a record unless one of that id is there; answers the one that is there. */
  readonly file: (record: DeploymentRecord) => Promise<DeploymentRecord>;
  /** Writes how a deployment ended. The first word stays; repeats do nothing. */
  readonly end: (slot: SlotId, deployment: Deployment) => Promise<void>;
  readonly load: (thing: string, id: string) => Promise<DeploymentRecord | undefined>;
  /** Those of the given that exist, in any order. */
  readonly loadMany: (keys: readonly RecordKey[]) => Promise<readonly DeploymentRecord[]>;
  /** Keys of an organization's deployments on one channel, by time of creation. */
  readonly keysOf: (
    organization: string,
    channel: Channel,
    order: ListOrder,
    between?: Between,
  ) => AsyncIterable<RecordKey>;
  /** Every record of a slot, in any order. */
  readonly ofSlot: (slot: SlotId) => AsyncIterable<DeploymentRecord>;
}

export interface RecordKey {
  readonly thing: string;
  readonly id: string;
}

export type ListOrder = 'oldest first' | 'newest first';

// ---- groups and their rollouts

/** Things that one rollout reaches: an environment. */
export interface GroupId {
  readonly organization: string;
  /** Opaque, and never given twice. */
  readonly group: string;
}

export interface Member {
  readonly thing: string;
  readonly joinedAt: number;
}

/** Who is listed in a group. Whether a thing belongs to it says its slot: a name may stand here a moment too early or too long. */
export interface Members {
  /** Repeats change nothing: the first `joinedAt` stays. */
  readonly add: (group: GroupId, member: Member) => Promise<void>;
  readonly remove: (group: GroupId, thing: string) => Promise<void>;
  /** Those after the one that is named, in the order of their names, at most `limit`; strongly consistent. */
  readonly page: (group: GroupId, after: string | null, limit: number) => Promise<readonly Member[]>;
}

export interface Rollouts {
  /** Strongly consistent. */
  readonly load: (id: string) => Promise<Rollout | undefined>;
  /** As `Slots.save`. Its `lookAt` decides whether it stands in the list of those that are due. */
  readonly save: (rollout: Rollout) => Promise<boolean>;
  /** Whatever its version; gone already is fine. */
  readonly remove: (id: string) => Promise<void>;
  /** Ids of those whose `lookAt` is not after `until`, most overdue first, at most `limit`. */
  readonly due: (until: number, limit: number) => Promise<readonly string[]>;
}

/** What became of one thing's part of a rollout. */
export interface Mark {
  readonly state: 'applied' | 'failed' | 'withdrawn';
  readonly at: number;
  readonly failure: Failure | null;
}

export interface SealedDelivery {
  /** Its place in the order of the rollout, from 0. */
  readonly ordinal: number;
  readonly thing: string;
  /** Was connected when the rollout began. */
  readonly isReachable: boolean;
}

export interface Delivery extends SealedDelivery {
  /** Null: not done yet. */
  readonly mark: Mark | null;
}

/** How far a shard's worker has come. */
export interface ShardProgress {
  /** Things of the shard with a lower ordinal have been sent their part. */
  readonly sent: number;
  readonly isCalledBack: boolean;
}

/** Who takes part in a rollout and how it went for each: one item a thing, counted by reading. */
/** A page of a group's members, as it was found when somebody first looked. */
export interface EnlistedPage {
  readonly things: readonly Pick<SealedDelivery, 'thing' | 'isReachable'>[];
  /** The last name of it: the next page begins after it. */
  readonly upTo: string | null;
  readonly isLast: boolean;
}

export interface Deliveries {
  /** Who takes part, of the page after that name: the first who says so has decided, and everybody is answered what was decided. */
  readonly enlist: (rollout: string, after: string | null, page: EnlistedPage) => Promise<EnlistedPage>;
  /** Writes down who takes part. Repeats change nothing, marks included. */
  readonly seal: (rollout: string, deliveries: readonly SealedDelivery[]) => Promise<void>;
  /** The first mark stays. */
  readonly mark: (rollout: string, ordinal: number, mark: Mark) => Promise<void>;
  /** Those with `from` <= ordinal < `to`, in order. */
  readonly between: (rollout: string, from: number, to: number) => AsyncIterable<Delivery>;
  readonly progressOf: (rollout: string, shard: number) => Promise<ShardProgress | undefined>;
  readonly saveProgress: (rollout: string, shard: number, progress: ShardProgress) => Promise<void>;
}

/** Where to look: at a rollout as a whole, or at one shard of its things. */
export interface FanOutMessage {
  readonly organization: string;
  readonly rollout: string;
  readonly shard?: number;
}

export interface FanOut {
  /** Each at least once, after `delayMs`, which is at most a quarter of an hour. */
  readonly send: (messages: readonly FanOutMessage[], delayMs?: number) => Promise<void>;
}

// ---- content

/** Content by digest, per organization: bytes that are stored once. */
export interface Contents {
  /** Stores all of it or nothing that is seen; storing it again costs one read. */
  readonly put: (organization: string, digest: Digest, bytes: Uint8Array) => Promise<void>;
  /** One chunk of `chunkBytes`; undefined when there is no such content or chunk. */
  readonly chunk: (organization: string, digest: Digest, index: number) => Promise<Uint8Array | undefined>;
  readonly get: (organization: string, digest: Digest) => Promise<Uint8Array | undefined>;
}

// ---- things

/** What connects: a device, a server. Its name is ours and opaque. */
export interface Thing {
  readonly name: string;
  readonly organization: string;
  /** The list that it stands in: `devices`, `servers`. Declared by the dialect that brings it in. */
  readonly roster: string;
  /** What its owner calls it; unique in the organization. */
  readonly label: string;
  /** What it was called when it was registered: what a repeat of that asks for. */
  readonly registeredAs: string;
  readonly agentVersion: string | null;
  readonly activation: Activation | null;
  readonly certificate: CertificateRef | null;
  readonly presence: Presence;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Decommissioned: kept for its deployments' sake, neither listed nor found by its label, which is free again. */
  readonly retiredAt: number | null;
  /** 0 before it is first saved; one more with every save. */
  readonly version: number;
}

/** The token that was issued last. Only its hash is kept. */
export interface Activation {
  readonly tokenHash: string;
  readonly expiresAt: number;
  /** SHA-256 of the CSR that used it: the same CSR may ask again, any other is refused. */
  readonly csrHash: string | null;
  /** The thing's version when it was issued: no two of its tokens have the same. */
  readonly generation: number;
  /** Digest of the request that issued it with an idempotency key; null: without one. */
  readonly request: string | null;
  /** Signed for that CSR, and told to nobody before it is saved here: two that ask at once are told the same one. */
  readonly signed?: CertificateRef;
  /** It is the thing's certificate, and no other works. */
  readonly done: boolean;
}

export interface CertificateRef {
  readonly id: string;
  readonly arn: string;
  readonly pem: string;
}

export interface Presence {
  readonly state: 'never' | 'online' | 'offline';
  /** Of the last lifecycle event: see `take-presence` for what it is worth. */
  readonly versionNumber: number;
  readonly connectedAt: number | null;
  readonly disconnectedAt: number | null;
}

export interface Things {
  readonly load: (name: string) => Promise<Thing | undefined>;
  readonly loadMany: (names: readonly string[]) => Promise<readonly Thing[]>;
  /** As `Slots.save`; 'label taken' when another thing of the organization is called that. */
  readonly save: (thing: Thing) => Promise<'saved' | 'changed meanwhile' | 'label taken'>;
  readonly namesOf: (organization: string, roster: string, order: ListOrder) => AsyncIterable<string>;
  readonly byLabel: (organization: string, label: string) => Promise<Thing | undefined>;
}

// ---- repeats

/** What idempotency keys were used for, where the id of what was made does not say it all; forgotten after two days. */
export interface Repeats {
  /** Notes it unless something is noted there; answers what is. */
  readonly first: (organization: string, uid: string, what: string, at: number) => Promise<string>;
  readonly find: (organization: string, uid: string) => Promise<string | undefined>;
}

// ---- pings

/** What things have answered to pings; forgotten after a few minutes. */
export interface Pongs {
  readonly add: (thing: string, ping: string, at: number) => Promise<void>;
  /** When the answer came; strongly consistent. */
  readonly find: (thing: string, ping: string) => Promise<number | undefined>;
}

// ---- keys

export interface Key {
  readonly id: string;
  readonly organization: string;
  readonly scopes: readonly string[];
  readonly secretHash: string;
  readonly createdAt: number;
  readonly revokedAt: number | null;
}

export interface Keys {
  readonly load: (id: string) => Promise<Key | undefined>;
  readonly add: (key: Key) => Promise<void>;
  /** False when there is no such key. Revoking again changes nothing. */
  readonly revoke: (id: string, at: number) => Promise<boolean>;
  readonly ofOrganization: (organization: string) => Promise<readonly Key[]>;
}

// ---- limits

/** Who has an allowance, and of what kind. */
export type Holder = 'key' | 'organization';
export type Asking = 'read' | 'write';

/** Requests per second that were agreed with an organization, where they are others than everybody's: see `limits.ts`. */
export type Agreed = { readonly [Of in Holder]?: { readonly [Kind in Asking]?: number } };

/** So many requests of an account's window, taken at once. */
export interface Lease {
  readonly organization: string;
  readonly account: string;
  readonly window: { readonly from: number; readonly until: number };
  readonly tokens: number;
  /** Of the whole window. */
  readonly tokensMax: number;
}

export interface Quotas {
  /** False when less than that is left of the window. However many take at once, no more is given than there is. */
  readonly take: (lease: Lease) => Promise<boolean>;
  readonly agreed: (organization: string) => Promise<Agreed | undefined>;
  readonly agree: (organization: string, agreed: Agreed) => Promise<void>;
}

// ---- audit

/** One attempt to change something, by somebody who was known. */
export interface AuditEntry {
  readonly id: string;
  readonly organization: string;
  readonly at: number;
  /** The id of an API key; without one: what has let in and whose it is (`signal:<deployment>`, `thing:<name>`), or `operator`. */
  readonly by: string;
  readonly method: string;
  readonly route: string;
  readonly path: string;
  /** The id of what was made, changed or asked for. */
  readonly target: string | null;
  /** `failed`: through a fault of ours; what was asked for may have happened all the same. */
  readonly outcome: 'granted' | 'failed' | RefusalCode;
  readonly status: number;
}

/** `from` belongs to it, `to` does not. */
export interface Between {
  readonly from: number;
  readonly to: number;
}

/** Kept for as long as `retention.ts` says. */
export interface Audit {
  /** Again: takes the place of the entry of that id. */
  readonly write: (entry: AuditEntry) => Promise<void>;
  readonly entriesOf: (organization: string, between: Between, order: ListOrder) => AsyncIterable<AuditEntry>;
}

// ---- catalog

/** A dialect's own resource (a release, a config type, an application): a document with a kind and an id. */
export interface Entry {
  readonly kind: string;
  readonly id: string;
  readonly organization: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** 0 before it is first saved; one more with every save. */
  readonly version: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** Values that no other entry of the kind may have, by name: `{ slug: 'motion-control' }`. */
  readonly unique: Readonly<Record<string, string>>;
  /** Whole seconds, in ms: it is not there any more after that. Only where nothing is unique, which would stay taken. */
  readonly expiresAt?: number;
}

export type SaveEntry =
  | { readonly saved: true }
  | { readonly saved: false; readonly because: 'changed meanwhile' }
  | { readonly saved: false; readonly because: 'taken'; readonly name: string };

export interface Catalog {
  /** With its unique values, in one transaction, if the stored version is `entry.version - 1`. */
  readonly save: (entry: Entry) => Promise<SaveEntry>;
  /** With its unique values, if it is still of that version; true also when it is gone already. */
  readonly remove: (entry: Entry) => Promise<boolean>;
  readonly load: (organization: string, kind: string, id: string) => Promise<Entry | undefined>;
  readonly loadMany: (
    organization: string,
    kind: string,
    ids: readonly string[],
  ) => Promise<readonly Entry[]>;
  /** As `loadMany`, for half of its price, of a kind that never changes: what is there is found, and each is as it was made. */
  readonly loadUnchanging: Catalog['loadMany'];
  readonly byUnique: (
    organization: string,
    kind: string,
    name: string,
    value: string,
  ) => Promise<Entry | undefined>;
  readonly idsOf: (organization: string, kind: string, order: ListOrder) => AsyncIterable<string>;
}

// ---- what an organization has

export interface StoredContent {
  readonly digest: Digest;
  readonly size: number;
  /** When it was last put, give or take a day. */
  readonly usedAt: number;
}

/** What an organization has, wherever it lies: for its export, its removal, and to find out what nobody names any more. */
export interface Estate {
  /** Whoever was ever given a key, and was not removed. */
  readonly organizations: () => AsyncIterable<string>;
  /** Retired ones too. In any order, as all of these. */
  readonly thingsOf: (organization: string) => AsyncIterable<string>;
  readonly rolloutsOf: (organization: string) => AsyncIterable<string>;
  /** Kinds of which there is, or ever was, an entry. */
  readonly kindsOf: (organization: string) => AsyncIterable<string>;
  /** Those that were never finished are among them. */
  readonly contentsOf: (organization: string) => AsyncIterable<StoredContent>;
  /** Unless it was put since; false when it was. */
  readonly removeContent: (organization: string, content: StoredContent) => Promise<boolean>;
  /** All of one part, page by page: how much. Again does what was left undone. */
  readonly remove: (organization: string, part: EstatePart) => AsyncIterable<number>;
}

// ---- what carries

export interface Transitions {
  /** Says that a slot wants a look. Organizations are served fairly. */
  readonly send: (slot: SlotId, organization: string) => Promise<void>;
  /** Messages that wait, roughly: the sweeper rests while there are many. */
  readonly backlog: () => Promise<number>;
}

/** Somebody wants to be told that something has happened: ids only, what to say is read when it is said. */
export interface Notice {
  readonly organization: string;
  readonly app: string;
  readonly webhook: string;
  /** The same for every repeat of the same news to the same listener. */
  readonly event: string;
  readonly deployment: string;
  readonly type: string;
  /** From 1. */
  readonly attempt: number;
  readonly announcedAt: number;
  /** Nothing is to be said before this. */
  readonly due: number;
}

export interface Notices {
  /** Brings it again after `delayMs`, or earlier where that is more than can be waited for in one go: see `due`. */
  readonly send: (notice: Notice, delayMs: number) => Promise<void>;
}

export interface Letter {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Why nothing came back. Never the receiver's own words: they are told to whoever may read the listener. */
export type PostFailure = 'address not allowed' | 'name not found' | 'timed out' | 'connection failed';

export type Posted = { readonly status: number } | { readonly failure: PostFailure };

/** Endpoints of strangers, reached over HTTP. */
export interface Receivers {
  /** Why nothing may be sent there, as far as the URL itself tells; undefined: nothing speaks against it. */
  readonly objection: (url: string) => string | undefined;
  /** Throws for nothing that the receiver does. Redirects are not followed, and what it answers is dropped. */
  readonly post: (letter: Letter) => Promise<Posted>;
}

export interface ShadowState {
  /** `desired.target`, as it was written; undefined when there is none. */
  readonly target: unknown;
  /** `reported.current`. */
  readonly current: unknown;
}

export interface Shadows {
  /** Sets `desired.target`; nothing else of the shadow changes. */
  readonly write: (
    thing: string,
    channel: Channel,
    target: Readonly<Record<string, unknown>>,
  ) => Promise<void>;
  readonly read: (thing: string, channel: Channel) => Promise<ShadowState | undefined>;
}

export interface Publisher {
  /** QoS 0: what is lost is asked for again. */
  readonly publish: (topic: string, payload: Uint8Array) => Promise<void>;
}

export interface Certificates {
  /** Makes the thing known (again is fine), signs, and attaches certificate, policy and thing. */
  readonly issue: (thing: string, csr: string) => Promise<CertificateRef>;
  /** Every other certificate of the thing stops working: connections are cut, new ones refused. Null keeps none. */
  readonly keepOnly: (thing: string, certificate: CertificateRef | null) => Promise<void>;
  /** Where things connect. */
  readonly endpoint: () => Promise<{ readonly host: string; readonly port: number }>;
}

/** The whole world, as the engine sees it. */
export interface World {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly slots: Slots;
  readonly records: Records;
  readonly members: Members;
  readonly rollouts: Rollouts;
  readonly deliveries: Deliveries;
  readonly fanOut: FanOut;
  readonly contents: Contents;
  readonly things: Things;
  readonly repeats: Repeats;
  readonly pongs: Pongs;
  readonly keys: Keys;
  readonly quotas: Quotas;
  readonly audit: Audit;
  readonly catalog: Catalog;
  readonly estate: Estate;
  readonly transitions: Transitions;
  readonly notices: Notices;
  readonly receivers: Receivers;
  readonly shadows: Shadows;
  readonly publisher: Publisher;
  readonly certificates: Certificates;
}
