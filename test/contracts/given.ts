// What the contracts are told about: one of each, whole, to be changed where a test cares.
import { createHash } from 'node:crypto';
import type { Channel } from '#domain/channel';
import type { Deployment } from '#domain/deployment';
import { emptySlot, type Slot } from '#domain/slot';
import type { DeploymentRecord, Entry, Key, Thing } from '#engine/ports';

export const start = Date.UTC(2026, 2, 9);
export const minutes = 60_000;

export const digestOf = (content: string | Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

export const aSlot = (thing: string, changes: Partial<Slot> = {}, channel: Channel = 'release'): Slot => ({
  ...emptySlot({ thing, channel }, 'acme'),
  version: 1,
  ...changes,
});

/** Waits until then. */
export const aSlotDueAt = (thing: string, until: number | null, changes: Partial<Slot> = {}): Slot =>
  aSlot(thing, { waiting: { for: 'delivery', since: start, until, times: 0 }, ...changes });

export const aDeployment = (id: string, changes: Partial<Deployment> = {}): Deployment => ({
  id,
  phase: 'deployed',
  seq: start + 1,
  revision: digestOf(id),
  track: 'rls_1',
  attempts: 1,
  failure: { code: 'disk_full', message: 'No space left on device' },
  result: null,
  deadline: start + 60 * minutes,
  restores: null,
  createdAt: start,
  updatedAt: start + 2 * minutes,
  version: 2,
  history: [
    { at: start, by: 'key:ada', from: null, to: 'queued', why: 'deployed' },
    { at: start + 2 * minutes, by: 'thing', from: 'queued', to: 'deployed', why: 'the thing confirmed it' },
  ],
  ...changes,
});

export const aRecord = (
  thing: string,
  id: string,
  changes: Partial<DeploymentRecord> = {},
): DeploymentRecord => ({
  id,
  organization: 'acme',
  slot: { thing, channel: 'release' },
  revision: digestOf(id),
  track: null,
  restores: null,
  createdAt: start,
  createdBy: 'key:ada',
  about: { description: 'Ünïcode & "quotes"', tiny: 1e-300, huge: 1e300, list: [1, '', null, {}] },
  request: digestOf(`request for ${id}`),
  ...changes,
});

export const aThing = (name: string, changes: Partial<Thing> = {}): Thing => ({
  name,
  organization: 'acme',
  roster: 'devices',
  label: `label of ${name}`,
  registeredAs: `label of ${name}`,
  agentVersion: '1.2.3',
  activation: {
    tokenHash: 'abc',
    expiresAt: start + minutes,
    csrHash: null,
    generation: 1,
    request: null,
    done: false,
  },
  certificate: { id: 'c1', arn: 'arn:aws:iot:us-east-1:123456789012:cert/c1', pem: 'PEM' },
  presence: { state: 'online', versionNumber: 3, connectedAt: start, disconnectedAt: null },
  createdAt: start,
  retiredAt: null,
  updatedAt: start,
  version: 1,
  ...changes,
});

export const aKey = (id: string, changes: Partial<Key> = {}): Key => ({
  id,
  organization: 'acme',
  scopes: ['deployments:read', 'deployments:write'],
  secretHash: 'hash',
  createdAt: start,
  revokedAt: null,
  ...changes,
});

export const anEntry = (id: string, changes: Partial<Entry> = {}): Entry => ({
  kind: 'release',
  id,
  organization: 'acme',
  createdAt: start,
  updatedAt: start,
  version: 1,
  body: { name: 'Motion', empty: '', nothing: null, nested: { list: [1.5, -0.25, 1e200] } },
  unique: {},
  ...changes,
});

/** What must not be confusable: separators, escapes, halves of pairs, what JavaScript knows by itself, nothing much. */
export const hostileNames: readonly string[] = [
  '#',
  '%',
  '%23',
  'a#b',
  'a',
  'b',
  'a#',
  '#b',
  'a%23b',
  ' ',
  '__proto__',
  'constructor',
  'label',
  'ÅÄÖ',
  'A\u030A',
  'Å',
  '🤖',
  '\ud83e',
  '\udd16',
  '\u0000',
];

export const hostileTexts: readonly string[] = [
  ...hostileNames,
  '',
  'x'.repeat(600),
  `${'x'.repeat(600)}y`,
  '#'.repeat(1000),
];

export const readAll = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
};

export const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
