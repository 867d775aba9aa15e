// A rollout and its few things, breadth first: workers that read it and slept, counts that are old when they are saved, people who change
// their minds at any time. `decideRollout` is the real one; what a slot does with a part is one flag: its door is open or shut.
import type { decideRollout, RolloutEvent } from '#domain/decide-rollout';
import type { Plan } from '#domain/plan';
import { isRefusal } from '#domain/refusal';
import { type Counts, callsBack, mayExpose, newRollout, type Rollout } from '#domain/rollout';
import { ofRollouts } from './fleet-invariants.ts';
import { broken } from './invariants.ts';

/** Of one thing, by its place in the order. */
type Part = 'waits' | 'given' | 'applied' | 'failed' | 'withdrawn';

/** What somebody has read, and may act on much later. */
interface Seen {
  readonly exposed: number;
  readonly mayGive: boolean;
}

interface Counted {
  readonly counts: Counts;
  /** Somebody else has saved since: this will not be saved. */
  readonly isStale: boolean;
}

interface State {
  readonly rollout: Rollout;
  readonly parts: readonly Part[];
  /** Called back: what comes later is not taken. */
  readonly shut: readonly boolean[];
  readonly worker: Seen | null;
  readonly counter: Counted | null;
}

export interface Fleet {
  /** Whether each thing was connected when it began. */
  readonly reachable: readonly boolean[];
  readonly plan: Plan;
  readonly decide: typeof decideRollout;
  /** A slot refuses what was called back. */
  readonly shutsDoors: boolean;
}

export interface RolloutsSearched {
  readonly states: number;
  readonly steps: number;
  readonly violation: { readonly broken: readonly string[]; readonly trace: readonly string[] } | undefined;
}

/** Nothing has passed, a bake is over, the deadline is over. */
const times = { now: 0, baked: 1, late: 100 } as const;

export const smallPlan: Plan = {
  waves: [{ count: 1 }, { percent: 50 }],
  bakeMs: times.baked,
  failuresMax: { count: 1 },
  deadlineMs: times.late,
  alarms: ['errors'],
  rollsBack: false,
};

const atZero = (at: number | null): number | null => (at === null ? null : 0);

const settle = (rollout: Rollout): Rollout => ({
  ...rollout,
  version: 1,
  since: 0,
  looks: 0,
  heldMs: 0,
  lookAt: atZero(rollout.lookAt),
  countedAt: atZero(rollout.countedAt),
  sealedUpTo: null,
  hold: rollout.hold && { ...rollout.hold, at: 0, why: '' },
  end: rollout.end && { ...rollout.end, at: 0, by: '', failure: null },
});

const first = ({ plan, reachable }: Fleet): State => ({
  rollout: settle(
    newRollout({
      id: 'rollout',
      organization: 'acme',
      channel: 'environment',
      group: 'shop',
      generation: 1,
      revision: 'sha256:new',
      fallback: null,
      plan,
      createdAt: 0,
      createdBy: 'key:ada',
      about: {},
    }),
  ),
  parts: reachable.map(() => 'waits'),
  shut: reachable.map(() => false),
  worker: null,
  counter: null,
});

interface Step {
  readonly label: string;
  readonly after: State;
}

const replaced = <Item>(items: readonly Item[], at: number, item: Item): readonly Item[] =>
  items.map((one, index) => (index === at ? item : one));

/** As `count-deliveries` counts: of those that are exposed, and everybody who was offline and is not done. */
const countOf = ({ reachable }: Fleet, { rollout, parts }: State): Counts => {
  const exposed = parts.slice(0, rollout.exposed);
  const isDone = (part: Part): boolean => part !== 'waits' && part !== 'given';
  const doneOffline = exposed.filter((part, at) => isDone(part) && reachable[at] === false).length;
  return {
    applied: exposed.filter((part) => part === 'applied').length,
    failed: exposed.filter((part) => part === 'failed').length,
    withdrawn: exposed.filter((part) => part === 'withdrawn').length,
    offline: rollout.total - rollout.reachable - doneOffline,
    outstanding: exposed.filter((part, at) => !isDone(part) && reachable[at] === true).length,
  };
};

const happens = (fleet: Fleet, state: State, label: string, event: RolloutEvent, now: number): Step[] => {
  const answer = fleet.decide(state.rollout, event, { now, by: 'key:ada' });
  if (isRefusal(answer) || answer === state.rollout) return [];
  const counter = state.counter && { ...state.counter, isStale: true };
  return [{ label, after: { ...state, rollout: settle(answer), counter } }];
};

const people = (fleet: Fleet, state: State): Step[] =>
  (['pause', 'resume', 'cancel', 'give up', 'redrive'] as const)
    .flatMap((type) => happens(fleet, state, type, { type }, times.now))
    .concat(happens(fleet, state, 'an alarm', { type: 'halt', alarm: 'errors' }, times.now));

const pageSize = 2;

