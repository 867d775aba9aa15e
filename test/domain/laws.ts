// What must be true after every step, whatever happens to a slot. Each law is a sentence; a step that breaks it is a bug.
import { rulesOf } from '#domain/channel';
import { decide } from '#domain/decide';
import { type Deployment, hasEnded, isOutstanding, isStaged, isWanted } from '#domain/deployment';
import type { Context, Decision, SlotEvent } from '#domain/event';
import { axesOf, type Wanted } from '#domain/phase';
import { isRefusal, type Refusal } from '#domain/refusal';
import { findIn, isOver, type Slot, waitOf, wakeAtOf } from '#domain/slot';
import { type Wait, waits } from '#domain/waiting';
import { wordOn } from './given.ts';

export interface Step {
  readonly before: Slot;
  readonly event: SlotEvent;
  readonly context: Context;
  readonly answer: Decision | Refusal;
}

interface Decided extends Step {
  readonly decision: Decision;
  readonly after: Slot;
  /** What was there before the step and is there after it, side by side. */
  readonly pairs: readonly Pair[];
  /** What was not there before. */
  readonly newcomers: readonly Deployment[];
}

type Pair = readonly [Deployment, Deployment];

const isReplace = (slot: Slot): boolean => rulesOf(slot.id.channel).order === 'replace';
const ids = (deployments: readonly Deployment[]): string[] => deployments.map(({ id }) => id);
const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
const atMostOne = (values: readonly unknown[]): boolean => values.length <= 1;

/** Everything that a step leaves behind, live or leaving. */
const present = (slot: Slot): readonly Deployment[] => [...slot.live, ...slot.leaving];

const pairsOf = (before: Slot, after: Slot): readonly Pair[] =>
  present(after).flatMap((now) => {
    const then = before.live.find(({ id }) => id === now.id);
    return then === undefined ? [] : [[then, now] as const];
  });

const newcomersTo = (before: Slot, after: Slot): readonly Deployment[] =>
  present(after).filter(({ id }) => findIn(before, id) === undefined);

const isAskedFor = (event: SlotEvent, id: string): boolean =>
  (event.type === 'deploy' || event.type === 'stage') && event.deployment.id === id;

const rank: Readonly<Record<Wanted, number>> = { staged: 0, deployed: 1, archived: 2 };
const rankOf = ({ phase }: Deployment): number => rank[axesOf(phase).wanted];

const startsWith = (history: Deployment['history'], beginning: Deployment['history']): boolean =>
  beginning.every((event, index) => history[index] === event);

const wasOneTransition = ([then, now]: Pair): boolean => {
  if (then === now) return true;
  const last = now.history.at(-1);
  return (
    now.history.length === then.history.length + 1 &&
    startsWith(now.history, then.history) &&
    now.version === then.version + 1 &&
    last?.from === then.phase &&
    last.to === now.phase
  );
};

const wasBorn = ({ history, phase, version }: Deployment): boolean =>
  history.length === 1 && history[0]?.from === null && history[0].to === phase && version === 1;

const isTimed = (wait: Wait): boolean => wait.lookAgainAfterMs !== undefined;

const isWaitedFor = (slot: Slot, deployment: Deployment): boolean => {
  const wait = waitOf(slot, deployment);
  return wait !== null && (!isTimed(waits[wait.for]) || (wait.until !== null && wakeAtOf(slot) !== null));
};

const wasConfirmed = ([then, now]: Pair): boolean => then.phase !== 'deployed' && now.phase === 'deployed';

const isConfirmationOf = (event: SlotEvent, { seq, revision }: Deployment): boolean =>
  event.type === 'report' &&
  ['applied', 'removed'].includes(event.report.state) &&
  event.report.seq === seq &&
  event.report.revision === revision;

const isAwaited = (slot: Slot, seq: number): boolean =>
  isReplace(slot)
    ? slot.waiting !== null && slot.target?.seq === seq
    : slot.live.some((one) => isOutstanding(one) && one.seq === seq);

const wishes: ReadonlySet<SlotEvent['type']> = new Set(['stage', 'deploy', 'deploy staged', 'archive']);
/** A look is due again when several deadlines have passed; the other two are wishes to do it again. */
const repeatable: ReadonlySet<SlotEvent['type']> = new Set(['look', 'redrive', 'reissue']);

const confirm = (slot: Slot, context: Context, about?: string): Slot => {
  const report = wordOn(slot, 'applied', about === undefined ? {} : { about });
  const answer = decide(slot, { type: 'report', report }, context);
  return isRefusal(answer) ? slot : answer.slot;
};

const settled = (slot: Slot, context: Context): Slot => {
  const answer = decide(slot, { type: 'settle' }, context);
  return isRefusal(answer) ? slot : answer.slot;
};

/** What a thing that does all it is told makes of a slot. */
const obeyed = (slot: Slot, context: Context): Slot => {
  if (isReplace(slot)) return slot.waiting === null ? slot : confirm(slot, context);
  const ran = ids(slot.live.filter(isOutstanding)).reduce((now, id) => confirm(now, context, id), slot);
  return settled(ran, context);
};

const isAtRest = (slot: Slot): boolean =>
  slot.waiting === null && slot.live.every((one) => isStaged(one) || one.phase === 'deployed');

type Law = (step: Decided) => boolean;

