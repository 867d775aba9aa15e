// One shard of a rollout: its things get their part, a page at a time, or are called back. The message only says where to look.
import { callsBack, mayExpose, type Rollout } from '#domain/rollout';
import type { ChangesSlots } from '../change-slot.ts';
import { groupsOf } from '../in-batches.ts';
import type { Delivery, ShardProgress, World } from '../ports.ts';
import { callBack } from './call-back.ts';
import { messagesTo } from './change-rollout.ts';
import { deployPart } from './deploy-part.ts';
import { shardSize } from './shards.ts';

type Needs = ChangesSlots & Pick<World, 'rollouts' | 'fanOut'>;

/** Things whose slots are changed at the same time. */
const pageSize = 50;

/** `unfinished`: there was no time left; a message to go on has been sent. */
export type ShardCarried = 'sent' | 'called back' | 'nothing to do' | 'unfinished';

const boundsOf = ({ exposed }: Rollout, shard: number) => ({
  from: shard * shardSize,
  to: Math.min((shard + 1) * shardSize, exposed),
});

const listOf = async (world: Needs, id: string, from: number, to: number): Promise<Delivery[]> => {
  const deliveries: Delivery[] = [];
  for await (const delivery of world.deliveries.between(id, from, to)) deliveries.push(delivery);
  return deliveries;
};

const nothingSent = (from: number): ShardProgress => ({ sent: from, isCalledBack: false });

const callAllBack = async (world: Needs, rollout: Rollout, shard: number): Promise<ShardCarried> => {
  const { from, to } = boundsOf(rollout, shard);
  for (const page of groupsOf(await listOf(world, rollout.id, from, to), pageSize))
    await Promise.all(page.map((delivery) => callBack(world)(rollout, delivery)));
  const progress = (await world.deliveries.progressOf(rollout.id, shard)) ?? nothingSent(from);
  await world.deliveries.saveProgress(rollout.id, shard, { ...progress, isCalledBack: true });
  return 'called back';
};

const sendPage = async (
  world: Needs,
  rollout: Rollout,
  shard: number,
  page: readonly Delivery[],
): Promise<void> => {
  const left = page.filter(({ mark }) => mark === null);
  await Promise.all(left.map((delivery) => deployPart(world)(rollout, delivery)));
  const sent = (page.at(-1)?.ordinal ?? 0) + 1;
  await world.deliveries.saveProgress(rollout.id, shard, { sent, isCalledBack: false });
};

const carryPages = async (
  world: Needs,
  first: Rollout,
  shard: number,
  remainingMs: () => number,
): Promise<ShardCarried> => {
  const bounds = boundsOf(first, shard);
  const { sent } = (await world.deliveries.progressOf(first.id, shard)) ?? nothingSent(bounds.from);
  for (const page of groupsOf(await listOf(world, first.id, sent, bounds.to), pageSize)) {
    if (remainingMs() < reserveMs) return goOnLater(world, first, shard);
    // Between two pages a person may have paused it, or it may have failed.
    const rollout = await world.rollouts.load(first.id);
    if (rollout === undefined || !mayExpose(rollout)) return 'nothing to do';
    await sendPage(world, rollout, shard, page);
  }
  return 'sent';
};

/** What a page may take. */
const reserveMs = 10_000;

const goOnLater = async (world: Needs, rollout: Rollout, shard: number): Promise<ShardCarried> => {
  await world.fanOut.send(messagesTo(rollout, [{ shard }]));
  return 'unfinished';
};

/** Twice, late, out of order or never: what to do is read off the rollout, and each part is deployed once. */
export const carryShard =
  (world: Needs) =>
  async (id: string, shard: number, remainingMs: () => number): Promise<ShardCarried> => {
    const rollout = await world.rollouts.load(id);
    if (rollout === undefined) return 'nothing to do';
    if (callsBack(rollout)) return callAllBack(world, rollout, shard);
    return mayExpose(rollout) ? carryPages(world, rollout, shard, remainingMs) : 'nothing to do';
  };
