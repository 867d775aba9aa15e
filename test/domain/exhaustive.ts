// Everything that three deployments can go through in one slot, breadth first: each state once, by the shortest way to it.
import { decide } from '#domain/decide';
import { isOutstanding } from '#domain/deployment';
import type { NewDeployment, Report, ReportState, SlotEvent } from '#domain/event';
import { isRefusal } from '#domain/refusal';
import { emptySlot, type Slot, type SlotId, wakeAtOf } from '#domain/slot';
import { contextAt, frozen, minutes, revisionOf, seconds, start } from './given.ts';
import { broken, type LawName } from './laws.ts';

const attemptsMax = 2;

const candidates: readonly NewDeployment[] = [
  { id: 'a', revision: revisionOf('a'), track: 'stable', deadline: null },
  { id: 'b', revision: revisionOf('b'), track: 'next', deadline: start + 5 * minutes },
  { id: 'c', revision: revisionOf('c'), track: 'stable', deadline: null },
];

interface State {
  readonly slot: Slot;
  readonly now: number;
  readonly used: readonly string[];
  readonly cameFrom: State | undefined;
  readonly by: SlotEvent | undefined;
}

export interface Explored {
  readonly states: number;
  readonly steps: number;
  /** Of each law that was broken: the shortest way to a step that breaks it. */
  readonly violations: ReadonlyMap<LawName, readonly SlotEvent[]>;
}

const said = (seq: number, revision: string, state: ReportState, attempt: number): Report => ({
  seq,
  revision,
  state,
  attempt,
  failure: null,
});

const wordsOn = (seq: number, revision: string): readonly Report[] => [
  said(seq, revision, 'applying', 1),
  said(seq, revision, 'applied', 1),
  said(seq, revision, 'removed', 1),
  said(seq, revisionOf('something else'), 'applied', 1),
  said(seq, revision, 'retrying', 1),
  said(seq, revision, 'retrying', attemptsMax),
  said(seq, revision, 'failed', 1),
];

/** On the target, on each that is outstanding, and on a seq that nobody asks for any more. */
const reportsOn = ({ target, live, seq }: Slot): readonly Report[] => {
  const asked = new Map(live.filter(isOutstanding).map((one) => [one.seq, one.revision]));
  if (target?.revision != null) asked.set(target.seq, target.revision);
  const stale = said(Math.min(seq, ...asked.keys()) - 1, revisionOf('a'), 'applied', 1);
  return [...[...asked].flatMap(([of, revision]) => wordsOn(of, revision)), stale];
};

const others = [
  'look',
  'thing offline',
  'thing online',
  'give up',
  'redrive',
  'reissue',
  'settle',
  'abandon',
] as const;

const eventsOn = ({ slot, used }: State): readonly SlotEvent[] => [
  ...candidates
    .filter(({ id }) => !used.includes(id))
    .flatMap((deployment): SlotEvent[] => [
      { type: 'stage', deployment },
      { type: 'deploy', deployment },
    ]),
  ...[...slot.live, ...slot.leaving].flatMap(({ id }): SlotEvent[] => [
    { type: 'archive', id },
    { type: 'deploy staged', id },
  ]),
  ...reportsOn(slot).map((report): SlotEvent => ({ type: 'report', report })),
  ...others.map((type): SlotEvent => ({ type })),
];

/** A look comes when it is due; everything else a second later. */
const timeOf = ({ slot, now }: State, event: SlotEvent): number =>
  event.type === 'look' ? Math.max(now, wakeAtOf(slot) ?? now) : now + seconds;

/** What makes two states differ for all that can still happen: not the hours, not the numbers, only their order. */
const keyOf = ({ slot, now, used }: State): string => {
  const seqs = [...new Set(slot.live.map(({ seq }) => seq)), slot.target?.seq ?? 0].sort((x, y) => x - y);
  const live = slot.live.map((one) => [
    one.id,
    one.phase,
    seqs.indexOf(one.seq),
    one.attempts,
    one.restores,
    one.deadline !== null && one.deadline <= now,
    one.deadline === null,
  ]);
  const leaving = slot.leaving.map(({ id, phase }) => [id, phase]);
  const target = slot.target && [slot.target.deployment, slot.target.revision, seqs.indexOf(slot.target.seq)];
  return JSON.stringify([live, leaving, target, slot.waiting?.for, [...used].sort()]);
};

const wayTo = (state: State): SlotEvent[] =>
  state.cameFrom === undefined || state.by === undefined ? [] : [...wayTo(state.cameFrom), state.by];

const usedAfter = ({ used }: State, event: SlotEvent): readonly string[] =>
  event.type === 'stage' || event.type === 'deploy' ? [...used, event.deployment.id] : used;

export const explore = (channel: SlotId['channel']): Explored => {
  const slot = frozen(emptySlot({ thing: 'robot-7', channel }, 'acme'));
  const first: State = { slot, now: start, used: [], cameFrom: undefined, by: undefined };
  const seen = new Set([keyOf(first)]);
  const violations = new Map<LawName, readonly SlotEvent[]>();
  const states = [first];
  let steps = 0;

  const take = (state: State, event: SlotEvent): void => {
    const now = timeOf(state, event);
    const context = { ...contextAt(now), attemptsMax };
    const answer = decide(state.slot, event, context);
    steps += 1;
    for (const law of broken({ before: state.slot, event, context, answer }))
      if (!violations.has(law)) violations.set(law, [...wayTo(state), event]);
    if (isRefusal(answer) || !answer.changed) return;
    const next: State = {
      slot: answer.slot,
      now,
      used: usedAfter(state, event),
      cameFrom: state,
      by: event,
    };
    const key = keyOf(next);
    if (seen.has(key)) return;
    seen.add(key);
    frozen(next.slot);
    states.push(next);
  };

  for (const state of states) for (const event of eventsOn(state)) take(state, event);
  return { states: states.length, steps, violations };
};
