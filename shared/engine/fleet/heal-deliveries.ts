// A mark that was lost, a shard whose message was lost: found by looking at those that are still outstanding.

import type { Rollout } from '#domain/rollout';
import { findIn } from '#domain/slot';
import { groupsOf, inBatches } from '../in-batches.ts';
import type { Delivery, DeploymentRecord, Mark, World } from '../ports.ts';
import { messagesTo } from './change-rollout.ts';
import { giftId } from './deploy-part.ts';
import { markOf, withdrawn } from './mark-parts.ts';
import { shardsBetween } from './shards.ts';

type Needs = Pick<World, 'clock' | 'slots' | 'records' | 'deliveries' | 'fanOut'>;

/** What the slot says; where it knows of it no more, its record; where that does not either: nothing was sent yet. */
const marksOf = async (
  { clock, slots, records }: Needs,
  rollout: Rollout,
  page: readonly Delivery[],
): Promise<readonly (readonly [Delivery, Mark])[]> => {
  const partId = ({ thing }: Delivery): string => giftId(thing, 'part', rollout.id);
  const ids = page.map(({ thing }) => ({ thing, channel: rollout.channel }));
  const filed = await records.loadMany(page.map((one) => ({ thing: one.thing, id: partId(one) })));
  const found = new Map((await slots.loadMany(ids)).map((slot) => [slot.id.thing, slot]));
  const ends = new Map(filed.map((record): [string, DeploymentRecord] => [record.id, record]));
  return page.flatMap((delivery) => {
    const slot = found.get(delivery.thing);
    const known = (slot && findIn(slot, partId(delivery))) ?? ends.get(partId(delivery))?.ended;
    if (known !== undefined) {
      const mark = markOf(known);
      return mark === undefined ? [] : [[delivery, mark] as const];
    }
    return slot?.member?.group === rollout.group ? [] : [[delivery, withdrawn(clock.now())] as const];
  });
};

const progressAtOnce = 25;

/** Shards that have not been carried as far as they are exposed are told again. */
export const wakeLaggards =
  (world: Pick<World, 'deliveries' | 'fanOut'>) =>
  async (rollout: Rollout, isDone: (sent: number, isCalledBack: boolean, to: number) => boolean) => {
    const lagging: { readonly shard: number }[] = [];
    for (const group of groupsOf(shardsBetween(0, rollout.exposed), progressAtOnce))
      await Promise.all(
        group.map(async ({ shard, from, to }) => {
          const progress = await world.deliveries.progressOf(rollout.id, shard);
          if (!isDone(progress?.sent ?? from, progress?.isCalledBack ?? false, to)) lagging.push({ shard });
        }),
      );
    if (lagging.length > 0) await world.fanOut.send(messagesTo(rollout, lagging));
    return lagging.length;
  };

export const isSent = (sent: number, _: boolean, to: number): boolean => sent >= to;

export const healDeliveries =
  (world: Needs) =>
  async (rollout: Rollout, outstanding: readonly Delivery[]): Promise<void> => {
    await wakeLaggards(world)(rollout, isSent);
    for await (const page of inBatches(outstanding))
      for (const [{ ordinal }, mark] of await marksOf(world, rollout, page))
        await world.deliveries.mark(rollout.id, ordinal, mark);
  };
