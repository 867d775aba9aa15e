// Each kind of item in the table: what the samples must be read as, written by hand, the newest last; and who reads and writes it.
import { dynamoKeys } from '#adapters/dynamodb/api-keys';
import { dynamoAudit } from '#adapters/dynamodb/audit';
import { dynamoCatalog } from '#adapters/dynamodb/catalog';
import { dynamoContents } from '#adapters/dynamodb/contents';
import { dynamoDeliveries } from '#adapters/dynamodb/deliveries';
import { dynamoMembers } from '#adapters/dynamodb/members';
import { dynamoQuotas } from '#adapters/dynamodb/quotas';
import { dynamoRecords } from '#adapters/dynamodb/records';
import { dynamoRepeats } from '#adapters/dynamodb/repeats';
import { dynamoRollouts } from '#adapters/dynamodb/rollouts';
import { dynamoSlots } from '#adapters/dynamodb/slots';
import type { Table } from '#adapters/dynamodb/table';
import { dynamoThings } from '#adapters/dynamodb/things';
import type { Rollout } from '#domain/rollout';
import type { Slot } from '#domain/slot';
import type { AuditEntry, DeploymentRecord, EnlistedPage, Entry, Key, Member, Thing } from '#engine/ports';
import {
  aDeployment,
  aKey,
  anEntry,
  aRecord,
  aSlot,
  aThing,
  digestOf,
  readAll,
  start,
} from '../contracts/given.ts';

export interface StoredKind {
  /** What `NAME.1.json`, `NAME.2.json` ... say: all items that one write makes. */
  readonly expected: readonly unknown[];
  readonly read: (table: Table) => Promise<unknown>;
  readonly write: (table: Table, value: never) => Promise<unknown>;
}

const thing = '7hq2m9x4k1c8v5bn';
const robots = { organization: 'acme', group: 'line 1' };
const deployed = aDeployment('dpl_1', { failure: null });

const lonelySlot: Slot = aSlot(thing, {
  seq: start + 1,
  target: { seq: start + 1, deployment: 'dpl_1', revision: digestOf('dpl_1') },
  live: [deployed],
});

const wholeSlot: Slot = {
  ...aSlot(thing, {}, 'environment'),
  version: 4,
  seq: start + 9,
  member: { group: 'line 1', generation: 7 },
  target: { seq: start + 9, deployment: 'dpl_2', revision: digestOf('dpl_2') },
  waiting: { for: 'thing retrying', since: start + 10, until: start + 20, times: 2 },
  live: [
    { ...deployed, phase: 'superseded' },
    aDeployment('dpl_2', {
      phase: 'retrying',
      result: digestOf('result'),
      part: { rollout: 'r1', ordinal: 3 },
    }),
  ],
  leaving: [aDeployment('dpl_0', { phase: 'archived' })],
};

const rollout: Rollout = {
  id: 'r1',
  organization: 'acme',
  channel: 'environment',
  group: 'line 1',
  generation: start,
  revision: digestOf('r1'),
  fallback: digestOf('before'),
  plan: {
    waves: [{ percent: 2.5 }, { count: 100 }],
    bakeMs: 300_000,
    failuresMax: { percent: 1 },
    deadlineMs: 3_600_000,
    alarms: ['motors-too-hot'],
    rollsBack: true,
  },
  createdAt: start,
  createdBy: 'key:ada',
  about: { deployment: 'd1' },
  version: 3,
  phase: 'rolling',
  since: start + 5,
  looks: 1,
  lookAt: start + 1000,
  hold: { for: 'decision', at: start + 6, by: 'key:ada', why: 'lunch' },
  heldMs: 10,
  sealedUpTo: thing,
  total: 12,
  reachable: 7,
  exposed: 2,
  counts: { applied: 1, failed: 2, withdrawn: 3, offline: 4, outstanding: 2 },
  countedAt: start + 7,
  end: null,
  deliveriesUntil: null,
};

const member: Member = { thing, joinedAt: start };
const sealed = { ordinal: 5, thing, isReachable: true };
const mark = { state: 'failed', at: start + 1, failure: { code: 'no_space', message: 'Full.' } } as const;

const audited: AuditEntry = {
  id: 'a1',
  organization: 'acme',
  at: start,
  by: 'key:ada',
  method: 'POST',
  route: 'POST /beta/deployments',
  path: '/beta/deployments',
  target: 'dpl_1',
  outcome: 'granted',
  status: 200,
};

const oldThing: Thing = aThing(thing, {
  activation: {
    tokenHash: 'abc',
    expiresAt: start + 60_000,
    csrHash: null,
    generation: 0,
    request: null,
    done: false,
  },
});

