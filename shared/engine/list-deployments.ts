// Lists of deployments: the keys give the order, records and slots are read a page at a time.
import type { Channel } from '#domain/channel';
import { type DeploymentView, viewOf } from './find-deployment.ts';
import { thingOf } from './ids.ts';
import { inBatches } from './in-batches.ts';
import { collect, type Page, type Paged } from './paging.ts';
import type { DeploymentRecord, ListOrder, RecordKey, World } from './ports.ts';

export interface ListDeployments extends Page {
  readonly organization: string;
  readonly channel: Channel;
  readonly order: ListOrder;
  /** By id instead of by creation: the keys are read first and put in order here. */
  readonly sortById?: boolean;
  /** Only these things' deployments. */
  readonly things?: readonly string[] | undefined;
  /** Only these deployments. */
  readonly ids?: readonly string[] | undefined;
  readonly matches?: (view: DeploymentView) => boolean;
}

type Needs = Pick<World, 'slots' | 'records'>;

/** Slots before records, as for one: what leaves its slot in between says so in its record. */
const viewsOf = async (
  { slots, records }: Needs,
  { channel, organization }: ListDeployments,
  keys: readonly RecordKey[],
): Promise<DeploymentView[]> => {
  const things = [...new Set(keys.map(({ thing }) => thing))];
  const bySlot = new Map(
    (await slots.loadMany(things.map((thing) => ({ thing, channel })))).map((slot) => [slot.id.thing, slot]),
  );
  const byId = new Map((await records.loadMany(keys)).map((record) => [record.id, record]));
  return keys.flatMap(({ thing, id }) => {
    const record = byId.get(id);
    if (record?.organization !== organization || record.slot.channel !== channel) return [];
    return viewOf(record, bySlot.get(thing)) ?? [];
  });
};

const byCreation =
  (order: ListOrder) =>
  (a: DeploymentRecord, b: DeploymentRecord): number => {
    const older = a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1);
    return order === 'oldest first' ? older : -older;
  };

/** A thing's deployments are few enough to be put in order here; an organization's have an index for it. */
async function* keysOfThings({ records }: Needs, list: ListDeployments): AsyncGenerator<RecordKey> {
  const found: DeploymentRecord[] = [];
  for (const thing of new Set(list.things))
    for await (const record of records.ofSlot({ thing, channel: list.channel })) found.push(record);
  for (const { slot, id } of found.sort(byCreation(list.order))) yield { thing: slot.thing, id };
}

async function* keysOfIds({ records }: Needs, list: ListDeployments): AsyncGenerator<RecordKey> {
  const keys = (list.ids ?? []).flatMap((id) => {
    const thing = thingOf(id);
    return thing === undefined ? [] : { thing, id };
  });
  const found = [...(await records.loadMany(keys))].sort(byCreation(list.order));
  for (const { slot, id } of found) yield { thing: slot.thing, id };
}

const byId = ({ id: a }: RecordKey, { id: b }: RecordKey): number => (a < b ? -1 : 1);

async function* sortedById(keys: AsyncIterable<RecordKey>, order: ListOrder): AsyncGenerator<RecordKey> {
  const sorted = (await Array.fromAsync(keys)).sort(byId);
  yield* order === 'oldest first' ? sorted : sorted.reverse();
}

const keysFor = (world: Needs, list: ListDeployments): AsyncIterable<RecordKey> => {
  const keys = keysByCreation(world, list);
  return list.sortById ? sortedById(keys, list.order) : keys;
};

const keysByCreation = (world: Needs, list: ListDeployments): AsyncIterable<RecordKey> => {
  if (list.ids !== undefined) return keysOfIds(world, list);
  if (list.things !== undefined) return keysOfThings(world, list);
  return world.records.keysOf(list.organization, list.channel, list.order);
};

async function* matching(world: Needs, list: ListDeployments): AsyncGenerator<DeploymentView> {
  const wanted = list.things && new Set(list.things);
  for await (const keys of inBatches(keysFor(world, list)))
    for (const view of await viewsOf(world, list, keys))
      if ((wanted?.has(view.record.slot.thing) ?? true) && (list.matches?.(view) ?? true)) yield view;
}

export const listDeployments =
  (world: Needs) =>
  (list: ListDeployments): Promise<Paged<DeploymentView>> =>
    collect(matching(world, list), list);
