// The dialects' own resources in DynamoDB: one item each, and a claim on each of its unique values.
import * as z from 'zod';
import type { Catalog, Entry } from '#engine/ports';
import { getItems } from './batch.ts';
import { type Claimant, holderOf, removeClaimant, saveClaimant } from './claims.ts';
import { expiring, type Item, reading } from './item.ts';
import { keyOf } from './item-key.ts';
import { getItem } from './items.ts';
import { entryKey, entryList, entryListed, entryOf, uniqueKey } from './keys.ts';
import { itemsListed } from './query.ts';
import type { Consistency, Table } from './table.ts';

const storedEntry = z.object({
  pk: z.string(),
  sk: z.string(),
  format: z.literal(1),
  organization: z.string(),
  kind: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
  version: z.int().positive(),
  /** As JSON text, which keeps every number and every character as it was. */
  body: z.string(),
  unique: z.string(),
  /** Seconds. */
  expiresAt: z.int().optional(),
});

/** Its version and its claims are added where it is saved. */
const encodeEntry = ({
  organization,
  kind,
  id,
  createdAt,
  updatedAt,
  body,
  unique,
  expiresAt,
}: Entry): Item => ({
  ...entryKey(organization, kind, id),
  ...entryListed(organization, kind, createdAt, id),
  ...({
    format: 1,
    organization,
    kind,
    createdAt,
    updatedAt,
    body: JSON.stringify(body),
    unique: JSON.stringify(unique),
  } satisfies Omit<z.input<typeof storedEntry>, 'pk' | 'sk' | 'version' | 'expiresAt'>),
  ...(expiresAt === undefined ? {} : expiring(expiresAt)),
});

const decodeEntry = reading(
  'catalog entry',
  storedEntry,
  ({ pk, sk, format: _, body, unique, expiresAt, ...stored }): Entry => ({
    id: entryOf({ pk, sk }),
    ...stored,
    body: JSON.parse(body),
    unique: JSON.parse(unique),
    ...(expiresAt === undefined ? {} : { expiresAt: expiresAt * 1000 }),
  }),
);

const claimsOf = ({ organization, kind, unique }: Entry) =>
  Object.fromEntries(
    Object.entries(unique).map(([name, value]) => [name, uniqueKey(organization, kind, name, value)]),
  );

const claimantOf = (entry: Entry): Claimant => ({
  item: encodeEntry(entry),
  version: entry.version,
  holder: entry.id,
  claims: claimsOf(entry),
});

const load =
  (table: Table): Catalog['load'] =>
  async (organization, kind, id) => {
    const item = await getItem(table, entryKey(organization, kind, id));
    return item && decodeEntry(item);
  };

const byUnique =
  (table: Table): Catalog['byUnique'] =>
  async (organization, kind, name, value) => {
    const id = await holderOf(table, uniqueKey(organization, kind, name, value));
    const entry = id === undefined ? undefined : await load(table)(organization, kind, id);
    // It may have been given another value between the two reads.
    return entry?.unique[name] === value ? entry : undefined;
  };

const loadMany =
  (table: Table, consistency: Consistency): Catalog['loadMany'] =>
  async (organization, kind, ids) => {
    const keys = ids.map((id) => entryKey(organization, kind, id));
    return (await getItems(table, keys, consistency)).map(decodeEntry);
  };

/** A copy that lags can only lack what was made a moment ago: that is looked for again, where it is certain. */
const loadUnchanging =
  (table: Table): Catalog['loadMany'] =>
  async (organization, kind, ids) => {
    const found = await loadMany(table, 'eventually consistent')(organization, kind, ids);
    const lacking = ids.filter((id) => found.every((entry) => entry.id !== id));
    const late = lacking.length === 0 ? [] : await loadMany(table, 'consistent')(organization, kind, lacking);
    return [...found, ...late];
  };

export const dynamoCatalog = (table: Table): Catalog => ({
  save: (entry) => saveClaimant(table, claimantOf(entry)),
  remove: (entry) =>
    removeClaimant(table, claimantOf(entry), entryKey(entry.organization, entry.kind, entry.id)),
  load: load(table),
  loadMany: loadMany(table, 'consistent'),
  loadUnchanging: loadUnchanging(table),
  byUnique: byUnique(table),
  idsOf: async function* (organization, kind, order) {
    for await (const item of itemsListed(table, entryList(organization, kind), order))
      yield entryOf(keyOf(item));
  },
});
