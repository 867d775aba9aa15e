// Deployment records in memory.
import type { Clock, DeploymentRecord, Records } from '#engine/ports';
import { longest, type Retention } from '#operations/retention';
import { copied } from './copied.ts';
import { never } from './never.ts';
import { inOrder } from './order.ts';
import { forgetting, getMany, type Shelf, shelf } from './shelf.ts';

type Stored = Shelf<DeploymentRecord>;

const file =
  (records: Stored): Records['file'] =>
  async (record) => {
    const filed = records.get(record.slot.thing, record.id);
    if (filed !== undefined) return filed;
    records.put(record, record.slot.thing, record.id);
    return copied(record);
  };

const end =
  (records: Stored): Records['end'] =>
  async ({ thing }, deployment) => {
    const record = records.get(thing, deployment.id);
    if (record === undefined)
      throw new Error(`Deployment ${deployment.id} of ${thing} ended without ever having been filed.`);
    if (record.ended === undefined) records.put({ ...record, ended: deployment }, thing, deployment.id);
  };

export const memoryRecords = (
  kept: Shelf<DeploymentRecord> = shelf(),
  clock: Pick<Clock, 'now'> = never,
  retention: Pick<Retention, 'endedMs'> = longest,
): Records => {
  const records = forgetting(
    kept,
    ({ ended }) => ended !== undefined && clock.now() - ended.updatedAt > retention.endedMs,
  );
  return {
    file: file(records),
    end: end(records),
    load: async (thing, id) => records.get(thing, id),
    loadMany: async (keys) =>
      getMany(
        records,
        keys.map(({ thing, id }) => [thing, id]),
      ),
    keysOf: async function* (organization, channel, order, between) {
      const theirs = records.those(
        (record) =>
          record.organization === organization &&
          record.slot.channel === channel &&
          (between === undefined || (record.createdAt >= between.from && record.createdAt < between.to)),
      );
      for (const { id, slot } of inOrder(theirs, (record) => record.id, order))
        yield { thing: slot.thing, id };
    },
    ofSlot: async function* ({ thing, channel }) {
      yield* records.those(({ slot }) => slot.thing === thing && slot.channel === channel);
    },
  };
};
