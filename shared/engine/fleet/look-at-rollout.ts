// Looking at a rollout: what is to be done follows from its phase, and what was found out becomes an event.
import type { RolloutEvent } from '#domain/decide-rollout';
import { callsBack, isRunning, type Rollout, type RolloutEnd, type RolloutPhase } from '#domain/rollout';
import type { ChangesSlots } from '../change-slot.ts';
import type { Delivery, World } from '../ports.ts';
import { advanceRollout, changeRollout, sendOn } from './change-rollout.ts';
import { countDeliveries } from './count-deliveries.ts';
import { healDeliveries, isSent, wakeLaggards } from './heal-deliveries.ts';
import { sealNextPage } from './seal-fleet.ts';
import { welcomeLateJoiners } from './welcome.ts';

export type LooksAtRollouts = ChangesSlots & Pick<World, 'members' | 'things' | 'rollouts' | 'fanOut'>;

/** Whose the groups are: what only they know. */
export interface RolloutOwner {
  /** The group names this rollout as its own. */
  readonly stands: (rollout: Rollout) => Promise<boolean>;
  /** It has ended, one way or the other. Called at least once, perhaps often. */
  readonly ended: (rollout: Rollout) => Promise<void>;
}

/** What has come of a look; `later`: there is nothing to do before its `lookAt`. */
export type LookedAt =
  | RolloutPhase
  | 'begun'
  | RolloutEnd['status']
  | 'later'
  | 'nothing to do'
  | 'taken back';

export interface Looked {
  readonly outcome: LookedAt;
  /** As it is now; undefined: there is none. */
  readonly rollout: Rollout | undefined;
}

type Look = (world: LooksAtRollouts, owner: RolloutOwner, rollout: Rollout) => Promise<RolloutEvent>;

/** A request that has not named what it reserved by then has died. */
const namedWithinMs = 10 * 60 * 1000;

const askOwner: Look = async ({ clock }, owner, rollout) => {
  if (await owner.stands(rollout)) return { type: 'begin' };
  return { type: clock.now() - rollout.createdAt > namedWithinMs ? 'drop' : 'look' };
};

/** With the pauses between looks: about once a minute. */
const healsEvery = 5;

const count: Look = async (world, _, rollout) => {
  const heals = rollout.looks % healsEvery === healsEvery - 1;
  const outstanding: Delivery[] = [];
  const see = ({ mark, ...one }: Delivery): void => {
    if (heals && mark === null) outstanding.push({ ...one, mark });
  };
  const counts = await countDeliveries(world)(rollout, see);
  if (!heals || outstanding.length === 0) return { type: 'count', counts };
  await healDeliveries(world)(rollout, outstanding);
  return { type: 'count', counts: await countDeliveries(world)(rollout) };
};

const isCalledBack = (_sent: number, isBack: boolean): boolean => isBack;

const tidy: Look = async (world, owner, rollout) => {
  await owner.ended(rollout);
  const lagging = await wakeLaggards(world)(rollout, callsBack(rollout) ? isCalledBack : isSent);
  if (lagging > 0) return { type: 'look' };
  if (!callsBack(rollout)) await welcomeLateJoiners(world)(rollout);
  return { type: 'tidied' };
};

const looks: Readonly<Record<RolloutPhase, Look>> = {
  reserved: askOwner,
  sealing: (world, _, rollout) => sealNextPage(world)(rollout),
  rolling: count,
  baking: count,
  ending: tidy,
  over: async () => ({ type: 'look' }),
};

/** What must not wait for a message of its own. */
const goesOn = ({ phase, lookAt, hold }: Rollout, now: number): boolean =>
  (phase === 'sealing' && hold === null) || (phase !== 'over' && lookAt !== null && lookAt <= now);

/** What is worth telling of a step: that it began or ended, or else where it is. */
const outcomeOf = (before: Rollout, after: Rollout): LookedAt => {
  if (before.end === null && after.end !== null) return after.end.status;
  return before.phase === 'sealing' && after.phase !== 'sealing' ? 'begun' : after.phase;
};

/** What sealing a page, or counting a large fleet, may take. */
const reserveMs = 10_000;

const step = async (
  world: LooksAtRollouts,
  owner: RolloutOwner,
  rollout: Rollout,
): Promise<Rollout | undefined> => {
  const event = await looks[rollout.phase](world, owner, rollout);
  const next = await advanceRollout(world)(rollout, event);
  // The group is free from this moment on, not from the next look.
  if (next !== undefined && isRunning(rollout) && !isRunning(next)) await owner.ended(next);
  return next;
};

/** As far as there is something to do now; if somebody was faster, the next step is theirs. */
const stepsFrom = async (
  world: LooksAtRollouts,
  owner: RolloutOwner,
  found: Rollout,
  remainingMs: () => number,
): Promise<Rollout> => {
  let rollout = found;
  while (goesOn(rollout, world.clock.now()) && remainingMs() > reserveMs) {
    const next = await step(world, owner, rollout);
    if (next === undefined) return rollout;
    rollout = next;
  }
  return rollout;
};

const carryOn: typeof stepsFrom = async (world, owner, found, remainingMs) => {
  const rollout = await stepsFrom(world, owner, found, remainingMs);
  await sendOn(world)(found, rollout);
  return rollout;
};

/** Twice, late or at the same time as another: whoever saves first has decided. */
export const lookAtRollout =
  (world: LooksAtRollouts, owner: RolloutOwner) =>
  async (id: string, remainingMs: () => number): Promise<Looked> => {
    const found = await world.rollouts.load(id);
    if (found === undefined || found.phase === 'over') return { outcome: 'nothing to do', rollout: found };
    if (found.hold?.for === 'operator') return takeBack(world, id);
    if (found.lookAt === null || found.lookAt > world.clock.now())
      return { outcome: 'later', rollout: found };
    const rollout = await carryOn(world, owner, found, remainingMs);
    return { outcome: outcomeOf(found, rollout), rollout };
  };

/** An operator has sent its message back from where it waited. */
const takeBack = async (world: LooksAtRollouts, id: string): Promise<Looked> => {
  await changeRollout(world)(id, { type: 'redrive' }, 'engine');
  return { outcome: 'taken back', rollout: await world.rollouts.load(id) };
};
