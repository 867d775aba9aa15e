// What must be true after every step, wherever the steps come from: the model check, the interleavings, the simulation, the properties.
//
// Each invariant is a sentence, a reason and a predicate. They are grouped by what they look at: a slot before and after a
// save, a thing before and after it did something, a slot beside its records, a world at rest, and what the doors answered; those of
// rollouts and their groups stand in `fleet-invariants.ts`.
import { isDeepStrictEqual } from 'node:util';
import { rulesOf } from '#domain/channel';
import { type Deployment, hasEnded, isOutstanding, isStaged, isWanted } from '#domain/deployment';
import type { Phase } from '#domain/phase';
import { isOver, type Slot, waitOf, wakeAtOf } from '#domain/slot';
import { type Wait, waits } from '#domain/waiting';

export interface Invariant<Fact> {
  /** Why anybody should care. */
  readonly because: string;
  readonly holds: (fact: Fact) => boolean;
}

export type Invariants<Fact> = Readonly<Record<string, Invariant<Fact>>>;

// ---- a slot, before and after one save

export interface SlotStep {
  readonly before: Slot;
  readonly after: Slot;
  /** Has the thing ever said of this seq that it is done, with this very revision? */
  readonly wasHeard: (seq: number, revision: string) => boolean;
}

const isReplace = (slot: Slot): boolean => rulesOf(slot.id.channel).order === 'replace';
const present = (slot: Slot): readonly Deployment[] => [...slot.live, ...slot.leaving];
const idsOf = (deployments: readonly Deployment[]): string[] => deployments.map(({ id }) => id);
const isDistinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** What was there before and is there after, side by side. */
const pairsOf = ({ before, after }: SlotStep): (readonly [Deployment, Deployment])[] =>
  present(after).flatMap((now) => {
    const then = before.live.find(({ id }) => id === now.id);
    return then === undefined ? [] : [[then, now] as const];
  });

const newcomersIn = ({ before, after }: SlotStep): Deployment[] =>
  present(after).filter(({ id }) => !present(before).some((one) => one.id === id));

export const isTimed = (wait: Wait): boolean => wait.lookAgainAfterMs !== undefined;

const isWaitedFor = (slot: Slot, deployment: Deployment): boolean => {
  const wait = waitOf(slot, deployment);
  return wait !== null && (!isTimed(waits[wait.for]) || (wait.until !== null && wakeAtOf(slot) !== null));
};

const isOneTransition = ([then, now]: readonly [Deployment, Deployment]): boolean => {
  const events = now.history.length - then.history.length;
  const last = now.history.at(-1);
  if (now.version === then.version) return events === 0 && now.phase === then.phase;
  return events === 1 && last?.from === then.phase && last.to === now.phase;
};

const isBirth = ({ history, phase }: Deployment): boolean =>
  history.length === 1 && history[0]?.from === null && history[0].to === phase;

