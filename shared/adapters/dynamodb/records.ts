// Deployment records in DynamoDB: filed once, and ended once without touching what the list is made of.
import type { DeploymentRecord, Records } from '#engine/ports';
import { table as names } from '#operations/table';
import { getItems } from './batch.ts';
import { isNew } from './condition.ts';
import type { Item } from './item.ts';
import { keyOf } from './item-key.ts';
import { getItem, putItem, updateItem } from './items.ts';
import { deploymentLists, deploymentOf, listedBetween, recordKey, recordsOf } from './keys.ts';
import { merged } from './merged.ts';
import { itemsBeside, itemsListed } from './query.ts';
import { decodeRecord, encodeEnd, encodeRecord } from './record-codec.ts';
import { retentionOf, type Table } from './table.ts';

const file =
  (table: Table): Records['file'] =>
  async (record) => {
    const item = encodeRecord(record);
    const put = await putItem(table, item, isNew);
    if (put.done) return decodeRecord(item);
    if (put.found === undefined) throw new Error(`Deployment ${record.id} was there, and then it was not.`);
    return decodeRecord(put.found);
  };

const end =
  (table: Table): Records['end'] =>
  async ({ thing }, deployment) => {
    const set = '#e = :e, #expiresAt = :expiresAt';
    const put = await updateItem(table, recordKey({ thing, id: deployment.id }), set, {
      expression: 'attribute_exists(pk) AND attribute_not_exists(#e)',
      names: { '#e': 'e', '#expiresAt': names.expiresAt },
      values: {
        ':e': encodeEnd(deployment),
        ':expiresAt': Math.ceil((deployment.updatedAt + retentionOf(table).endedMs) / 1000),
      },
    });
    if (!put.done && put.found === undefined)
      throw new Error(`Deployment ${deployment.id} of ${thing} ended without ever having been filed.`);
  };

async function* ofSlot(table: Table, thing: string, channel: string): AsyncIterable<DeploymentRecord> {
  for await (const item of itemsBeside(table, recordsOf(thing))) {
    const record = decodeRecord(item);
    if (record.slot.channel === channel) yield record;
  }
}

const deploymentOfItem = (item: Item) => deploymentOf(keyOf(item));

export const dynamoRecords = (table: Table): Records => ({
  file: file(table),
  end: end(table),
  load: async (thing, id) => {
    const item = await getItem(table, recordKey({ thing, id }));
    return item && decodeRecord(item);
  },
  loadMany: async (keys) => (await getItems(table, keys.map(recordKey))).map(decodeRecord),
  keysOf: async function* (organization, channel, order, between) {
    const lists = deploymentLists(organization, channel).map((list) =>
      itemsListed(table, list, order, between && listedBetween(between)),
    );
    for await (const item of merged(lists, order)) yield deploymentOfItem(item);
  },
  ofSlot: ({ thing, channel }) => ofSlot(table, thing, channel),
});
