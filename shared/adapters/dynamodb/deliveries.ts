// Deliveries in DynamoDB: who takes part is written once, in batches; what became of each is an item of its own beside it, so
// that things report without touching anything that they share.
import * as z from 'zod';
import { shardOfOrdinal, shardsBetween } from '#engine/fleet/shards';
import type { Deliveries, Delivery, EnlistedPage, Mark, SealedDelivery, ShardProgress } from '#engine/ports';
import { deliveriesMs } from '#operations/retention';
import { putItems } from './batch-put.ts';
import { isNew } from './condition.ts';
import { expiring, type Item, reading } from './item.ts';
import { getItem, putItem } from './items.ts';
import { deliveriesBetween, deliveryKey, markKey, ordinalOf, pageKey, progressKey } from './keys.ts';
import { itemsBetween } from './query.ts';
import { nowOf, type Table } from './table.ts';

const key = { pk: z.string(), sk: z.string() };

const storedDelivery = z.object({ ...key, thing: z.string(), reachable: z.boolean() });
const storedMark = z.object({
  ...key,
  state: z.enum(['applied', 'failed', 'withdrawn']),
  at: z.int(),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
});
const storedPage = z.object({
  ...key,
  things: z.array(z.string()),
  away: z.array(z.string()),
  upTo: z.string().nullable(),
  isLast: z.boolean(),
});
const storedProgress = z.object({ ...key, sent: z.int(), calledBack: z.boolean() });

const decodeSealed = reading(
  'delivery',
  storedDelivery,
  ({ thing, reachable, ...itemKey }): SealedDelivery => ({
    ordinal: ordinalOf(itemKey).ordinal,
    thing,
    isReachable: reachable,
  }),
);
const decodeMark = reading(
  'mark of a delivery',
  storedMark,
  ({ state, at, failure }): Mark => ({ state, at, failure }),
);
const decodePage = reading(
  'page of who takes part',
  storedPage,
  ({ things, away, upTo, isLast }): EnlistedPage => ({
    things: things.map((thing) => ({ thing, isReachable: !away.includes(thing) })),
    upTo,
    isLast,
  }),
);
const decodeProgress = reading(
  'progress of a shard',
  storedProgress,
  ({ sent, calledBack }): ShardProgress => ({ sent, isCalledBack: calledBack }),
);

/** Not before the rollout's own date, which counts from when it was made: nothing of it is gone while it is still told. */
const dated = (table: Table): Item => expiring(nowOf(table) + deliveriesMs);

const sealedItem = (rollout: string, { ordinal, thing, isReachable }: SealedDelivery): Item => ({
  ...deliveryKey(rollout, shardOfOrdinal(ordinal), ordinal),
  thing,
  reachable: isReachable,
});

const pageItem = (rollout: string, after: string | null, { things, upTo, isLast }: EnlistedPage): Item => ({
  ...pageKey(rollout, after),
  things: things.map(({ thing }) => thing),
  away: things.filter(({ isReachable }) => !isReachable).map(({ thing }) => thing),
  upTo,
  isLast,
});

const isMark = (item: Item): boolean => ordinalOf({ pk: String(item.pk), sk: String(item.sk) }).isMark;

/** A mark comes right behind its delivery, if there is one. */
async function* withMarks(items: AsyncIterable<Item>): AsyncGenerator<Delivery> {
  let sealed: SealedDelivery | undefined;
  for await (const item of items) {
    if (isMark(item)) {
      if (sealed !== undefined) yield { ...sealed, mark: decodeMark(item) };
      sealed = undefined;
    } else {
      if (sealed !== undefined) yield { ...sealed, mark: null };
      sealed = decodeSealed(item);
    }
  }
  if (sealed !== undefined) yield { ...sealed, mark: null };
}

async function* between(
  table: Table,
  rollout: string,
  first: number,
  after: number,
): AsyncGenerator<Delivery> {
  for (const { shard, from, to } of shardsBetween(first, after))
    yield* withMarks(itemsBetween(table, deliveriesBetween(rollout, shard, from, to)));
}

export const dynamoDeliveries = (table: Table): Deliveries => ({
  enlist: async (rollout, after, page) => {
    const put = await putItem(table, { ...pageItem(rollout, after, page), ...dated(table) }, isNew);
    return put.done || put.found === undefined ? page : decodePage(put.found);
  },
  seal: (rollout, deliveries) =>
    putItems(
      table,
      deliveries.map((delivery) => ({ ...sealedItem(rollout, delivery), ...dated(table) })),
    ),
  mark: async (rollout, ordinal, mark) => {
    const item = { ...markKey(rollout, shardOfOrdinal(ordinal), ordinal), ...mark, ...dated(table) };
    await putItem(table, item, isNew);
  },
  between: (rollout, from, to) => between(table, rollout, from, to),
  progressOf: async (rollout, shard) => {
    const item = await getItem(table, progressKey(rollout, shard));
    return item && decodeProgress(item);
  },
  saveProgress: async (rollout, shard, { sent, isCalledBack }) => {
    const item = { ...progressKey(rollout, shard), sent, calledBack: isCalledBack, ...dated(table) };
    await putItem(table, item);
  },
});
