// What each call of a port reads and what it changes: calls of two processes that do not touch each other come to the same in either order.

export interface Touch {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
}

type Of = (...args: readonly unknown[]) => Touch;

const text = (of: unknown, field: string): string =>
  String(typeof of === 'object' && of !== null ? (of as Readonly<Record<string, unknown>>)[field] : '');

const reads = (...keys: readonly string[]): Touch => ({ reads: keys, writes: [] });
const writes = (...keys: readonly string[]): Touch => ({ reads: [], writes: keys });

const slotKey = (id: unknown): string => `slot ${text(id, 'thing')}`;
const each = (of: unknown, key: (one: unknown) => string): string[] => (of as readonly unknown[]).map(key);

/** Keys are read from left to right: `slot` is every slot. What is not here touches everything. */
const touches: Readonly<Record<string, Of>> = {
  'slots.load': (id) => reads(slotKey(id)),
  'slots.loadMany': (ids) => reads(...each(ids, slotKey)),
  'slots.ofThing': (thing) => reads(`slot ${thing}`),
  'slots.due': () => reads('slot'),
  'slots.save': (slot) => writes(slotKey((slot as { readonly id: unknown }).id)),
  'records.file': (record) => writes(`record ${text(record, 'id')}`),
  'records.end': (_, deployment) => writes(`record ${text(deployment, 'id')}`),
  'records.load': (_, id) => reads(`record ${id}`),
  'records.loadMany': (keys) => reads(...each(keys, (key) => `record ${text(key, 'id')}`)),
  'members.add': (group) => writes(`members ${text(group, 'group')}`),
  'members.remove': (group) => writes(`members ${text(group, 'group')}`),
  'members.page': (group) => reads(`members ${text(group, 'group')}`),
  'rollouts.load': (id) => reads(`rollout ${id}`),
  'rollouts.due': () => reads('rollout'),
  'rollouts.save': (rollout) => writes(`rollout ${text(rollout, 'id')}`),
  'deliveries.enlist': (rollout) => writes(`pages ${rollout}`),
  'deliveries.seal': (rollout) => writes(`marks ${rollout}`),
  'deliveries.mark': (rollout, ordinal) => writes(`marks ${rollout} ${ordinal}`),
  'deliveries.between': (rollout, ordinal) => reads(`marks ${rollout} ${ordinal}`),
  'deliveries.progressOf': (rollout, shard) => reads(`progress ${rollout} ${shard}`),
  'deliveries.saveProgress': (rollout, shard) => writes(`progress ${rollout} ${shard}`),
  'things.load': (name) => reads(`thing ${name}`),
  'things.loadMany': (names) => reads(...each(names, (name) => `thing ${name}`)),
  'things.save': (thing) => writes(`thing ${text(thing, 'name')}`),
  'shadows.read': (thing, channel) => reads(`shadow ${thing} ${channel}`),
  'shadows.write': (thing, channel) => writes(`shadow ${thing} ${channel}`),
  'transitions.send': () => writes('transitions'),
  'fanOut.send': () => writes('fan-out'),
  'catalog.load': (_, kind, id) => reads(`entry ${kind} ${id}`),
  'catalog.save': (entry) => writes(`entry ${text(entry, 'kind')} ${text(entry, 'id')}`),
};

const everything: Touch = { reads: [], writes: [''] };

export const touchOf = (call: string, args: readonly unknown[]): Touch =>
  touches[call]?.(...args) ?? everything;

const isWithin = (one: string, other: string): boolean => one === other || other.startsWith(`${one} `);
const meet = (one: string, other: string): boolean =>
  one === '' || other === '' || isWithin(one, other) || isWithin(other, one);
const anyMeet = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((one) => others.some((other) => meet(one, other)));

/** Invariants look at slots, records and rollouts together: of two writes of these the order is always tried. */
const isJudged = (key: string): boolean => /^(slot|record|rollout|entry|)( |$)/.test(key);

/** One of them changes what the other reads or changes, or an invariant may see what lies in between. */
export const areInOrder = (one: Touch, other: Touch): boolean =>
  anyMeet(one.writes, other.reads) ||
  anyMeet(one.reads, other.writes) ||
  anyMeet(one.writes, other.writes) ||
  (one.writes.some(isJudged) && other.writes.some(isJudged));
