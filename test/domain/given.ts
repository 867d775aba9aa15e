// Stories about one slot: what is given, what happens when, and what is true then.

import { expect } from 'vitest';
import { decide } from '#domain/decide';
import type { Deployment } from '#domain/deployment';
import type { Context, Decision, Report, ReportState, SlotEvent } from '#domain/event';
import type { Phase } from '#domain/phase';
import { isRefusal, type Refusal, type RefusalCode } from '#domain/refusal';
import { emptySlot, findIn, type Membership, type Slot, type SlotId, waitOf } from '#domain/slot';
import type { TargetWaitingFor, WaitingFor } from '#domain/waiting';

export const seconds = 1000;
export const minutes = 60 * seconds;
export const hours = 60 * minutes;
export const days = 24 * hours;

export const start = Date.UTC(2026, 2, 9);
/** Three, so that a story about the cap stays short. */
export const attemptsMax = 3;
export const nothing = 'sha256:nothing';

export const revisionOf = (name: string): string => `sha256:${name}`;
export const restoreOf = (name: string): string => `restore after ${name}`;

export const contextAt = (now: number, by = 'engine'): Context => ({
  now,
  by,
  attemptsMax,
  nothing,
  idOfRestore: restoreOf,
});

export const frozen = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
};

// ---- what can happen

/** Something that happens to a slot; what a thing says depends on what the slot asks of it. */
export interface Happening {
  readonly by: string;
  readonly afterMs: number;
  readonly event: (slot: Slot) => SlotEvent;
}

const done = (by: string, event: (slot: Slot) => SlotEvent): Happening => ({ by, afterMs: seconds, event });
const byPerson = (event: SlotEvent): Happening => done('key:ada', () => event);
const byEngine = (event: SlotEvent): Happening => done('engine', () => event);

export const laterBy = (afterMs: number, happening: Happening): Happening => ({ ...happening, afterMs });

export interface Wish {
  readonly track?: string | null;
  readonly deadline?: number;
  readonly revision?: string;
}

const wanted = (id: string, { track = 'stable', deadline, revision = revisionOf(id) }: Wish) => ({
  id,
  revision,
  track,
  deadline: deadline ?? null,
});

export const stage = (id: string, wish: Wish = {}): Happening =>
  byPerson({ type: 'stage', deployment: wanted(id, wish) });

export const deploy = (id: string, wish: Wish & { readonly parent?: string | null } = {}): Happening =>
  byPerson({
    type: 'deploy',
    deployment: wanted(id, wish),
    ...(wish.parent === undefined ? {} : { parent: wish.parent }),
  });

/** A rollout's worker gives the thing its part. */
export const gets = (id: string, within: Membership, wish: Wish = {}): Happening =>
  byEngine({
    type: 'deploy',
    deployment: { ...wanted(id, wish), part: { rollout: 'r', ordinal: 0 } },
    within,
  });

const versioned = (version: number | undefined) => (version === undefined ? {} : { version });

export const deployStaged = (id: string, version?: number): Happening =>
  byPerson({ type: 'deploy staged', id, ...versioned(version) });

export const archive = (id: string, version?: number): Happening =>
  byPerson({ type: 'archive', id, ...versioned(version) });

/** What a thing says about one deployment, or, where none is named, about the slot's target. */
export const wordOn = (
  slot: Slot,
  state: ReportState,
  { about, ...said }: Partial<Report> & { readonly about?: string } = {},
): Report => {
  const subject = about === undefined ? slot.target : findIn(slot, about);
  if (subject === undefined || subject === null)
    throw new Error(`Nothing to report: ${about ?? 'no target'}`);
  const revision = subject.revision ?? '';
  return { seq: subject.seq, revision, state, attempt: 1, failure: null, ...said };
};

export const says = (report: Report): Happening => done('thing', () => ({ type: 'report', report }));

export const reports = (
  state: ReportState,
  said: Partial<Report> & { readonly about?: string } = {},
): Happening => done('thing', (slot) => ({ type: 'report', report: wordOn(slot, state, said) }));

const aboutOf = (about: string | undefined) => (about === undefined ? {} : { about });

export const applies = (about?: string): Happening => reports('applying', aboutOf(about));
export const confirms = (about?: string): Happening => reports('applied', aboutOf(about));
export const removes: Happening = reports('removed');
export const noSpace = { code: 'no_space', message: 'The disk is full.' };
export const fails = (about?: string): Happening =>
  reports('failed', { ...aboutOf(about), failure: noSpace });
export const triesAgain = (attempt: number, about?: string): Happening =>
  reports('retrying', { ...aboutOf(about), attempt, failure: noSpace });

