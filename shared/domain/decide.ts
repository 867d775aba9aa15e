// What an event makes of a slot: pure, total over the events, and the only place where a slot changes.
import { type Deployment, isOutstanding, isWanted, moved } from './deployment.ts';
import type { Context, Decide, Decision, SlotEvent } from './event.ts';
import { isRefusal, type Refusal } from './refusal.ts';
import { takeReport } from './reports.ts';
import { findIn, isOver, nextSeq, type Slot } from './slot.ts';
import { aim, because, failHead, mapLive, waitFor } from './target.ts';
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
  report: takeReport,
  look,
  'thing offline': (slot, _, { now }) =>
    rests.has(slot.waiting?.for) ? slot : waitFor(slot, 'thing offline', now),
  'thing online': (slot, _, { now }) =>
    slot.waiting?.for === 'thing offline' ? waitFor(slot, 'delivery', now) : slot,
  'give up': (slot, _, { now }) => (slot.waiting === null ? slot : waitFor(slot, 'operator', now)),
  redrive: (slot, _, { now }) => (slot.waiting === null ? slot : waitFor(slot, 'delivery', now)),
  reissue: (slot, _, context) => {
    if (slot.target === null) return slot;
    const seq = nextSeq(slot, context.now);
    const again = mapLive(slot, (one) =>
      isWanted(one)
        ? moved(one, 'reissue', because(context, 'the thing starts from nothing'), {
            seq,
            attempts: 0,
            failure: null,
          })
        : one,
    );
    return aim(again, slot.target, context.now);
  },
  settle: (slot) => (slot.live.some(isOutstanding) ? slot : { ...slot, waiting: null }),
  abandon: (slot, _, context) => ({
    ...mapLive(slot, (one) => moved(one, 'abandon', because(context, 'the thing is gone'))),
    target: null,
    waiting: null,
  }),
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
