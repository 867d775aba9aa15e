// API keys in DynamoDB: the hash of a secret, and what it may do.
import * as z from 'zod';
import type { Key, Keys } from '#engine/ports';
import { getItems } from './batch.ts';
import { isNew } from './condition.ts';
import { type Item, reading } from './item.ts';
import { keyOf } from './item-key.ts';
import { getItem, putItem, updateItem } from './items.ts';
import { apiKeyKey, apiKeyList, apiKeyListed, apiKeyOf, type ItemKey, organizationKey } from './keys.ts';
import { itemsListed } from './query.ts';
import type { Table } from './table.ts';

const storedKey = z.object({
  pk: z.string(),
  sk: z.string(),
  format: z.literal(1),
  organization: z.string(),
  scopes: z.array(z.string()),
  secretHash: z.string(),
  createdAt: z.int(),
  revokedAt: z.int().optional(),
});

const encodeKey = (key: Key): Item => ({
  ...apiKeyKey(key.id),
  ...apiKeyListed(key.organization, key.createdAt, key.id),
  ...({
    format: 1,
    organization: key.organization,
    scopes: [...key.scopes],
    secretHash: key.secretHash,
    createdAt: key.createdAt,
    revokedAt: key.revokedAt ?? undefined,
  } satisfies Omit<z.input<typeof storedKey>, 'pk' | 'sk'>),
});

const decodeKey = reading(
  'API key',
  storedKey,
  ({ pk, sk, format: _, revokedAt = null, ...stored }): Key => ({
    id: apiKeyOf({ pk, sk }),
    ...stored,
    revokedAt,
  }),
);

const revoke =
  (table: Table): Keys['revoke'] =>
  async (id, at) => {
    const put = await updateItem(table, apiKeyKey(id), '#revokedAt = if_not_exists(#revokedAt, :at)', {
      expression: 'attribute_exists(pk)',
      names: { '#revokedAt': 'revokedAt' },
      values: { ':at': at },
    });
    return put.done;
  };

const ofOrganization =
  (table: Table): Keys['ofOrganization'] =>
  async (organization) => {
    const keys: ItemKey[] = [];
    for await (const item of itemsListed(table, apiKeyList(organization), 'oldest first'))
      keys.push(keyOf(item));
    const found = new Map((await getItems(table, keys)).map((item) => [keyOf(item).pk, decodeKey(item)]));
    // A batch is answered in any order: the list's own is wanted.
    return keys.flatMap(({ pk }) => found.get(pk) ?? []);
  };

export const dynamoKeys = (table: Table): Keys => ({
  load: async (id) => {
    const item = await getItem(table, apiKeyKey(id));
    return item && decodeKey(item);
  },
  add: async (key) => {
    // First: an organization that has no key yet is only looked through in vain.
    await putItem(table, { ...organizationKey(key.organization) });
    const put = await putItem(table, encodeKey(key), isNew);
    if (!put.done) throw new Error(`There is a key ${key.id} already.`);
  },
  revoke: revoke(table),
  ofOrganization: ofOrganization(table),
});