export const ofSlots = {
  'at most one deployment of a slot is wanted where the newest wins': {
    because: 'a thing cannot have two releases',
    holds: ({ after }) => !isReplace(after) || after.live.filter(isWanted).length <= 1,
  },
  'what is outstanding where the newest wins is what the thing is asked for': {
    because: 'otherwise it would wait for a word that nobody was asked to say',
    holds: ({ after }) =>
      !isReplace(after) ||
      after.live
        .filter(isOutstanding)
        .every(
          ({ id, seq, revision }) =>
            after.target?.deployment === id && after.target.seq === seq && after.target.revision === revision,
        ),
  },
  'none takes another’s place in a queue': {
    because: 'each deployment of a queue runs',
    holds: ({ after }) =>
      isReplace(after) || present(after).every(({ phase }) => !/superseded|removing/.test(phase)),
  },
  'the seq of a slot never decreases, and every new target has a higher one': {
    because: 'the seq is the fence against everybody who slept',
    holds: ({ before, after }) =>
      after.seq >= before.seq &&
      (after.target === null || after.target.seq === before.target?.seq || after.target.seq > before.seq),
  },
  'whatever is not over waits for somebody, with a time wherever the table gives one': {
    because: 'what waits for nobody is stuck for ever',
    holds: ({ after }) => after.live.every((one) => isWaitedFor(after, one)),
  },
  'failed and archived absorb': {
    because: 'who was told that it is over may rely on it',
    holds: (step) =>
      step.before.leaving.every(({ id }) => !step.after.live.some((one) => one.id === id)) &&
      pairsOf(step).every(([then, now]) => !hasEnded(then) || now === then),
  },
  'deployed means that the thing has reported the very digest that was sealed': {
    because: 'it is the one promise that everybody reads',
    holds: (step) =>
      pairsOf(step).every(
        ([then, now]) =>
          then.phase === 'deployed' || now.phase !== 'deployed' || step.wasHeard(now.seq, now.revision),
      ) && newcomersIn(step).every(({ phase }) => phase !== 'deployed'),
  },
  'each transition is exactly one event of the history': {
    because: 'the history is what people are held to',
    holds: (step) => pairsOf(step).every(isOneTransition) && newcomersIn(step).every(isBirth),
  },
  'versions equal a recount': {
    because: 'If-Match compares them: one more with every event, one more with every save',
    holds: ({ before, after }) =>
      after.version === before.version + 1 &&
      present(after).every(({ version, history }) => version === history.length),
  },
  'nothing is lost, and nothing is there twice': {
    because: 'an accepted write stays until it has ended',
    holds: ({ before, after }) => {
      const now = idsOf(present(after));
      return isDistinct(now) && idsOf(before.live).every((id) => now.includes(id));
    },
  },
  'what is over leaves, and only that': {
    because: 'what is live costs room, and what has left is not shown as live',
    holds: ({ after }) =>
      !after.live.some((one) => isOver(after, one)) && after.leaving.every((one) => isOver(after, one)),
  },
  'a slot belongs to one group at a time, and its generation never decreases while it does': {
    because: 'the generation is the fence against workers of a group that slept',
    holds: ({ before: { member: then }, after: { member: now } }) =>
      then === undefined ||
      now === undefined ||
      (now.group === then.group && now.generation >= then.generation),
  },
  'a slot that belongs to no group is given no part of a rollout': {
    because: 'who has left has nothing of the group’s',
    holds: (step) =>
      step.after.member !== undefined || newcomersIn(step).every(({ part }) => part === undefined),
  },
  'a slot keeps its thing, its channel and its organization': {
    because: 'an organization never learns of another’s things',
    holds: ({ before, after }) =>
      after.organization !== '' &&
      after.organization === before.organization &&
      after.id.thing === before.id.thing &&
      after.id.channel === before.id.channel,
  },
} as const satisfies Invariants<SlotStep>;

// ---- a thing, before and after it did something

export interface ThingStep {
  /** The highest seq that it has taken in this life of it; -1 for none. */
  readonly before: number;
  readonly after: number;
  /** How often each deployment has run on it. */
  readonly runs: ReadonlyMap<string, number>;
}

export const ofThings = {
  'the seq that a thing has taken never decreases': {
    because: 'an old target that wins is a rollback that nobody wanted',
    holds: ({ before, after }) => after >= before,
  },
  'each deployment of a queue runs at most once': {
    because: 'a script that runs twice may do harm',
    holds: ({ runs }) => [...runs.values()].every((times) => times <= 1),
  },
} as const satisfies Invariants<ThingStep>;

// ---- a slot beside its records

/** `filed`: there, without an end. */
export type RecordState = 'filed' | Phase;

export interface Books {
  readonly slot: Slot;
  /** Undefined: nothing is filed under that id. */
  readonly recordOf: (id: string) => RecordState | undefined;
  /** Every deployment that a saved slot has ever named. */
  readonly accepted: Iterable<string>;
}

const agrees = ({ id, phase }: Deployment, { recordOf }: Books): boolean => {
  const record = recordOf(id);
  return record === 'filed' || record === phase;
};

export const ofBooks = {
  'whatever a slot names is on record': {
    because: 'who asked for it, and for what, is only there',
    holds: (books) => present(books.slot).every(({ id }) => books.recordOf(id) !== undefined),
  },
  'what is live has no end on record, and what leaves has none but its own': {
    because: 'a reader takes whichever it meets first',
    holds: (books) =>
      books.slot.live.every(({ id }) => books.recordOf(id) === 'filed') &&
      books.slot.leaving.every((one) => agrees(one, books)),
  },
  'what was accepted is in its slot, or its end is on record': {
    because: 'otherwise it would not be found any more',
    holds: ({ slot, recordOf, accepted }) =>
      [...accepted].every((id) => present(slot).some((one) => one.id === id) || recordOf(id) !== 'filed'),
  },
} as const satisfies Invariants<Books>;

// ---- a slot beside what its group has called back

export interface CalledBack {
  readonly slot: Slot;
  /** Parts of rollouts that were called back since the thing came into the group. */
  readonly calledBack: readonly string[];
}