export const joins = (group: string): Happening => byPerson({ type: 'join', group });
export const leaves = (group: string): Happening => byPerson({ type: 'leave', group });
export const fallsBack = (from: Membership, to: string | null = null, hasFailed = false): Happening =>
  byEngine({
    type: 'fall back',
    from,
    to: to === null ? null : { id: to, revision: revisionOf(to), track: null, deadline: null },
    hasFailed,
  });
export const look: Happening = byEngine({ type: 'look' });
export const goesOffline: Happening = byEngine({ type: 'thing offline' });
export const comesOnline: Happening = byEngine({ type: 'thing online' });
export const giveUp: Happening = byEngine({ type: 'give up' });
export const redrive: Happening = byPerson({ type: 'redrive' });
export const startsFromNothing: Happening = done('thing', () => ({ type: 'reissue' }));
export const settles: Happening = byEngine({ type: 'settle' });
export const abandon: Happening = byPerson({ type: 'abandon' });

// ---- given, when, then

export interface Story {
  readonly slot: Slot;
  readonly now: number;
  /** Every deployment that is over, as it was when it left. */
  readonly left: readonly Deployment[];
  readonly answer: Decision | Refusal | undefined;
}

const slotOn = (channel: SlotId['channel']): Slot => emptySlot({ thing: 'robot-7', channel }, 'acme');
const told = (slot: Slot): Story => ({ slot: frozen(slot), now: start, left: [], answer: undefined });

/** An empty slot in which the newest wins. */
export const release = told(slotOn('release'));
/** An empty slot in which each runs, in order. */
export const queue = told(slotOn('software'));

const happen = (story: Story, { by, afterMs, event }: Happening): Story => {
  const now = story.now + afterMs;
  const answer = decide(story.slot, frozen(event(story.slot)), contextAt(now, by));
  if (isRefusal(answer)) return { ...story, now, answer };
  const left = answer.changed ? [...story.left, ...answer.slot.leaving] : story.left;
  return { slot: frozen(answer.slot), now, left, answer };
};

const mustHappen = (story: Story, happening: Happening): Story => {
  const next = happen(story, happening);
  if (isRefusal(next.answer)) throw new Error(`A given was refused: ${next.answer.message}`);
  return next;
};

/** Everything that led here; none of it may be refused. */
export const given = (story: Story, ...happenings: readonly Happening[]): Story =>
  happenings.reduce(mustHappen, story);

/** What the story is about; it may be refused. */
export const when = (story: Story, ...happenings: readonly Happening[]): Story =>
  happenings.reduce(happen, story);

export interface Facts {
  /** Of every deployment that was ever here. */
  readonly phases: Readonly<Record<string, Phase>>;
  /** The deployment that the target carries out. */
  readonly target: string | null;
  /** What the thing shall have. */
  readonly revision: string | null;
  readonly waiting: TargetWaitingFor | null;
  /** Messages that the last happening sent. */
  readonly sent: number;
  /** Deployments that the last happening made by itself. */
  readonly made: readonly string[];
  readonly changed: boolean;
  readonly refused: RefusalCode | null;
}

const everything = ({ slot, left }: Story): readonly Deployment[] => [...left, ...slot.live];

const phasesIn = (story: Story): Facts['phases'] =>
  Object.fromEntries(everything(story).map(({ id, phase }) => [id, phase]));

const factsAbout = (answer: Story['answer']): Pick<Facts, 'sent' | 'made' | 'changed' | 'refused'> => {
  if (answer === undefined || isRefusal(answer))
    return { sent: 0, made: [], changed: false, refused: answer?.refused ?? null };
  return {
    sent: answer.messages.length,
    made: answer.made.map(({ id }) => id),
    changed: answer.changed,
    refused: null,
  };
};

const factsOf = (story: Story): Facts => ({
  phases: phasesIn(story),
  target: story.slot.target?.deployment ?? null,
  revision: story.slot.target?.revision ?? null,
  waiting: story.slot.waiting?.for ?? null,
  ...factsAbout(story.answer),
});

const only = (facts: Facts, expected: Partial<Facts>) =>
  Object.fromEntries(Object.entries(facts).filter(([name]) => name in expected));

/** `then` would make this module a promise to whoever imports it. Exactly these facts are true now. Those that are not named are not looked at. */
export const thenSee = (story: Story, expected: Partial<Facts>): void => {
  expect(only(factsOf(story), expected)).toEqual(expected);
};

/** One deployment, live or over. */
export const the = (story: Story, id: string): Deployment => {
  const found = everything(story).find((deployment) => deployment.id === id);
  if (found === undefined) throw new Error(`There was never a deployment ${id}.`);
  return found;
};

export const waitsFor = (story: Story, id: string): WaitingFor | null =>
  waitOf(story.slot, the(story, id))?.for ?? null;

export const seqOf = (story: Story): number => story.slot.target?.seq ?? 0;
