// A slot: one channel of one thing, and the point of truth for every deployment in it that is not over.
import { type Channel, rulesOf } from './channel.ts';
import { type Deployment, type Digest, hasEnded, isOutstanding, isWanted } from './deployment.ts';
import type { Phase } from './phase.ts';
import type { TargetWaitingFor, WaitingFor } from './waiting.ts';

export interface SlotId {
  readonly thing: string;
  readonly channel: Channel;
}

/** What the thing shall have. Its `seq` fences everything: a lower one never wins anywhere. */
export interface Target {
  readonly seq: number;
  /** The deployment that this target carries out; null in a queue, whose target is the list of what is told. */
  readonly deployment: string | null;
  readonly revision: Digest | null;
}

/** The thing has not confirmed the target yet: whom that waits for. */
export interface TargetWait {
  readonly for: TargetWaitingFor;
  readonly since: number;
  /** When we look again by ourselves; null: never. */
  readonly until: number | null;
  /** How often we have looked. */
  readonly times: number;
}

/** A slot belongs to one group at most, and takes from it what is not older than what it took last. */
export interface Membership {
  readonly group: string;
  /** Grows with every rollout of the group: the fence against those who slept. */
  readonly generation: number;
}

export interface Slot {
  readonly id: SlotId;
  readonly organization: string;
  /** Absent: nobody deploys here but those who name the thing itself. */
  readonly member?: Membership;
  /** 0 until it is first saved; one more with every save. */
  readonly version: number;
  /** The highest seq that was ever given out here. */
  readonly seq: number;
  readonly target: Target | null;
  /** Null: the target is confirmed, or there is none. */
  readonly waiting: TargetWait | null;
  /** Oldest first. */
  readonly live: readonly Deployment[];
  /** Over, but perhaps not written into their records: an outbox that the next change empties. */
  readonly leaving: readonly Deployment[];
}

export const emptySlot = (id: SlotId, organization: string): Slot => ({
  id,
  organization,
  version: 0,
  seq: 0,
  target: null,
  waiting: null,
  live: [],
  leaving: [],
});

/** The one that shall be on the thing, confirmed or not. Of a `replace` channel; there is at most one. */
export const headOf = (slot: Slot): Deployment | undefined => slot.live.find(isWanted);

/** What the thing has confirmed and still has while the head is outstanding. */
export const lastConfirmedOf = (slot: Slot): Deployment | undefined =>
  slot.live.find((deployment) => deployment.phase === 'superseded');

/** In a queue, what the thing is told of: the oldest few. */
export const toldOf = (slot: Slot): readonly Deployment[] =>
  slot.live.filter(isOutstanding).slice(0, rulesOf(slot.id.channel).toldMax);

/** A queue's deployment is over when it has run; elsewhere a confirmed one stays until something takes its place. */
export const isOver = (slot: Slot, deployment: Deployment): boolean =>
  hasEnded(deployment) || (rulesOf(slot.id.channel).order === 'queue' && deployment.phase === 'deployed');

/** What the slot knows of a deployment; undefined when only its record does. */
export const findIn = (slot: Slot, id: string): Deployment | undefined =>
  slot.live.find((deployment) => deployment.id === id) ??
  slot.leaving.find((deployment) => deployment.id === id);

/** The next seq: never lower than the clock, so that a restored table does not hand out old ones again. */
export const nextSeq = (slot: Slot, now: number): number => Math.max(slot.seq + 1, now);

const deadlinesOf = (slot: Slot): number[] =>
  slot.live.filter(isOutstanding).flatMap(({ deadline }) => (deadline === null ? [] : [deadline]));

/** When somebody must look at this slot even if no message comes. */
export const wakeAtOf = (slot: Slot): number | null => {
  const times = [...deadlinesOf(slot), ...(slot.waiting?.until == null ? [] : [slot.waiting.until])];
  return times.length === 0 ? null : Math.min(...times);
};

export interface WaitOf {
  readonly for: WaitingFor;
  readonly since: number;
  readonly until: number | null;
}

type Waits = (slot: Slot, deployment: Deployment) => WaitOf | null;

const itself =
  (waitingFor: WaitingFor): Waits =>
  (_, deployment) => ({ for: waitingFor, since: deployment.updatedAt, until: null });

const theTarget: Waits = (slot, deployment) =>
  slot.waiting === null
    ? { for: 'delivery', since: deployment.updatedAt, until: wakeAtOf(slot) }
    : { for: slot.waiting.for, since: slot.waiting.since, until: wakeAtOf(slot) };

const itsTurn: Waits = (slot, deployment) =>
  rulesOf(slot.id.channel).order === 'queue' && !toldOf(slot).includes(deployment)
    ? itself('turn')(slot, deployment)
    : theTarget(slot, deployment);

const waitsByPhase: Readonly<Record<Phase, Waits>> = {
  staged: itself('person'),
  drifted: itself('person'),
  queued: itsTurn,
  retrying: itsTurn,
  deployed: itself('successor'),
  superseded: (slot, deployment) =>
    headOf(slot) === undefined ? theTarget(slot, deployment) : itself('replacement')(slot, deployment),
  removing: theTarget,
  archived: () => null,
  failed: () => null,
};

/** Whom a deployment of this slot waits for; null when it is over. */
export const waitOf: Waits = (slot, deployment) =>
  isOver(slot, deployment) ? null : waitsByPhase[deployment.phase](slot, deployment);