const contentOf = (text: string): StoredKind => ({
  expected: [text],
  read: async (table) => {
    const bytes = await dynamoContents(table).get('acme', digestOf(text));
    return bytes && Buffer.from(bytes).toString();
  },
  write: (table) => dynamoContents(table).put('acme', digestOf(text), Buffer.from(text)),
});

export const storedKinds: Readonly<Record<string, StoredKind>> = {
  slot: {
    // 1: before a slot could be a member of a group, and a deployment a part of a rollout or have a result.
    expected: [lonelySlot, wholeSlot],
    read: async (table) => {
      const slots = dynamoSlots(table);
      return (
        (await slots.load({ thing, channel: 'environment' })) ?? slots.load({ thing, channel: 'release' })
      );
    },
    write: (table, slot: Slot) => dynamoSlots(table).save(slot),
  },
  record: {
    expected: [
      aRecord(thing, 'dpl_1', { track: 'rls_1', ended: aDeployment('dpl_1', { phase: 'archived' }) }),
    ],
    read: (table) => dynamoRecords(table).load(thing, 'dpl_1'),
    write: (table, record: DeploymentRecord) => dynamoRecords(table).file(record),
  },
  thing: {
    // 1: before things could be retired, and activations be repeated.
    expected: [oldThing, aThing(thing)],
    read: (table) => dynamoThings(table).load(thing),
    write: (table, value: Thing) => dynamoThings(table).save(value),
  },
  key: {
    expected: [aKey('k1', { revokedAt: start + 1 })],
    read: (table) => dynamoKeys(table).load('k1'),
    write: (table, key: Key) => dynamoKeys(table).add(key),
  },
  content: contentOf('{"speed":1}'),
  'large-content': contentOf('speed '.repeat(600)),
  rollout: {
    // The first said of none of its deliveries when they go.
    expected: [rollout, { ...rollout, deliveriesUntil: start + 400 }],
    read: (table) => dynamoRollouts(table).load('r1'),
    write: (table, value: Rollout) => dynamoRollouts(table).save(value),
  },
  delivery: {
    // The first had no date.
    expected: [[{ ...sealed, mark }], [{ ...sealed, mark }]],
    read: (table) => readAll(dynamoDeliveries(table).between('r1', 5, 6)),
    write: async (table) => {
      await dynamoDeliveries(table).seal('r1', [sealed]);
      await dynamoDeliveries(table).mark('r1', sealed.ordinal, mark);
    },
  },
  page: {
    expected: [
      {
        things: [
          { thing: 'robot-1', isReachable: true },
          { thing: 'robot-2', isReachable: false },
        ],
        upTo: 'robot-2',
        isLast: true,
      },
    ],
    read: (table) =>
      dynamoDeliveries(table).enlist('r1', 'robot-0', { things: [], upTo: null, isLast: true }),
    write: (table, value: EnlistedPage) => dynamoDeliveries(table).enlist('r1', 'robot-0', value),
  },
  progress: {
    expected: [
      { sent: 4, isCalledBack: true },
      { sent: 4, isCalledBack: true },
    ],
    read: (table) => dynamoDeliveries(table).progressOf('r1', 0),
    write: (table, value: { sent: number; isCalledBack: boolean }) =>
      dynamoDeliveries(table).saveProgress('r1', 0, value),
  },
  member: {
    expected: [[member]],
    read: (table) => dynamoMembers(table).page(robots, null, 10),
    write: (table) => dynamoMembers(table).add(robots, member),
  },
  entry: {
    expected: [anEntry('e1', { unique: { name: 'Motion' } })],
    read: (table) => dynamoCatalog(table).load('acme', 'release', 'e1'),
    write: (table, entry: Entry) => dynamoCatalog(table).save(entry),
  },
  audit: {
    expected: [[audited]],
    read: (table) =>
      readAll(dynamoAudit(table).entriesOf('acme', { from: start, to: start + 1 }, 'oldest first')),
    write: (table) => dynamoAudit(table).write(audited),
  },
  repeat: {
    expected: ['dpl_1'],
    read: (table) => dynamoRepeats(table).find('acme', 'u1'),
    write: (table, what: string) => dynamoRepeats(table).first('acme', 'u1', what, start),
  },
  agreed: {
    expected: [{ key: { read: 50 }, organization: { write: 7 } }],
    read: (table) => dynamoQuotas(table).agreed('acme'),
    write: (table, agreed: { key: object; organization: object }) =>
      dynamoQuotas(table).agree('acme', agreed),
  },
};
