// Recounting a rollout: what became of its things is read, never added up, so nothing is counted twice or lost.
import type { Counts, Rollout } from '#domain/rollout';
import type { Delivery, World } from '../ports.ts';
import { type Shard, shardsBetween } from './shards.ts';

type Needs = Pick<World, 'deliveries'>;

/** Reads that are under way at a time. */
const shardsAtOnce = 8;

const none = { applied: 0, failed: 0, withdrawn: 0, outstanding: 0, unreachableDone: 0 };
type Tally = { [Key in keyof typeof none]: number };

const tally = (into: Tally, { isReachable, mark }: Delivery): void => {
  if (mark === null) {
    if (isReachable) into.outstanding += 1;
    return;
  }
  into[mark.state] += 1;
  if (!isReachable) into.unreachableDone += 1;
};

const tallyShard = async (
  { deliveries }: Needs,
  id: string,
  { from, to }: Shard,
  into: Tally,
  see: (delivery: Delivery) => void,
): Promise<void> => {
  for await (const delivery of deliveries.between(id, from, to)) {
    tally(into, delivery);
    see(delivery);
  }
};

/** `see` is shown each delivery that has been exposed. */
export const countDeliveries =
  (world: Needs) =>
  async (
    { id, total, reachable, exposed }: Rollout,
    see: (delivery: Delivery) => void = () => undefined,
  ): Promise<Counts> => {
    const into: Tally = { ...none };
    const shards = [...shardsBetween(0, exposed)];
    const worker = async (): Promise<void> => {
      for (let next = shards.shift(); next !== undefined; next = shards.shift())
        await tallyShard(world, id, next, into, see);
    };
    await Promise.all(Array.from({ length: shardsAtOnce }, worker));
    const { unreachableDone, ...counts } = into;
    return { ...counts, offline: total - reachable - unreachableDone };
  };
