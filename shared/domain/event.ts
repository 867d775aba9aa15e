// What can happen to a slot, and what deciding about it answers.
import type { Deployment, Digest, Failure, Part } from './deployment.ts';
import type { Refusal } from './refusal.ts';
import type { Membership, Slot, SlotId } from './slot.ts';

/** What is asked for; the rest of a deployment is the engine's. */
export interface NewDeployment {
  readonly id: string;
  readonly revision: Digest;
  readonly track: string | null;
  readonly deadline: number | null;
  readonly part?: Part;
}

export type ReportState = 'applying' | 'applied' | 'removed' | 'retrying' | 'failed';

/** A thing's word on one seq. */
export interface Report {
  readonly seq: number;
  readonly revision: Digest;
  readonly state: ReportState;
  /** Which attempt failed, from 1: repeats of one report carry the same number. */
  readonly attempt: number;
  readonly failure: Failure | null;
  /** What it gave back, stored already. */
  readonly result?: Digest;
}

export type SlotEvent =
  | { readonly type: 'stage'; readonly deployment: NewDeployment }
  /** `parent`, where given, must be what the slot has now: null for nothing. */
  | {
      readonly type: 'deploy';
      readonly deployment: NewDeployment;
      readonly parent?: string | null;
      /** A group deploys it: nothing happens unless the slot belongs to that group, and knows of nothing newer. */
      readonly within?: Membership;
    }
  | { readonly type: 'deploy staged'; readonly id: string; readonly version?: number }
  | { readonly type: 'archive'; readonly id: string; readonly version?: number }
  | { readonly type: 'join'; readonly group: string }
  /** Everything goes: the thing shall have nothing of the group's. */
  | { readonly type: 'leave'; readonly group: string }
  /** The group's rollout of this generation is over without success; `to` is what it had before, if it had anything. */
  | {
      readonly type: 'fall back';
      readonly from: Membership;
      readonly to: NewDeployment | null;
      /** Its part was given to it, and it could not apply that. */
      readonly hasFailed?: boolean;
    }
  | { readonly type: 'report'; readonly report: Report }
  /** Its time has come: `wakeAtOf` has passed. */
  | { readonly type: 'look' }
  | { readonly type: 'thing offline' }
  | { readonly type: 'thing online' }
  /** Every delivery of its message has failed. */
  | { readonly type: 'give up' }
  | { readonly type: 'redrive' }
  /** The thing lost what it had: it starts from nothing. */
  | { readonly type: 'reissue' }
  /** The shadow shows the target, and nobody's word is outstanding. */
  | { readonly type: 'settle' }
  | { readonly type: 'abandon' };

export interface Context {
  readonly now: number;
  readonly by: string;
  /** Failed attempts that a thing is given. */
  readonly attemptsMax: number;
  /** Digest of the manifest that has no items. */
  readonly nothing: Digest;
  /** The id of the deployment that is made when this one gives way: a function of it, so that a repeat is the same. */
  readonly idOfRestore: (id: string) => string;
}

/** What must be sent once the slot is saved: only where to look. */
export interface Message {
  readonly slot: SlotId;
}

export interface Decision {
  readonly slot: Slot;
  readonly changed: boolean;
  /** Deployments that we made ourselves, to be given a record before the slot is saved. */
  readonly made: readonly Deployment[];
  readonly messages: readonly Message[];
}

/** One decider an event type: the slot itself, untouched, when nothing changes. */
export type Decide<Type extends SlotEvent['type']> = (
  slot: Slot,
  event: Extract<SlotEvent, { type: Type }>,
  context: Context,
) => Slot | Refusal;
