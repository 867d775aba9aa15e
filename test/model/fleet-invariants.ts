// What must be true of rollouts and of the groups that they are for, after every step and at rest; see `invariants.ts`.
import { type Deployment, isWanted } from '#domain/deployment';
import type { Phase } from '#domain/phase';
import { nextBound, toleratedFailures } from '#domain/plan';
import { type Rollout, rolloutWaitsFor } from '#domain/rollout';
import type { Slot } from '#domain/slot';
import { waits } from '#domain/waiting';
import type { Mark } from '#engine/ports';
import { type Invariants, isTimed } from './invariants.ts';

// ---- a rollout, before and after one step of anybody

export interface RolloutStep {
  readonly before: Rollout;
  readonly after: Rollout;
  /** Things that have been given it, whatever they made of it; where they are known by their place: one more than the last of these. */
  readonly given: number;
  /** Things that have been given it, and are neither done nor called back. */
  readonly open: number;
  /** Things of the waves before this step that were reachable and are not marked done, counted anew. */
  readonly waitedFor: number;
  /** Things that are marked, counted anew. */
  readonly marked: Readonly<Record<Mark['state'], number>>;
}

const isNextWave = ({ before, after }: RolloutStep): boolean =>
  after.exposed === nextBound(before.plan, after.total, before.exposed);

const isTimedRollout = (rollout: Rollout): boolean => {
  const waitingFor = rolloutWaitsFor(rollout);
  return waitingFor !== null && isTimed(waits[waitingFor]);
};

export const ofRollouts = {
  'a wave never exposes more things than it says': {
    because: 'that is what waves are for',
    holds: (step) =>
      step.given <= step.after.exposed && (step.after.exposed === step.before.exposed || isNextWave(step)),
  },
  'a wave opens only when nobody of the one before is waited for, and no more have failed than it bears': {
    because: 'what breaks the first shall not reach the others',
    holds: ({ before, after, waitedFor }) =>
      after.exposed === before.exposed ||
      (waitedFor === 0 &&
        after.counts.outstanding === 0 &&
        after.counts.failed <= toleratedFailures(before.plan, before.exposed)),
  },
  'a rollout ends once, and has succeeded only if everybody was exposed and nobody is waited for': {
    because: 'its group has gone on from there',
    holds: ({ before, after, waitedFor }) =>
      before.end === null
        ? after.end?.status !== 'succeeded' || (after.exposed === after.total && waitedFor === 0)
        : after.end?.status === before.end.status,
  },
  'no more things are counted done than are': {
    because: 'what is read late may be too little, and what is added up may be too much',
    holds: ({ after: { counts }, marked }) =>
      counts.applied <= marked.applied &&
      counts.failed <= marked.failed &&
      counts.withdrawn <= marked.withdrawn,
  },
  'what a rollout waits for has a time wherever the table gives one': {
    because: 'what waits for nobody is stuck for ever',
    holds: ({ after }) => isTimedRollout(after) === (after.lookAt !== null),
  },
  'no thing of a rollout is counted twice': {
    because: 'counters equal a recount',
    holds: ({ after: { counts, total } }) =>
      counts.applied + counts.failed + counts.withdrawn + counts.offline + counts.outstanding <= total,
  },
  'when an unsuccessful rollout is over, nobody is left with what was not confirmed': {
    because: 'everybody has been called back',
    holds: ({ after, open }) => after.phase !== 'over' || after.end?.status === 'succeeded' || open === 0,
  },
} as const satisfies Invariants<RolloutStep>;

// ---- a group, after every step of anybody

/** What became of one thing's part, told by whoever ends it and by the slot or the record that has it. */
export interface PartTold {
  readonly mark: Mark['state'] | null;
  /** Undefined: it was never given. */
  readonly phase: Phase | undefined;
  /** It has not belonged to the group all the time: given up, it may come back and be given it. */
  readonly wasAway: boolean;
  /** It starts from nothing, and is given again what it had. */
  readonly wasConfirmed: boolean;
}

const marksOfPhase: Readonly<Record<Phase, readonly PartTold['mark'][]>> = {
  staged: [null],
  drifted: [null],
  queued: [null],
  retrying: [null],
  deployed: [null, 'applied'],
  superseded: [null, 'applied'],
  removing: [null, 'applied'],
  // It may have been applied before.
  archived: [null, 'applied', 'withdrawn'],
  failed: [null, 'failed'],
};

export interface GroupStep {
  /** Of one group. */
  readonly rollouts: readonly Rollout[];
  readonly parts: readonly PartTold[];
}

const isUnderWay = ({ phase, end }: Rollout): boolean => phase !== 'reserved' && end === null;

const isToldAlike = ({ mark, phase, wasAway, wasConfirmed }: PartTold): boolean => {
  if (phase === undefined) return mark === null || mark === 'withdrawn';
  if (mark === 'applied' && wasConfirmed) return true;
  return marksOfPhase[phase].includes(mark) || (mark === 'withdrawn' && wasAway);
};

export const ofGroups = {
  'at most one rollout of a group is under way': {
    because: 'its things would get what nobody decided for them last',
    holds: ({ rollouts }) => rollouts.filter(isUnderWay).length <= 1,
  },
  'what is marked done is what its slot says of it, unless it was away and came back': {
    because: 'counts are read from marks, and decide whether the next wave opens',
    holds: ({ parts }) => parts.every(isToldAlike),
  },
} as const satisfies Invariants<GroupStep>;

/** What one thing's slot of a group has when nobody acts any more. */
export interface MemberAtRest {
  readonly slot: Slot;
  readonly isListed: boolean;
  /** It has confirmed what did not succeed elsewhere, or could not apply what did. */
  readonly keeps: boolean;
}

export interface GroupAtRest {
  readonly rollouts: readonly Rollout[];
  readonly group: string;
  /** What the last success brought; null: there was none. */
  readonly revision: string | null;
  readonly members: readonly MemberAtRest[];
  /** What each rollout's own counts say, beside what reading all marks came to. */
  readonly counts: readonly { readonly told: number; readonly recounted: number }[];
}

const headOfSlot = ({ live }: Slot): Deployment | undefined => live.find(isWanted);

export const ofGroupsAtRest = {
  'at rest a rollout is over, or waits for a person, or was never begun': {
    because: 'whatever was begun comes to an end',
    holds: ({ rollouts }) => rollouts.every(({ phase, hold }) => phase === 'over' || hold !== null),
  },
  'at rest whoever belongs to a group has what the group has': {
    because: 'who joins comes up to date, and whom a failure reached goes back',
    holds: ({ members, group, revision }) =>
      members.every(
        ({ slot, keeps }) =>
          slot.member?.group !== group || keeps || (headOfSlot(slot)?.revision ?? null) === revision,
      ),
  },
  'at rest whoever belongs to a group is listed in it': {
    because: 'who is not listed is forgotten by the next rollout',
    holds: ({ members, group }) =>
      members.every(({ slot, isListed }) => slot.member?.group !== group || isListed),
  },
  'at rest whoever has left a group has nothing of it': {
    because: 'who leaves is given up, files and all',
    holds: ({ members }) =>
      members.every(({ slot }) => slot.member !== undefined || headOfSlot(slot) === undefined),
  },
  'the counts of a rollout equal a recount': {
    because: 'they decide about waves, and people are shown them',
    holds: ({ counts }) => counts.every(({ told, recounted }) => told === recounted),
  },
} as const satisfies Invariants<GroupAtRest>;
