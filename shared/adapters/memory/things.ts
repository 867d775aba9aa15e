// Things in memory.
import type { Thing, Things } from '#engine/ports';
import { inOrder } from './order.ts';
import { getMany, type Shelf, shelf } from './shelf.ts';

const named = (things: Shelf<Thing>, organization: string, label: string): Thing | undefined =>
  things.those(
    (thing) => thing.organization === organization && thing.label === label && thing.retiredAt === null,
  )[0];

const save =
  (things: Shelf<Thing>): Things['save'] =>
  async (thing) => {
    if ((things.get(thing.name)?.version ?? 0) !== thing.version - 1) return 'changed meanwhile';
    const holder = thing.retiredAt === null ? named(things, thing.organization, thing.label) : undefined;
    if (holder !== undefined && holder.name !== thing.name) return 'label taken';
    things.put(thing, thing.name);
    return 'saved';
  };

export const memoryThings = (things: Shelf<Thing> = shelf()): Things => {
  return {
    load: async (name) => things.get(name),
    loadMany: async (names) =>
      getMany(
        things,
        names.map((name) => [name]),
      ),
    save: save(things),
    namesOf: async function* (organization, roster, order) {
      const theirs = things.those(
        (thing) => thing.organization === organization && thing.roster === roster && thing.retiredAt === null,
      );
      for (const { name } of inOrder(theirs, (thing) => thing.name, order)) yield name;
    },
    byLabel: async (organization, label) => named(things, organization, label),
  };
};
