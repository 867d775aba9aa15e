// The dialects' own resources in memory.
import type { Catalog, Clock, Entry } from '#engine/ports';
import { never } from './never.ts';
import { inOrder } from './order.ts';
import { forgetting, getMany, type Shelf, shelf } from './shelf.ts';

type Stored = Shelf<Entry>;

const ofKind = (
  entries: Stored,
  organization: string,
  kind: string,
  fits: (entry: Entry) => boolean = () => true,
): Entry[] =>
  entries.those((entry) => entry.organization === organization && entry.kind === kind && fits(entry));

const holderOf = (
  entries: Stored,
  organization: string,
  kind: string,
  name: string,
  value: string,
): Entry | undefined => ofKind(entries, organization, kind, ({ unique }) => unique[name] === value)[0];

/** The name of the first unique value that another entry has. */
const taken = (entries: Stored, { organization, kind, id, unique }: Entry): string | undefined =>
  Object.entries(unique).find(([name, value]) => {
    const holder = holderOf(entries, organization, kind, name, value);
    return holder !== undefined && holder.id !== id;
  })?.[0];

const save =
  (entries: Stored): Catalog['save'] =>
  async (entry) => {
    const { organization, kind, id } = entry;
    if ((entries.get(organization, kind, id)?.version ?? 0) !== entry.version - 1)
      return { saved: false, because: 'changed meanwhile' };
    const name = taken(entries, entry);
    if (name !== undefined) return { saved: false, because: 'taken', name };
    entries.put(entry, organization, kind, id);
    return { saved: true };
  };

const remove =
  (entries: Stored): Catalog['remove'] =>
  async ({ organization, kind, id, version }) => {
    const there = entries.get(organization, kind, id);
    if (there === undefined) return true;
    if (there.version !== version) return false;
    entries.remove(organization, kind, id);
    return true;
  };

export const memoryCatalog = (kept: Stored = shelf(), clock: Pick<Clock, 'now'> = never): Catalog => {
  const entries = forgetting(kept, ({ expiresAt }) => expiresAt !== undefined && clock.now() > expiresAt);
  const loadMany: Catalog['loadMany'] = async (organization, kind, ids) =>
    getMany(
      entries,
      ids.map((id) => [organization, kind, id]),
    );
  return {
    save: save(entries),
    remove: remove(entries),
    load: async (organization, kind, id) => entries.get(organization, kind, id),
    loadMany,
    loadUnchanging: loadMany,
    byUnique: async (organization, kind, name, value) => holderOf(entries, organization, kind, name, value),
    idsOf: async function* (organization, kind, order) {
      const theirs = ofKind(entries, organization, kind);
      for (const { id } of inOrder(theirs, (entry) => entry.id, order)) yield id;
    },
  };
};