const seals = (fleet: Fleet, state: State): Step[] => {
  if (state.rollout.phase !== 'sealing') return happens(fleet, state, 'begin', { type: 'begin' }, times.now);
  const { total } = state.rollout;
  const page = fleet.reachable.slice(total, total + pageSize);
  const isLast = total + page.length === fleet.reachable.length;
  const reachable = page.filter(Boolean).length;
  const event = { type: 'seal', upTo: null, added: page.length, reachable, isLast } as const;
  return happens(fleet, state, 'a page is sealed', event, times.now);
};

const counting = (fleet: Fleet, state: State): Step[] => {
  const { counter, rollout } = state;
  if (rollout.phase !== 'rolling' && rollout.phase !== 'baking') return [];
  const counts = countOf(fleet, state);
  const read: Step = { label: 'somebody counts', after: { ...state, counter: { counts, isStale: false } } };
  if (counter === null || counter.isStale) return [read];
  const saves = Object.entries(times).flatMap(([when, now]) =>
    happens(
      { ...fleet },
      { ...state, counter: null },
      `what was counted is saved (${when})`,
      { type: 'count', counts: counter.counts },
      now,
    ),
  );
  return [read, ...saves];
};

const working = (fleet: Fleet, state: State): Step[] => {
  const { rollout, worker, parts, shut } = state;
  const seen: Seen = { exposed: rollout.exposed, mayGive: mayExpose(rollout) };
  const takes = (part: Part, at: number): boolean =>
    part === 'waits' ? shut[at] !== true : part === 'withdrawn' && shut[at] === true && !fleet.shutsDoors;
  const gives = parts.flatMap((part, at): Step[] =>
    worker?.mayGive === true && at < worker.exposed && takes(part, at)
      ? [{ label: `thing ${at} is given it`, after: { ...state, parts: replaced(parts, at, 'given') } }]
      : [],
  );
  return [{ label: 'a worker reads it', after: { ...state, worker: seen } }, ...gives];
};

const things = (state: State): Step[] =>
  state.parts.flatMap((part, at): Step[] =>
    part === 'given'
      ? (['applied', 'failed', 'withdrawn'] as const).map((word) => ({
          label: `thing ${at}: ${word}`,
          after: { ...state, parts: replaced(state.parts, at, word) },
        }))
      : [],
  );

/** Each that is exposed and not done, one by one; only then it is over. */
const ending = (fleet: Fleet, state: State): Step[] => {
  const { rollout, parts, shut } = state;
  if (rollout.phase !== 'ending') return [];
  const isBack = (part: Part, at: number): boolean =>
    shut[at] === true || (part !== 'waits' && part !== 'given') || at >= rollout.exposed;
  const isTold = (part: Part, at: number): boolean => part !== 'waits' || at >= rollout.exposed;
  const isDone = callsBack(rollout) ? parts.every(isBack) : parts.every(isTold);
  const backs = parts.flatMap((part, at): Step[] =>
    !callsBack(rollout) || isBack(part, at)
      ? []
      : [
          {
            label: `thing ${at} is called back`,
            after: { ...state, shut: replaced(shut, at, true), parts: replaced(parts, at, 'withdrawn') },
          },
        ],
  );
  return isDone ? [...backs, ...happens(fleet, state, 'tidied', { type: 'tidied' }, times.now)] : backs;
};

const stepsOf = (fleet: Fleet, state: State): Step[] => [
  ...seals(fleet, state),
  ...counting(fleet, state),
  ...working(fleet, state),
  ...things(state),
  ...ending(fleet, state),
  ...people(fleet, state),
];

const isGiven = (part: Part): boolean => part !== 'waits' && part !== 'withdrawn';

const isPending = (part: Part): boolean => part === 'waits' || part === 'given';

const factOf = ({ reachable }: Fleet, before: State, { rollout, parts }: State) => {
  const count = (state: Part): number => parts.filter((part) => part === state).length;
  return {
    before: before.rollout,
    after: rollout,
    given: parts.filter(isGiven).length,
    open: count('given'),
    waitedFor: parts
      .slice(0, before.rollout.exposed)
      .filter((part, at) => reachable[at] === true && isPending(part)).length,
    marked: { applied: count('applied'), failed: count('failed'), withdrawn: count('withdrawn') },
  };
};

interface Reached {
  readonly state: State;
  readonly from: Reached | undefined;
  readonly label: string;
}

const traceOf = ({ from, label }: Reached): string[] => (from === undefined ? [] : [...traceOf(from), label]);

export const searchRollouts = (fleet: Fleet): RolloutsSearched => {
  const start: Reached = { state: first(fleet), from: undefined, label: '' };
  const seen = new Set([JSON.stringify(start.state)]);
  const reached = [start];
  let steps = 0;
  for (const here of reached)
    for (const { label, after } of stepsOf(fleet, here.state)) {
      steps += 1;
      const next: Reached = { state: after, from: here, label };
      const names = broken(ofRollouts, factOf(fleet, here.state, after));
      if (names.length > 0)
        return { states: seen.size, steps, violation: { broken: names, trace: traceOf(next) } };
      const key = JSON.stringify(after);
      if (seen.has(key)) continue;
      seen.add(key);
      reached.push(next);
    }
  return { states: seen.size, steps, violation: undefined };
};
