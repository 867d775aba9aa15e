// A rollout: one revision on its way to all things of a group, wave by wave. Its things are counted, never listed here.
import type { Channel } from './channel.ts';
import type { Digest, Failure } from './deployment.ts';
import type { Plan } from './plan.ts';
import { lookAgainAt, type RolloutWaitingFor } from './waiting.ts';

/**
 * `reserved`: made, but its group does not name it yet · `sealing`: who takes part, and in which order, is being written down ·
 * `rolling`: a wave is open · `baking`: between two waves · `ending`: decided, things are still to be told · `over`: nothing is left to do.
 */
export const rolloutPhases = ['reserved', 'sealing', 'rolling', 'baking', 'ending', 'over'] as const;
export type RolloutPhase = (typeof rolloutPhases)[number];

/** Things of a rollout, each counted once. */
export interface Counts {
  readonly applied: number;
  readonly failed: number;
  /** Left the group, were retired, or were called back. */
  readonly withdrawn: number;
  /** Not connected when it began, and not done: they decide nothing. */
  readonly offline: number;
  /** Reachable, exposed, and not done: the open wave waits for these. */
  readonly outstanding: number;
}

/** Somebody has stopped it, for now. */
export interface Hold {
  readonly for: Extract<RolloutWaitingFor, 'decision' | 'operator'>;
  readonly at: number;
  readonly by: string;
  readonly why: string;
}

export interface RolloutEnd {
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly at: number;
  readonly by: string;
  /** Why it did not succeed. */
  readonly failure: Failure | null;
}

export interface Rollout {
  readonly id: string;
  readonly organization: string;
  readonly channel: Channel;
  readonly group: string;
  /** Grows with every rollout of the group: see `membership.ts`. */
  readonly generation: number;
  readonly revision: Digest;
  /** What the group had before; null: nothing ever succeeded. */
  readonly fallback: Digest | null;
  readonly plan: Plan;
  readonly createdAt: number;
  readonly createdBy: string;
  /** The dialect's own words, opaque here. */
  readonly about: Readonly<Record<string, unknown>>;
  /** 0 before it is first saved; one more with every save. */
  readonly version: number;
  readonly phase: RolloutPhase;
  /** When this phase began; of a wave: when it was opened. */
  readonly since: number;
  /** How often it has been looked at in this phase without anything to decide. */
  readonly looks: number;
  /** When it is looked at by itself; null: never. */
  readonly lookAt: number | null;
  readonly hold: Hold | null;
  /** What earlier holds took: neither the deadline nor a bake counts it. */
  readonly heldMs: number;
  /** The last member that has been written down; null: none yet. */
  readonly sealedUpTo: string | null;
  readonly total: number;
  /** Those of `total` that were connected when they were written down: they decide. */
  readonly reachable: number;
  /** Things with a lower ordinal may have it. */
  readonly exposed: number;
  readonly counts: Counts;
  /** When they were counted last; null: never. */
  readonly countedAt: number | null;
  readonly end: RolloutEnd | null;
  /** So long it can be told who took part and what became of each; null: as long as the rollout itself. */
  readonly deliveriesUntil: number | null;
}

export type NewRollout = Pick<
  Rollout,
  | 'id'
  | 'organization'
  | 'channel'
  | 'group'
  | 'generation'
  | 'revision'
  | 'fallback'
  | 'plan'
  | 'createdAt'
  | 'createdBy'
  | 'about'
> &
  Partial<Pick<Rollout, 'deliveriesUntil'>>;

const noneYet: Counts = { applied: 0, failed: 0, withdrawn: 0, offline: 0, outstanding: 0 };

export const newRollout = ({ deliveriesUntil = null, ...wanted }: NewRollout): Rollout => ({
  ...wanted,
  deliveriesUntil,
  version: 1,
  phase: 'reserved',
  since: wanted.createdAt,
  looks: 0,
  lookAt: lookAgainAt('start', 0, wanted.createdAt),
  hold: null,
  heldMs: 0,
  sealedUpTo: null,
  total: 0,
  reachable: 0,
  exposed: 0,
  counts: noneYet,
  countedAt: null,
  end: null,
});

const waitsByPhase: Readonly<Record<RolloutPhase, RolloutWaitingFor | null>> = {
  reserved: 'start',
  sealing: 'listing',
  rolling: 'wave',
  baking: 'bake',
  ending: 'aftermath',
  over: null,
};

/** Whom it waits for; null when nothing is left to do. */
export const rolloutWaitsFor = ({ hold, phase }: Rollout): RolloutWaitingFor | null =>
  hold?.for ?? waitsByPhase[phase];

/** What became of each can still be told; afterwards only how many of them there were. */
export const tellsDeliveries = ({ deliveriesUntil }: Rollout, now: number): boolean =>
  deliveriesUntil === null || now <= deliveriesUntil;

/** Not decided yet: its group can have no other. */
export const isRunning = ({ end }: Rollout): boolean => end === null;

/** Its things may be given it: those of the open waves, and after success all of them. */
export const mayExpose = ({ phase, hold, end }: Rollout): boolean =>
  hold === null && (end === null ? phase === 'rolling' || phase === 'baking' : end.status === 'succeeded');

/** Ended without success: what was not confirmed is called back. */
export const callsBack = ({ end }: Rollout): boolean => end !== null && end.status !== 'succeeded';

export const deadlineOf = ({ createdAt, plan, heldMs }: Rollout): number =>
  createdAt + plan.deadlineMs + heldMs;

/** Those that are neither done nor offline, exposed or not. */
export const waitingOf = ({ total, counts }: Rollout): number =>
  total - counts.applied - counts.failed - counts.withdrawn - counts.offline;
