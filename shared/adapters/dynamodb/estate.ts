// What an organization has in DynamoDB: found through its lists and shards, never by a scan, and removed page by page.
import * as z from 'zod';
import { channels, chunkBytes } from '#device/shadow';
import type { EstatePart } from '#engine/estate-parts';
import { shardsBetween } from '#engine/fleet/shards';
import { inBatches } from '#engine/in-batches';
import type { Estate, StoredContent } from '#engine/ports';
import { getItems } from './batch.ts';
import { removeItems } from './batch-put.ts';
import { decodeContent } from './contents.ts';
import { type Item, reading } from './item.ts';
import { keyOf } from './item-key.ts';
import { removeItemIf, updateItem } from './items.ts';
import * as keys from './keys.ts';
import { itemsAfter, itemsListed } from './query.ts';
import { dynamoRollouts } from './rollouts.ts';
import { decodeSlot } from './slot-codec.ts';
import { nowOf, type Table } from './table.ts';

type ItemKey = keys.ItemKey;

const pageItems = 500;

const allOf = (
  table: Table,
  place: { readonly pk: string; readonly skPrefix: string },
): AsyncIterable<Item> => itemsAfter(table, place, pageItems);

// ---- finding

async function* listed(table: Table, list: string): AsyncGenerator<ItemKey> {
  for await (const item of itemsListed(table, list, 'oldest first')) yield keyOf(item);
}

async function* listsOf(table: Table, organization: string): AsyncGenerator<string> {
  for await (const item of allOf(table, keys.listsIn(organization))) yield keys.listOf(keyOf(item));
}

async function* thingsOf(table: Table, organization: string): AsyncGenerator<string> {
  const lists = (await Array.fromAsync(listsOf(table, organization))).filter(keys.isListOfThings);
  for (const list of [...lists, keys.retiredList(organization)])
    for await (const key of listed(table, list)) yield keys.thingOf(key);
}

async function* kindsOf(table: Table, organization: string): AsyncGenerator<string> {
  for await (const list of listsOf(table, organization)) {
    const kind = keys.kindOf(list);
    if (kind !== undefined) yield kind;
  }
}

async function* rolloutsOf(table: Table, organization: string): AsyncGenerator<string> {
  for await (const key of listed(table, keys.rolloutList(organization))) yield keys.rolloutOf(key);
}

async function* contentsOf(table: Table, organization: string): AsyncGenerator<StoredContent> {
  for (const shard of keys.contentsIn(organization))
    for await (const item of allOf(table, shard)) yield decodeContent(item);
}

async function* beside(
  table: Table,
  places: readonly { pk: string; skPrefix: string }[],
): AsyncGenerator<ItemKey> {
  for (const place of places) for await (const item of allOf(table, place)) yield keyOf(item);
}

// ---- what goes together: the last of each is what the others are found by

const chunkKeys = (organization: string, { digest, size }: StoredContent): ItemKey[] =>
  Array.from({ length: Math.ceil(size / chunkBytes) }, (_, index) =>
    keys.chunkKey(organization, digest, index),
  );

async function* contentKeys(table: Table, organization: string): AsyncGenerator<ItemKey[]> {
  for await (const content of contentsOf(table, organization))
    yield [...chunkKeys(organization, content), keys.contentKey(organization, content.digest)];
}

const storedClaims = z.object({ claims: z.array(z.string()).default([]) });
const claimsOf = reading('claims of an item', storedClaims, ({ claims }) => claims.map(keys.claimKey));

/** A slot says which group its thing belongs to; there it is listed. */
const membershipsOf = (thing: string, items: readonly Item[]): ItemKey[] =>
  items
    .filter(({ sk }) => String(sk).startsWith('slot#'))
    .map(decodeSlot)
    .flatMap(({ organization, member }) =>
      member === undefined ? [] : [keys.memberKey(organization, member.group, thing)],
    );

const thingKeys = async (table: Table, thing: string): Promise<ItemKey[]> => {
  const items = await Array.fromAsync(allOf(table, keys.allOfThing(thing)));
  const own = keys.thingKey(thing);
  const others = items.map(keyOf).filter(({ sk }) => sk !== own.sk);
  return [...items.flatMap(claimsOf), ...membershipsOf(thing, items), ...others, own];
};

