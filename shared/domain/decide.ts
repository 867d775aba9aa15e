// What an event makes of a slot: pure, total over the events, and the only place where a slot changes.
import { type Deployment, isOutstanding } from './deployment.ts';
import type { Context, Decide, Decision, SlotEvent } from './event.ts';
import { abandon, fallBack, join, leave } from './membership.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import { reissue } from './reissue.ts';
import { takeReport } from './reports.ts';
import { findIn, isOver, type Slot } from './slot.ts';
import { failHead, isQueue, waitFor } from './target.ts';
import { lookAgainAt, type TargetWaitingFor } from './waiting.ts';
import { archive, deploy, deployStaged, stage } from './wishes.ts';

const pastDeadline = (slot: Slot, now: number): Deployment | undefined =>
  slot.live.find((one) => isOutstanding(one) && one.deadline !== null && one.deadline <= now);

const lookAtTarget = (slot: Slot, now: number): Slot => {
  const { waiting } = slot;
  if (waiting?.until == null || waiting.until > now) return slot;
  const times = waiting.times + 1;
  return { ...slot, waiting: { ...waiting, times, until: lookAgainAt(waiting.for, times, now) } };
};

const look: Decide<'look'> = (slot, _, context) => {
  const late = pastDeadline(slot, context.now);
  if (late === undefined) return lookAtTarget(slot, context.now);
  const failure = { code: 'deadline_passed', message: 'It was not confirmed before its deadline.' };
  return failHead(slot, late, 'its deadline passed', failure, context);
};

const rests: ReadonlySet<TargetWaitingFor | undefined> = new Set(['thing offline', 'operator', undefined]);

const deciders: { readonly [Type in SlotEvent['type']]: Decide<Type> } = {
  stage,
  deploy,
  'deploy staged': deployStaged,
  archive,
  join,
  leave,
  'fall back': fallBack,
  report: takeReport,
  look,
  'thing offline': (slot, _, { now }) =>
    rests.has(slot.waiting?.for) ? slot : waitFor(slot, 'thing offline', now),
  'thing online': (slot, _, { now }) =>
    slot.waiting?.for === 'thing offline' ? waitFor(slot, 'delivery', now) : slot,
  'give up': (slot, _, { now }) =>
    slot.waiting === null || slot.waiting.for === 'operator' ? slot : waitFor(slot, 'operator', now),
  // Only what was handed over is taken back: doing it twice has no second effect.
  redrive: (slot, _, { now }) => (slot.waiting?.for === 'operator' ? waitFor(slot, 'delivery', now) : slot),
  reissue,
  settle: (slot) =>
    slot.waiting === null || !isQueue(slot) || slot.live.some(isOutstanding)
      ? slot
      : { ...slot, waiting: null },
  abandon,
};

const partOff = (slot: Slot): Slot => ({
  ...slot,
  live: slot.live.filter((deployment) => !isOver(slot, deployment)),
  leaving: slot.live.filter((deployment) => isOver(slot, deployment)),
});

const madeHere = (before: Slot, after: Slot): Deployment[] =>
  after.live.filter((one) => one.restores !== null && findIn(before, one.id) === undefined);

/** Besides a new target: events after which somebody looks at the old one again. */
const looksAgain: ReadonlySet<SlotEvent['type']> = new Set<SlotEvent['type']>(['look', 'redrive']);

const mustBeSent = (before: Slot, after: Slot, event: SlotEvent): boolean =>
  after.target !== null && (before.target?.seq !== after.target.seq || looksAgain.has(event.type));

/** `leaving` of the slot that comes in must have been written into the records: it is dropped here. */
export const decide = (slot: Slot, event: SlotEvent, context: Context): Decision | Refusal => {
  const decider = deciders[event.type] as Decide<SlotEvent['type']>;
  const after = decider(slot, event, context);
  if (isRefusal(after)) return after;
  if (after === slot) return { slot, changed: false, made: [], messages: [] };
  const next = { ...partOff(after), version: slot.version + 1 };
  return {
    slot: next,
    changed: true,
    made: madeHere(slot, next),
    messages: mustBeSent(slot, next, event) ? [{ slot: slot.id }] : [],
  };
};
