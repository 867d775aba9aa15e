// Deployments that were there before: things with a confirmed deployment each, written straight into the table, around the meters.
import { BatchWriteItemCommand, type BatchWriteItemCommandOutput } from '@aws-sdk/client-dynamodb';
import { type Item, toStored } from '#adapters/dynamodb/item';
import { encodeRecord } from '#adapters/dynamodb/record-codec';
import { encodeSlot } from '#adapters/dynamodb/slot-codec';
import type { Table } from '#adapters/dynamodb/table';
import { encodeThing } from '#adapters/dynamodb/thing-codec';
import { decide } from '#domain/decide';
import type { SlotEvent } from '#domain/event';
import { isRefusal } from '#domain/refusal';
import { emptySlot, type Slot, type SlotId } from '#domain/slot';
import { deploymentId } from '#engine/ids';
import { digestOf } from '#engine/seal';

const start = Date.UTC(2026, 0, 1);
const revision = digestOf('what everybody has');
const batchMax = 25;
const batchesAtOnce = 8;

const uidOf = (number: number): string => number.toString(36).padStart(16, '0');

const decided = (slot: Slot, event: SlotEvent, now: number): Slot => {
  const decision = decide(slot, event, {
    now,
    by: 'engine',
    attemptsMax: 8,
    nothing: digestOf('nothing'),
    idOfRestore: (gone) => gone,
  });
  if (isRefusal(decision)) throw new Error(decision.message);
  return decision.slot;
};

const confirmed = (id: SlotId, organization: string, deployment: string, now: number): Slot => {
  const wanted = { id: deployment, revision, track: null, deadline: null };
  const slot = decided(emptySlot(id, organization), { type: 'deploy', deployment: wanted }, now);
  const report = {
    seq: slot.target?.seq ?? 0,
    revision,
    state: 'applied',
    attempt: 1,
    failure: null,
  } as const;
  return decided(slot, { type: 'report', report }, now + 1);
};

const thingItem = (name: string, organization: string, createdAt: number): Item => ({
  ...encodeThing({
    name,
    organization,
    roster: 'devices',
    label: `stored-${name}`,
    registeredAs: `stored-${name}`,
    agentVersion: null,
    activation: null,
    certificate: null,
    presence: { state: 'online', versionNumber: 1, connectedAt: createdAt, disconnectedAt: null },
    createdAt,
    updatedAt: createdAt,
    retiredAt: null,
    version: 1,
  }),
  version: 1,
});

/** So many things; what is stored beyond that is their history. */
const thingsMax = 10_000;

/** What one deployment leaves behind: its record, and, where it is its thing's first, its thing and its slot. */
const itemsOf = (organization: string, number: number): Item[] => {
  const thing = uidOf(number % thingsMax);
  const slot = { thing, channel: 'release' } as const;
  const createdAt = start + number;
  const id = deploymentId('dpl_', thing, uidOf(number));
  const record = {
    id,
    organization,
    slot,
    revision,
    track: null,
    restores: null,
    createdAt,
    request: revision,
  };
  const filed = encodeRecord({ ...record, createdBy: 'key:bench', about: { description: 'Stored before' } });
  if (number >= thingsMax) return [filed];
  const slotItem = encodeSlot(confirmed(slot, organization, id, createdAt));
  return [thingItem(thing, organization, createdAt), slotItem, filed];
};

const writeBatch = async ({ client, name }: Table, items: readonly Item[]): Promise<void> => {
  let left: BatchWriteItemCommandOutput['UnprocessedItems'] = {
    [name]: items.map((item) => ({ PutRequest: { Item: toStored(item) } })),
  };
  while (left !== undefined && Object.keys(left).length > 0)
    left = (await client.send(new BatchWriteItemCommand({ RequestItems: left }))).UnprocessedItems;
};

/** Around the meters, as many as there are. */
export const write = async (table: Table, items: readonly Item[]): Promise<void> => {
  for (let at = 0; at < items.length; at += batchMax) await writeBatch(table, items.slice(at, at + batchMax));
};

/** As many as there are to be, on top of those that are there. */
export const fill = async (table: Table, organization: string, from: number, to: number): Promise<void> => {
  let next = from;
  const perBatch = Math.floor(batchMax / 3);
  const work = async (): Promise<void> => {
    while (next < to) {
      const first = next;
      next = Math.min(to, first + perBatch);
      const numbers = Array.from({ length: next - first }, (_, index) => first + index);
      await write(
        table,
        numbers.flatMap((number) => itemsOf(organization, number)),
      );
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, work));
};