async function* allThingKeys(table: Table, organization: string): AsyncGenerator<ItemKey[]> {
  for await (const thing of thingsOf(table, organization)) yield thingKeys(table, thing);
}

const rolloutKeys = async (table: Table, id: string): Promise<ItemKey[]> => {
  const rollout = await dynamoRollouts(table).load(id);
  const shards = rollout === undefined ? [] : shardsBetween(0, Math.max(1, rollout.total));
  const places = shards.map(({ shard }) => keys.allOfShard(id, shard));
  return [...(await Array.fromAsync(beside(table, places))), keys.rolloutKey(id)];
};

async function* allRolloutKeys(table: Table, organization: string): AsyncGenerator<ItemKey[]> {
  for await (const id of rolloutsOf(table, organization)) yield rolloutKeys(table, id);
}

/** Of things that nobody knows any more. */
async function* deploymentKeys(table: Table, organization: string): AsyncGenerator<ItemKey[]> {
  for (const channel of channels)
    for (const list of keys.deploymentLists(organization, channel)) yield* inBatches(listed(table, list));
}

async function* entryKeys(table: Table, organization: string): AsyncGenerator<ItemKey[]> {
  for await (const kind of kindsOf(table, organization))
    for await (const found of inBatches(listed(table, keys.entryList(organization, kind)))) {
      const items = await getItems(table, found);
      yield [...items.flatMap(claimsOf), ...found];
    }
}

type Finds = (table: Table, organization: string) => AsyncIterable<readonly ItemKey[]>;

const find: Readonly<Record<EstatePart, Finds>> = {
  rollouts: allRolloutKeys,
  things: allThingKeys,
  deployments: deploymentKeys,
  entries: entryKeys,
  contents: contentKeys,
  repeats: (table, organization) => inBatches(beside(table, keys.repeatsIn(organization))),
  limits: async function* (table, organization) {
    yield* inBatches(beside(table, [keys.takenIn(organization)]));
    yield [keys.agreedKey(organization)];
  },
  audit: (table, organization) => inBatches(beside(table, [keys.auditIn(organization)])),
  lists: (table, organization) => inBatches(beside(table, [keys.listsIn(organization)])),
  keys: async function* (table, organization) {
    yield* inBatches(listed(table, keys.apiKeyList(organization)));
    yield [keys.organizationKey(organization)];
  },
};

// ---- removing

const distinct = (all: readonly ItemKey[]): ItemKey[] => [
  ...new Map(all.map((key) => [JSON.stringify([key.pk, key.sk]), key])).values(),
];

/** What the others are found by goes when they are gone: whoever dies in between finds them again. */
async function* remove(table: Table, organization: string, part: EstatePart): AsyncGenerator<number> {
  for await (const together of find[part](table, organization)) {
    const all = distinct(together);
    await removeItems(table, all.slice(0, -1));
    await removeItems(table, all.slice(-1));
    yield all.length;
  }
}

const stillSo = (name: string, value: number) => ({
  expression: '#value = :value',
  names: { '#value': name },
  values: { ':value': value },
});

/** The head says so first: nobody sees it any more, and nobody puts it in between and finds it half removed. */
const removeContent =
  (table: Table): Estate['removeContent'] =>
  async (organization, content) => {
    const head = keys.contentKey(organization, content.digest);
    const removing = nowOf(table);
    const begun = await updateItem(table, head, '#removing = :removing', {
      ...stillSo('usedAt', content.usedAt),
      names: { '#value': 'usedAt', '#removing': 'removing' },
      values: { ':value': content.usedAt, ':removing': removing },
    });
    if (!begun.done) return false;
    await removeItems(table, chunkKeys(organization, content));
    await removeItemIf(table, head, stillSo('removing', removing));
    return true;
  };

async function* organizations(table: Table): AsyncGenerator<string> {
  for await (const item of allOf(table, keys.allOrganizations)) yield keys.organizationOf(keyOf(item));
}

export const dynamoEstate = (table: Table): Estate => ({
  organizations: () => organizations(table),
  thingsOf: (organization) => thingsOf(table, organization),
  rolloutsOf: (organization) => rolloutsOf(table, organization),
  kindsOf: (organization) => kindsOf(table, organization),
  contentsOf: (organization) => contentsOf(table, organization),
  removeContent: removeContent(table),
  remove: (organization, part) => remove(table, organization, part),
});
