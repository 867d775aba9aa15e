// Load, decide, save, send: the only way in which a rollout changes. As `change-slot`, for a whole fleet.
import { decideRollout, type RolloutEvent } from '#domain/decide-rollout';
import { isRefusal, type Refusal } from '#domain/refusal';
import { isRunning, type Rollout } from '#domain/rollout';
import { type FanOutMessage, Unavailable, type World } from '../ports.ts';
import { shardsBetween } from './shards.ts';

type Needs = Pick<World, 'clock' | 'rollouts' | 'fanOut'>;

const triesMax = 60;

/** Longer waits are the sweeper's: a message can wait for a quarter of an hour. */
const delayMsMax = 14 * 60 * 1000;

export interface ChangedRollout {
  readonly before: Rollout;
  readonly rollout: Rollout;
  readonly changed: boolean;
}

export const messagesTo = (
  { id, organization }: Rollout,
  shards: readonly { readonly shard: number }[],
): FanOutMessage[] => shards.map(({ shard }) => ({ organization, rollout: id, shard }));

/** Shards that have something to do since `before`: newly exposed, to be called back, or let go again. */
const wokenBy = (before: Rollout, after: Rollout): FanOutMessage[] => {
  const wakesAll = isRunning(before) !== isRunning(after) || (before.hold !== null && after.hold === null);
  return messagesTo(after, shardsBetween(wakesAll ? 0 : before.exposed, after.exposed));
};

export const lookMessage = ({ id, organization }: Rollout): FanOutMessage => ({ organization, rollout: id });

/** What is not sent is no loss: the rollout stands in the `due` list, and its look finds shards that lag behind. */
const sendAll = async ({ clock, fanOut }: Needs, before: Rollout, after: Rollout): Promise<void> => {
  const woken = wokenBy(before, after);
  if (woken.length > 0) await fanOut.send(woken);
  if (after.lookAt === null) return;
  const delayMs = Math.max(after.lookAt - clock.now(), 0);
  if (delayMs <= delayMsMax) await fanOut.send([lookMessage(after)], delayMs);
};

const tryOnce = async (
  world: Needs,
  id: string,
  event: RolloutEvent,
  by: string,
): Promise<ChangedRollout | Refusal | 'changed meanwhile' | undefined> => {
  const before = await world.rollouts.load(id);
  if (before === undefined) return undefined;
  const rollout = decideRollout(before, event, { now: world.clock.now(), by });
  if (isRefusal(rollout)) return rollout;
  if (rollout === before) return { before, rollout, changed: false };
  if (!(await world.rollouts.save(rollout))) return 'changed meanwhile';
  await sendAll(world, before, rollout).catch(() => undefined);
  return { before, rollout, changed: true };
};

/** Undefined: there is no such rollout. Who loses a race decides again on what the winner left. */
export const changeRollout =
  (world: Needs) =>
  async (id: string, event: RolloutEvent, by: string): Promise<ChangedRollout | Refusal | undefined> => {
    for (let tries = 0; tries < triesMax; tries += 1) {
      const outcome = await tryOnce(world, id, event, by);
      if (outcome !== 'changed meanwhile') return outcome;
    }
    throw new Unavailable(`Rollout ${id} changed ${triesMax} times meanwhile.`);
  };

/**
 * Decides on what was read and counted: if the rollout has changed since, that is for the next look. Nothing is sent yet: several steps
 * may follow each other.
 */
export const advanceRollout =
  (world: Needs) =>
  async (before: Rollout, event: RolloutEvent): Promise<Rollout | undefined> => {
    const after = decideRollout(before, event, { now: world.clock.now(), by: 'engine' });
    if (isRefusal(after) || after === before) return undefined;
    return (await world.rollouts.save(after)) ? after : undefined;
  };

/** What follows from all steps since `before`. */
export const sendOn =
  (world: Needs) =>
  async (before: Rollout, after: Rollout): Promise<void> => {
    if (after.version !== before.version) await sendAll(world, before, after).catch(() => undefined);
  };
