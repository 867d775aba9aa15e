// Things in DynamoDB: one item each, and a claim on the label in its organization.
import type { Things } from '#engine/ports';
import { getItems } from './batch.ts';
import { holderOf, saveClaimant } from './claims.ts';
import { keyOf } from './item-key.ts';
import { getItem } from './items.ts';
import { labelKey, thingKey, thingList, thingOf } from './keys.ts';
import { itemsListed } from './query.ts';
import type { Table } from './table.ts';
import { decodeThing, encodeThing } from './thing-codec.ts';

const load =
  (table: Table): Things['load'] =>
  async (name) => {
    const item = await getItem(table, thingKey(name));
    return item && decodeThing(item);
  };

const save =
  (table: Table): Things['save'] =>
  async (thing) => {
    const outcome = await saveClaimant(table, {
      item: encodeThing(thing),
      version: thing.version,
      holder: thing.name,
      claims: thing.retiredAt === null ? { label: labelKey(thing.organization, thing.label) } : {},
    });
    if (outcome.saved) return 'saved';
    return outcome.because === 'taken' ? 'label taken' : 'changed meanwhile';
  };

const byLabel =
  (table: Table): Things['byLabel'] =>
  async (organization, label) => {
    const name = await holderOf(table, labelKey(organization, label));
    const thing = name === undefined ? undefined : await load(table)(name);
    // It may have been given another label between the two reads.
    return thing?.organization === organization && thing.label === label ? thing : undefined;
  };

export const dynamoThings = (table: Table): Things => ({
  load: load(table),
  loadMany: async (names) => (await getItems(table, names.map(thingKey))).map(decodeThing),
  save: save(table),
  namesOf: async function* (organization, roster, order) {
    for await (const item of itemsListed(table, thingList(organization, roster), order))
      yield thingOf(keyOf(item));
  },
  byLabel: byLabel(table),
});
