// Who did what: an entry before anything happens, and the one list that is made of entries and of deployments' own records.
import type { Channel } from '#domain/channel';
import type { RefusalCode } from '#domain/refusal';
import { viewOf } from './find-deployment.ts';
import { newUid } from './ids.ts';
import { inBatches } from './in-batches.ts';
import type { Principal } from './keys.ts';
import type { AuditEntry, Between, DeploymentRecord, ListOrder, RecordKey, World } from './ports.ts';

export interface Attempt {
  readonly principal: Principal;
  readonly method: string;
  readonly route: string;
  readonly path: string;
  readonly target: string | null;
  /** The status of a success. */
  readonly status: number;
}

/** Longer ones are cut: an entry is one write unit. */
const pathMax = 300;
const targetMax = 100;

type Writes = Pick<World, 'clock' | 'chance' | 'audit'>;

const cut = (text: string, max: number): string => text.slice(0, max).toWellFormed();

export const newEntry = (
  { clock, chance }: Writes,
  { principal, path, target, ...attempt }: Attempt,
): AuditEntry => ({
  ...attempt,
  id: newUid(chance),
  organization: principal.organization,
  by: principal.keyId,
  at: clock.now(),
  path: cut(path, pathMax),
  target: target === null ? null : cut(target, targetMax),
  outcome: 'granted',
});

export interface Outcome {
  readonly outcome: AuditEntry['outcome'];
  readonly status: number;
  readonly target: string | null;
}

/**
 * The entry comes first, and says what is expected, what will be made included; it is written again only where it came out
 * otherwise. Whoever dies in between leaves an entry of what may not have happened, and never something that has happened without
 * an entry.
 */
export const openEntry =
  (world: Writes) =>
  async (attempt: Attempt, makes: string | null = null): Promise<(became: Outcome) => Promise<void>> => {
    const before = newEntry(world, attempt);
    const entry = { ...before, target: makes ?? before.target };
    await world.audit.write(entry);
    return async ({ outcome, status, target }) => {
      const after = { ...entry, outcome, status, target: target ?? before.target };
      const isAsExpected =
        outcome === entry.outcome && status === entry.status && after.target === entry.target;
      if (!isAsExpected) await world.audit.write(after);
    };
  };

/** What was refused has changed nothing: one entry says all. */
export const writeRefused =
  (world: Writes) =>
  (attempt: Attempt, outcome: RefusalCode, status: number): Promise<void> =>
    world.audit.write({ ...newEntry(world, attempt), outcome, status });

/** How the record of a deployment on this channel reads as an entry. A channel that is not here has entries of its own. */
export type Recorded = Readonly<
  Partial<Record<Channel, Pick<AuditEntry, 'method' | 'route' | 'path' | 'status'>>>
>;

export interface ListAudit {
  readonly organization: string;
  readonly between: Between;
  readonly order: ListOrder;
  readonly recorded: Recorded;
}

type Reads = Pick<World, 'audit' | 'records' | 'slots'>;

const keyed = /^key:(.+)$/;

const entryOf = (
  { id, organization, createdAt, createdBy }: DeploymentRecord,
  words: Pick<AuditEntry, 'method' | 'route' | 'path' | 'status'>,
): AuditEntry[] => {
  const by = keyed.exec(createdBy)?.[1];
  return by === undefined
    ? []
    : [{ ...words, id, organization, by, at: createdAt, target: id, outcome: 'granted' }];
};

/** Slots before records, as everywhere: a record that no slot holds and that has no end was never accepted. */
const acceptedAmong = async (
  { slots, records }: Reads,
  channel: Channel,
  keys: readonly RecordKey[],
): Promise<DeploymentRecord[]> => {
  const things = [...new Set(keys.map(({ thing }) => thing))];
  const bySlot = new Map(
    (await slots.loadMany(things.map((thing) => ({ thing, channel })))).map((slot) => [slot.id.thing, slot]),
  );
  const byId = new Map((await records.loadMany(keys)).map((record) => [record.id, record]));
  return keys.flatMap(({ thing, id }) => {
    const record = byId.get(id);
    return record !== undefined && viewOf(record, bySlot.get(thing)) !== undefined ? [record] : [];
  });
};

async function* recordedOn(
  world: Reads,
  { organization, order, between, recorded }: ListAudit,
  channel: Channel,
): AsyncGenerator<AuditEntry> {
  const words = recorded[channel];
  if (words === undefined) return;
  for await (const keys of inBatches(world.records.keysOf(organization, channel, order, between)))
    for (const record of await acceptedAmong(world, channel, keys)) yield* entryOf(record, words);
}

const comesFirst = (order: ListOrder, one: AuditEntry, other: AuditEntry): boolean => {
  const isOlder = one.at === other.at ? one.id < other.id : one.at < other.at;
  return order === 'oldest first' ? isOlder : !isOlder;
};

async function* merged(
  order: ListOrder,
  one: AsyncIterator<AuditEntry>,
  other: AsyncIterator<AuditEntry>,
): AsyncGenerator<AuditEntry> {
  let [left, right] = await Promise.all([one.next(), other.next()]);
  while (!left.done || !right.done) {
    const takesLeft = !left.done && (right.done || comesFirst(order, left.value, right.value));
    if (takesLeft && !left.done) {
      yield left.value;
      left = await one.next();
    } else if (!right.done) {
      yield right.value;
      right = await other.next();
    }
  }
}

/** By time, and among equal times by id. */
export const listAudit =
  (world: Reads) =>
  (list: ListAudit): AsyncGenerator<AuditEntry> => {
    const entries = world.audit.entriesOf(list.organization, list.between, list.order);
    const channels = Object.keys(list.recorded) as Channel[];
    return channels.reduce<AsyncGenerator<AuditEntry>>(
      (all, channel) => merged(list.order, all, recordedOn(world, list, channel)),
      merged(list.order, entries[Symbol.asyncIterator](), none()),
    );
  };

async function* none(): AsyncGenerator<AuditEntry> {}
