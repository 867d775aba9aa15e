// What the rollouts worker does with a message: look at the rollout that it names, or at one shard of its things.
import { fanOutMessage } from '#adapters/sqs/fan-out';
import { carryShard } from '#engine/fleet/carry-shard';
import { changeRollout } from '#engine/fleet/change-rollout';
import { lookAtRollout, type RolloutOwner } from '#engine/fleet/look-at-rollout';
import { Unavailable, type World } from '#engine/ports';
import type { Log } from '../wiring/log.ts';
import { receivesOf, type Work } from '../wiring/worker.ts';

/** Of the function's minute: what is left then is a message of its own. */
const budgetMs = 40_000;

const remainingOf = ({ clock }: World): (() => number) => {
  const until = clock.now() + budgetMs;
  return () => until - clock.now();
};

const carry = async (world: World, id: string, shard: number, log: Log): Promise<void> => {
  const outcome = await carryShard(world)(id, shard, remainingOf(world));
  log.line({ code: 'rollout.shard_carried', rollout: id, shard, outcome });
};

const look = async (world: World, owner: RolloutOwner, id: string, log: Log): Promise<void> => {
  const { outcome, rollout } = await lookAtRollout(world, owner)(id, remainingOf(world));
  log.line({
    code: 'rollout.looked_at',
    rollout: id,
    organization: rollout?.organization,
    deployment: typeof rollout?.about.deployment === 'string' ? rollout.about.deployment : undefined,
    outcome,
    exposed: rollout?.exposed,
    total: rollout?.total,
    failure: rollout?.end?.failure?.code,
  });
};

export const rollOut = (world: World, owner: RolloutOwner, receivesMax: number): Work => ({
  take: async (body, _, log) => {
    const { rollout, shard } = fanOutMessage.parse(body);
    await (shard === undefined ? look(world, owner, rollout, log) : carry(world, rollout, shard, log));
  },
  failed: async (body, record, cause, log) => {
    const { data } = fanOutMessage.safeParse(body);
    const receives = receivesOf(record);
    // As for transitions: what is only unavailable comes back by itself.
    const isLost = receives >= receivesMax && !(cause instanceof Unavailable);
    const code = isLost ? 'rollout.given_up' : 'rollout.later';
    const { messageId } = record;
    log.fault({ code, rollout: data?.rollout, shard: data?.shard, messageId, receives }, cause);
    if (isLost && data !== undefined) await changeRollout(world)(data.rollout, { type: 'give up' }, 'engine');
  },
});
