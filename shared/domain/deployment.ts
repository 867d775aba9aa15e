// A deployment: something sealed that shall be somewhere, and what became of it.
import { type Move, moves } from './moves.ts';
import type { Phase } from './phase.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';

/** `sha256:` and 64 hex digits: the manifest of what is deployed. */
export type Digest = string;

/** Why a thing could not do what it was asked: its own words. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** One thing's share of a rollout: its place in the order that was sealed when the rollout began. */
export interface Part {
  readonly rollout: string;
  /** From 0. */
  readonly ordinal: number;
}

/** One transition, kept for ever: who, when, from, to, why. */
export interface HistoryEvent {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `key:...` for a person's API key, `thing` for the device, `engine` for ourselves. */
  readonly by: string;
  readonly from: Phase | null;
  readonly to: Phase;
  readonly why: string;
}

/** The part of a deployment that moves. What was asked for (description and the like) lies in its record. */
export interface Deployment {
  readonly id: string;
  readonly phase: Phase;
  /** The fencing token: its place in the slot's order; 0 until it shall be deployed. */
  readonly seq: number;
  readonly revision: Digest;
  /** What may be followed by what: see `decide`. Miru's release; null where a channel has no such notion. */
  readonly track: string | null;
  /** Attempts that the thing has reported as failed. */
  readonly attempts: number;
  readonly failure: Failure | null;
  /** What it gave back when it ran, as content; null where nothing is given back. */
  readonly result: Digest | null;
  /** Milliseconds since the epoch; not confirmed by then, it fails. */
  readonly deadline: number | null;
  /** The deployment whose revision this one brings back, where we made it ourselves. */
  readonly restores: string | null;
  /** Which part of a rollout it is: see `rollout.ts`. Absent: it is a deployment of its own. */
  readonly part?: Part;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** One more with every change: what If-Match compares. */
  readonly version: number;
  readonly history: readonly HistoryEvent[];
}

/** Who makes something happen, when, and why: goes into the history. */
export interface Cause {
  readonly now: number;
  readonly by: string;
  readonly why: string;
}

const ended: ReadonlySet<Phase> = new Set<Phase>(['archived', 'failed']);
const shallBeThere: ReadonlySet<Phase> = new Set<Phase>(['queued', 'retrying', 'deployed']);
const unconfirmed: ReadonlySet<Phase> = new Set<Phase>(['queued', 'retrying']);

/** Archived or failed: absorbing. */
export const hasEnded = (deployment: Deployment): boolean => ended.has(deployment.phase);
/** Wanted on the thing, confirmed or not. */
export const isWanted = (deployment: Deployment): boolean => shallBeThere.has(deployment.phase);
/** Wanted on the thing, and not confirmed. */
export const isOutstanding = (deployment: Deployment): boolean => unconfirmed.has(deployment.phase);
/** Waits for a person. */
export const isStaged = (deployment: Deployment): boolean =>
  deployment.phase === 'staged' || deployment.phase === 'drifted';

const changed = (
  deployment: Deployment,
  to: Phase,
  { now, by, why }: Cause,
  also: Partial<Deployment>,
): Deployment => ({
  ...deployment,
  ...also,
  phase: to,
  updatedAt: now,
  version: deployment.version + 1,
  history: [...deployment.history, { at: now, by, from: deployment.phase, to, why }],
});

/** What the move table makes of a deployment. Unchanged (the same object) where the table says `ignore`. */
export const move = (
  deployment: Deployment,
  name: Move,
  cause: Cause,
  also: Partial<Deployment> = {},
): Deployment | Refusal => {
  const outcome = moves[deployment.phase][name];
  if (outcome === 'ignore') return deployment;
  if (typeof outcome === 'object')
    return refuse(outcome.refuse, refusalSentence(deployment), {
      id: deployment.id,
      phase: deployment.phase,
    });
  return changed(deployment, outcome, cause, also);
};

/** The same for moves that no phase refuses: what things and the engine itself make happen. */
export const moved = (
  deployment: Deployment,
  name: Exclude<Move, 'deploy'>,
  cause: Cause,
  also: Partial<Deployment> = {},
): Deployment => {
  const outcome = moves[deployment.phase][name];
  return typeof outcome === 'object' || outcome === 'ignore'
    ? deployment
    : changed(deployment, outcome, cause, also);
};

const refusalSentence = (deployment: Deployment): string =>
  `Deployment ${deployment.id} is ${deployment.phase}.`;