export const laws = {
  'at most one deployment is wanted where the newest wins': ({ after }) =>
    !isReplace(after) || atMostOne(after.live.filter(isWanted)),

  'at most one confirmed deployment waits to be replaced or removed': ({ after }) =>
    atMostOne(after.live.filter(({ phase }) => phase === 'superseded' || phase === 'removing')),

  'none takes another’s place in a queue': ({ after }) =>
    isReplace(after) || present(after).every(({ phase }) => phase !== 'superseded' && phase !== 'removing'),

  'the seq never decreases, and grows with every new target': ({ before, after }) =>
    after.seq >= before.seq &&
    (after.target === null ||
      after.target.seq === before.target?.seq ||
      (after.target.seq > before.seq && after.target.seq === after.seq)),

  'each outstanding deployment has a seq of its own, the slot’s highest at most': ({ after }) => {
    const seqs = after.live.filter(isOutstanding).map(({ seq }) => seq);
    return distinct(seqs) && seqs.every((seq) => seq > 0 && seq <= after.seq);
  },

  'an outstanding head is the target': ({ after }) =>
    !isReplace(after) ||
    after.live
      .filter(isOutstanding)
      .every(
        ({ id, seq, revision }) =>
          after.target?.deployment === id && after.target.seq === seq && after.target.revision === revision,
      ),

  'nothing that is over is asked of the thing, unless nothing is asked': ({ after, context }) =>
    !isReplace(after) ||
    after.waiting === null ||
    after.target?.revision === context.nothing ||
    after.live.some((one) => isOutstanding(one) && one.id === after.target?.deployment),

  'whatever is not over waits for somebody, with a time wherever the table gives one': ({ after }) =>
    after.live.every((deployment) => isWaitedFor(after, deployment)),

  'what is over is leaving, and what is not over is live': ({ after }) =>
    !after.live.some((one) => isOver(after, one)) && after.leaving.every((one) => isOver(after, one)),

  'what has left does not come back': ({ before, after }) => {
    const live = new Set(ids(after.live));
    return before.leaving.every(({ id }) => !live.has(id));
  },

  'nothing is lost, and nothing is there twice': ({ before, after }) => {
    const now = ids(present(after));
    return distinct(now) && ids(before.live).every((id) => now.includes(id));
  },

  'nothing comes but what was asked for and what is made': (step) =>
    step.newcomers.every(
      (one) => isAskedFor(step.event, one.id) || step.decision.made.some((made) => made === one),
    ),

  'what is made are exactly the restores that are new': (step) => {
    const restores = step.newcomers.filter((one) => one.restores !== null);
    return ids(restores).join() === ids(step.decision.made).join();
  },

  'each transition is one event in the history, and changes the version by one': (step) =>
    step.pairs.every(wasOneTransition) && step.newcomers.every(wasBorn),

  'what is wanted never goes backwards': (step) =>
    step.pairs.every(([then, now]) => rankOf(now) >= rankOf(then)),

  'nothing is deployed but by the thing’s own word on that very revision': (step) =>
    step.pairs.filter(wasConfirmed).every(([then]) => isConfirmationOf(step.event, then)),

  'attempts never shrink but with a reissue, and never reach the cap alive': (step) =>
    step.pairs.every(
      ([then, now]) =>
        (now.attempts >= then.attempts || step.event.type === 'reissue') &&
        (hasEnded(now) || now.attempts < step.context.attemptsMax),
    ),

  'a word on what nobody asks for changes nothing': ({ before, event, decision }) =>
    event.type !== 'report' || isAwaited(before, event.report.seq) || !decision.changed,

  'what happens twice happens once': ({ event, after, context }) => {
    if (repeatable.has(event.type)) return true;
    const again = decide(after, event, context);
    return isRefusal(again) || !again.changed;
  },

  'unchanged is the very same slot, and changed is one version more': ({ before, after, decision }) =>
    decision.changed
      ? after !== before && after.version === before.version + 1
      : after === before && decision.made.length === 0 && decision.messages.length === 0,

  'a new target is told, in one message that names the slot': ({ before, after, decision: { messages } }) =>
    atMostOne(messages) &&
    messages.every(({ slot, ...more }) => slot === before.id && Object.keys(more).length === 0) &&
    (after.target === null || after.target.seq === before.target?.seq || messages.length === 1),

  'a thing that does what it is told brings it to rest': ({ after, context }) =>
    isAtRest(obeyed(after, context)),
} as const satisfies Record<string, Law>;

export type LawName = keyof typeof laws | 'only a wish is refused';
export const lawNames = [...Object.keys(laws), 'only a wish is refused'] as LawName[];

const sameOrNewer = 'unchanged is the very same slot, and changed is one version more';

/** The laws that a step breaks. */
export const broken = (step: Step): readonly LawName[] => {
  const { answer, event } = step;
  if (isRefusal(answer)) return wishes.has(event.type) ? [] : ['only a wish is refused'];
  const { slot: after } = answer;
  const decided = { ...step, decision: answer, after };
  // The very same slot has been held to all the others when it came about.
  if (!answer.changed)
    return laws[sameOrNewer]({ ...decided, pairs: [], newcomers: [] }) ? [] : [sameOrNewer];
  const compared: Decided = {
    ...decided,
    pairs: pairsOf(step.before, after),
    newcomers: newcomersTo(step.before, after),
  };
  return Object.entries(laws).flatMap(([name, law]) => (law(compared) ? [] : [name as LawName]));
};