export const ofCallBacks = {
  'what was called back is not brought by a worker that slept': {
    because: 'its rollout is over, and nobody would call it back again',
    holds: ({ slot, calledBack }) =>
      slot.live.every((one) => !calledBack.includes(one.id) || !isOutstanding(one)),
  },
} as const satisfies Invariants<CalledBack>;

// ---- at rest: nobody acts any more, and no fault is left

export interface Rest {
  readonly slot: Slot;
  /** What the thing has in force; undefined: it was never asked, or it has lost it. */
  readonly inForce: { readonly seq: number; readonly revision: string } | undefined;
}

export const ofRest = {
  'at rest nothing is outstanding': {
    because: 'whatever was asked for has come to an end, or waits for a person',
    holds: ({ slot }) =>
      slot.waiting === null && slot.live.every((one) => isStaged(one) || one.phase === 'deployed'),
  },
  'at rest a thing has what its slot says that it has': {
    because: 'that is what the whole house is for',
    holds: ({ slot, inForce }) =>
      !isReplace(slot) ||
      slot.live
        .filter(({ phase }) => phase === 'deployed')
        .every(({ seq, revision }) => inForce?.seq === seq && inForce.revision === revision),
  },
} as const satisfies Invariants<Rest>;

// ---- what the doors answered

/** The words that every dialect must have for a phase, whatever it calls them. */
export type Told = 'waits for a person' | 'under way' | 'good' | 'failed' | 'taken away';

/** Written by hand, apart from the dialects' own tables. */
const toldOfPhase: Readonly<Record<Phase, Told>> = {
  staged: 'waits for a person',
  drifted: 'waits for a person',
  queued: 'under way',
  retrying: 'under way',
  deployed: 'good',
  superseded: 'good',
  removing: 'under way',
  archived: 'taken away',
  failed: 'failed',
};

export interface Answers {
  /** What a door's word may stand for (some merge two), beside the phase that the engine has. */
  readonly told: readonly { readonly as: readonly Told[]; readonly phase: Phase }[];
  /** What Humanitec tells of a fleet, beside what slots and marks say, and Miru of the same devices. */
  readonly alike: readonly { readonly told: unknown; readonly known: unknown }[];
  /** What Miru and Heat answer to the id of a part of a rollout. */
  readonly foreign: readonly number[];
  /** A list's total, and what going through all of its pages came to. */
  readonly counts: readonly { readonly told: number; readonly recounted: number }[];
  /** What was made with one idempotency key, by the key. */
  readonly made: ReadonlyMap<string, ReadonlySet<string>>;
  /** Organization of what was seen, beside who saw it. */
  readonly seen: readonly { readonly of: string; readonly by: string }[];
}

export const ofAnswers = {
  'the dialects tell the same state': {
    because: 'they are three tongues for one engine',
    holds: ({ told }) => told.every(({ as, phase }) => as.includes(toldOfPhase[phase])),
  },
  'of a fleet Humanitec tells what slots and marks say, and Miru of its devices': {
    because: 'whoever looks at a robot, at its environment or at the whole must not be told three things',
    holds: ({ alike }) => alike.every(({ told, known }) => isDeepStrictEqual(told, known)),
  },
  'a part of a rollout is told by its environment alone: Miru and Heat have no id for it': {
    because: 'a deployment of one device is a dialect’s own; what a fleet is given is its environment’s',
    holds: ({ foreign }) => foreign.every((status) => status === 404),
  },
  'counters equal a recount': {
    because: 'a page that promises more than there is sends its reader round in circles',
    holds: ({ counts }) => counts.every(({ told, recounted }) => told === recounted),
  },
  'the same idempotency key has one effect': {
    because: 'whoever gets no answer asks again',
    holds: ({ made }) => [...made.values()].every((ids) => ids.size <= 1),
  },
  'no organization sees another’s': {
    because: 'they share a table, and nothing else',
    holds: ({ seen }) => seen.every(({ of, by }) => of === by),
  },
} as const satisfies Invariants<Answers>;

// ---- asking all of a group

/** The names of those that do not hold. */
export const broken = <Fact>(invariants: Invariants<Fact>, fact: Fact): string[] =>
  Object.entries(invariants).flatMap(([name, { holds }]) => (holds(fact) ? [] : [name]));

export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Throws with the names of those that do not hold. */
export const hold = <Fact>(invariants: Invariants<Fact>, fact: Fact, where: () => string): void => {
  const names = broken(invariants, fact);
  if (names.length > 0) throw new Violation(`${names.join('; ')}: ${where()}`);
};
