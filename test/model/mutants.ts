// The code with one thing taken out of it: what the check is for is to find each of these.
import { decide } from '#domain/decide';
import type { Deployment } from '#domain/deployment';
import type { Decision, SlotEvent } from '#domain/event';
import { isRefusal } from '#domain/refusal';
import type { Slot } from '#domain/slot';
import type { Bounds, Rules } from './bounds.ts';
import { rules } from './rules.ts';

type Change = (slot: Slot, before: Slot) => Slot;

/** The real decision, and then something else than what the table says. */
const decidingElse =
  (change: Change): Rules['decide'] =>
  (slot, event, context) => {
    const answer = decide(slot, event, context);
    return isRefusal(answer) || !answer.changed
      ? answer
      : ({ ...answer, slot: change(answer.slot, slot) } as Decision);
  };

const mapAll = (slot: Slot, change: (one: Deployment) => Deployment): Slot => ({
  ...slot,
  live: slot.live.map(change),
  leaving: slot.leaving.map(change),
});

/** A word on any seq counts as one on the target's. */
const withoutFence: Rules['decide'] = (slot, event, context) => {
  const { target } = slot;
  if (event.type !== 'report' || target === null || target.revision === null)
    return decide(slot, event, context);
  const report = { ...event.report, seq: target.seq, revision: target.revision };
  return decide(slot, { ...event, report } as SlotEvent, context);
};

/** The move table's cell `queued`, `supersede`, as `ignore`. */
const neverSuperseded = decidingElse((after, before) => {
  const back = after.leaving.flatMap(
    ({ id }) => before.live.find((one) => one.id === id && one.phase === 'queued') ?? [],
  );
  const isReplaced = after.target?.deployment !== before.target?.deployment && after.live.length > 0;
  return isReplaced ? { ...after, live: [...back, ...after.live], leaving: [] } : after;
});

/** What a group gives is taken, however old it is; the generation itself never goes back. */
const whateverGeneration: Rules['decide'] = (slot, event, context) => {
  if (event.type !== 'deploy' || event.within === undefined || slot.member === undefined)
    return decide(slot, event, context);
  const generation = Math.max(event.within.generation, slot.member.generation);
  return decide(slot, { ...event, within: { ...event.within, generation } }, context);
};

/** What is called back goes, and the door stays open. */
const openDoor = decidingElse((after, before) =>
  after.member !== undefined && before.member !== undefined ? { ...after, member: before.member } : after,
);

/** Who leaves is emptied, and whatever its group still sends is taken. */
const leavesOpen: Rules['decide'] = (slot, event, context) => {
  if (event.type !== 'deploy' || event.within === undefined || slot.member !== undefined)
    return decide(slot, event, context);
  const { within: _, ...deploys } = event;
  return decide(slot, deploys, context);
};

const inGroup: Partial<Bounds> = { channel: 'environment', group: true, deployments: 2 };

export interface Mutant {
  readonly rules: Rules;
  readonly bounds: Partial<Bounds>;
  /** The invariant that must be seen broken. */
  readonly breaks: string;
}

export const mutants: Readonly<Record<string, Mutant>> = {
  'a domain without the fence of the seq': {
    rules: { ...rules, decide: withoutFence },
    bounds: { deployments: 2 },
    breaks: 'deployed means that the thing has reported the very digest that was sealed',
  },
  'a move table in which the newest does not supersede what is queued': {
    rules: { ...rules, decide: neverSuperseded },
    bounds: { deployments: 2 },
    breaks: 'at most one deployment of a slot is wanted where the newest wins',
  },
  'a wait without its time': {
    rules: {
      ...rules,
      decide: decidingElse((slot) => ({
        ...slot,
        waiting: slot.waiting && { ...slot.waiting, until: null },
      })),
    },
    bounds: { deployments: 1 },
    breaks: 'whatever is not over waits for somebody, with a time wherever the table gives one',
  },
  'a transition that is written into the history twice': {
    rules: {
      ...rules,
      decide: decidingElse((slot) =>
        mapAll(slot, (one) => ({ ...one, history: [...one.history, ...one.history.slice(-1)] })),
      ),
    },
    bounds: { deployments: 1 },
    breaks: 'each transition is exactly one event of the history',
  },
  'a save that does not ask for the version': {
    rules: { ...rules, conditionalSave: false },
    bounds: { deployments: 2, workers: 2 },
    breaks: 'what was accepted is in its slot, or its end is on record',
  },
  'a slot that forgets what leaves before its end is on record': {
    rules: { ...rules, settlesLeaving: false },
    bounds: { deployments: 2 },
    breaks: 'what was accepted is in its slot, or its end is on record',
  },
  'a device that takes whatever it is shown': {
    rules: { ...rules, deviceFence: false },
    bounds: { deployments: 2, workers: 2 },
    breaks: 'the seq that a thing has taken never decreases',
  },
  'a cloud that never looks at what is overdue': {
    rules: { ...rules, sweeps: false },
    bounds: { deployments: 1 },
    breaks: 'at rest nothing is outstanding',
  },
  'a slot that takes a part whatever its generation': {
    rules: { ...rules, decide: whateverGeneration },
    bounds: inGroup,
    breaks: 'what was called back is not brought by a worker that slept',
  },
  'a call back that leaves the door open': {
    rules: { ...rules, decide: openDoor },
    bounds: inGroup,
    breaks: 'what was called back is not brought by a worker that slept',
  },
  'a leave that nobody’s part is held back by': {
    rules: { ...rules, decide: leavesOpen },
    bounds: inGroup,
    breaks: 'a slot that belongs to no group is given no part of a rollout',
  },
};
