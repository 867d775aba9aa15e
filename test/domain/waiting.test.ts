// Whom everything waits for, and the numbers of it, by hand.

import { describe, expect, it } from 'vitest';
import { type Slot, toldOf, waitOf, wakeAtOf } from '#domain/slot';
import { lookAgainAt, retryDelayMs, type TargetWaitingFor, type WaitingFor, waits } from '#domain/waiting';
import {
  applies,
  archive,
  comesOnline,
  confirms,
  days,
  deploy,
  given,
  giveUp,
  goesOffline,
  type Happening,
  hours,
  laterBy,
  look,
  minutes,
  queue,
  redrive,
  release,
  seconds,
  stage,
  start,
  the,
  thenSee,
  triesAgain,
  waitsFor,
  when,
} from './given.ts';

const pauses: readonly (readonly [attempt: number, pauseSeconds: number])[] = [
  [1, 15],
  [2, 30],
  [3, 60],
  [4, 120],
  [5, 240],
  [6, 480],
  [7, 960],
  [8, 1920],
  [9, 3840],
  [10, 7680],
  [11, 15360],
  [12, 30720],
  [13, 61440],
  [14, 86400],
  [15, 86400],
  [1000, 86400],
];

describe('a thing pauses between two attempts', () => {
  it.each(pauses)('after attempt %i for %i s', (attempt, pauseSeconds) => {
    expect(retryDelayMs(attempt)).toBe(pauseSeconds * 1000);
  });
});

const looksByHand: readonly (readonly [TargetWaitingFor, times: number, ms: number])[] = [
  ['delivery', 0, 1 * minutes],
  ['delivery', 1, 2 * minutes],
  ['delivery', 5, 32 * minutes],
  ['delivery', 6, 1 * hours],
  ['delivery', 1000, 1 * hours],
  ['thing offline', 0, 24 * hours],
  ['thing offline', 1000, 24 * hours],
  ['thing applying', 0, 10 * minutes],
  ['thing applying', 1, 20 * minutes],
  ['thing applying', 2, 40 * minutes],
  ['thing applying', 3, 1 * hours],
  ['thing applying', 1000, 1 * hours],
  ['thing retrying', 0, 90 * seconds],
  ['thing retrying', 1, 90 * seconds],
  ['thing retrying', 2, 2 * minutes],
  ['thing retrying', 3, 3 * minutes],
  ['thing retrying', 8, 65 * minutes],
  ['thing retrying', 1000, 48 * hours + 1 * minutes],
];

describe('when we look again by ourselves', () => {
  it.each(looksByHand)('%s, %i times: after %i ms', (waitingFor, times, ms) => {
    expect(lookAgainAt(waitingFor, times, start)).toBe(start + ms);
  });

  it('at nothing that only an operator ends', () => {
    expect(lookAgainAt('operator', 0, start)).toBeNull();
  });
});

const timed: Readonly<Record<WaitingFor, boolean>> = {
  delivery: true,
  'thing offline': true,
  'thing applying': true,
  'thing retrying': true,
  operator: false,
  person: false,
  replacement: false,
  successor: false,
  turn: false,
  start: true,
  listing: true,
  wave: true,
  bake: true,
  decision: false,
  aftermath: true,
};

describe('the table of waits', () => {
  it.each(Object.entries(timed))('%s has a time: %s', (name, hasTime) => {
    expect(waits[name as WaitingFor].lookAgainAfterMs !== undefined).toBe(hasTime);
  });

  it('has these rows and no more', () => {
    expect(Object.keys(waits).sort()).toEqual(Object.keys(timed).sort());
  });

  it.each(Object.entries(waits))('%s says who ends it and what happens then', (_, wait) => {
    expect(wait.endedBy).toMatch(/^(the|a|an) \w+/);
    expect(wait.consequence).toMatch(/\w+/);
  });
});

interface Wait {
  readonly story: readonly Happening[];
  readonly id: string;
  readonly waitsFor: WaitingFor | null;
}

const next = { track: 'next' };
const waitingStories: Readonly<Record<string, Wait>> = {
  'what is staged waits for a person': { story: [stage('blue')], id: 'blue', waitsFor: 'person' },
  'what has drifted waits for a person': {
    story: [stage('blue'), deploy('green')],
    id: 'blue',
    waitsFor: 'person',
  },
  'what is queued waits for its delivery': { story: [deploy('blue')], id: 'blue', waitsFor: 'delivery' },
  'what is queued for a thing that is away waits for the thing': {
    story: [deploy('blue'), goesOffline],
    id: 'blue',
    waitsFor: 'thing offline',
  },
  'what is being applied waits for the result': {
    story: [deploy('blue'), applies()],
    id: 'blue',
    waitsFor: 'thing applying',
  },
  'what is retrying waits for the next attempt': {
    story: [deploy('blue'), triesAgain(1)],
    id: 'blue',
    waitsFor: 'thing retrying',
  },
  'what could not be delivered waits for an operator': {
    story: [deploy('blue'), giveUp],
    id: 'blue',
    waitsFor: 'operator',
  },
  'what is deployed waits for a successor': {
    story: [deploy('blue'), confirms()],
    id: 'blue',
    waitsFor: 'successor',
  },
  'what is superseded waits for its replacement': {
    story: [deploy('blue'), confirms(), deploy('green')],
    id: 'blue',
    waitsFor: 'replacement',
  },
  'what is being removed waits for the delivery of nothing': {
    story: [deploy('blue'), confirms(), archive('blue')],
    id: 'blue',
    waitsFor: 'delivery',
  },
  'what is archived waits for nobody': {
    story: [stage('blue', next), archive('blue')],
    id: 'blue',
    waitsFor: null,
  },
};

describe('whom a deployment waits for', () => {
  it.each(Object.entries(waitingStories))('%s', (_, { story, id, waitsFor: expected }) => {
    expect(waitsFor(given(release, ...story), id)).toBe(expected);
  });

  it('and since when, until when', () => {
    const story = given(release, deploy('blue'));
    expect(waitOf(story.slot, the(story, 'blue'))).toEqual({
      for: 'delivery',
      since: story.now,
      until: story.now + 1 * minutes,
    });
  });

  it('in a queue the first eight wait for the thing, the ninth for its turn, and what has run for nobody', () => {
    const names = Array.from({ length: 9 }, (_, index) => `script ${index + 1}`);
    const full = given(queue, ...names.map((name) => deploy(name)));
    expect(names.map((name) => waitsFor(full, name))).toEqual([...Array(8).fill('delivery'), 'turn']);
    const oneLess = when(full, confirms('script 1'));
    expect(waitsFor(oneLess, 'script 1')).toBeNull();
    expect(waitsFor(oneLess, 'script 9')).toBe('delivery');
    expect(toldOf(oneLess.slot).map(({ id }) => id)).toEqual(names.slice(1));
  });
});

describe('when somebody must look at a slot', () => {
  const wakeAfterMs = (slot: Slot): number | null => {
    const wakeAt = wakeAtOf(slot);
    return wakeAt === null ? null : wakeAt - start;
  };

  it('never, while it is empty, only staged, or settled', () => {
    expect(wakeAfterMs(release.slot)).toBeNull();
    expect(wakeAfterMs(given(release, stage('blue')).slot)).toBeNull();
    expect(wakeAfterMs(given(release, deploy('blue'), confirms()).slot)).toBeNull();
  });

  it('when its target is overdue', () => {
    const story = given(release, deploy('blue'));
    expect(wakeAfterMs(story.slot)).toBe(1 * seconds + 1 * minutes);
  });

  it('at the deadline, if that is sooner', () => {
    const story = given(release, deploy('blue', { deadline: start + 30 * seconds }));
    expect(wakeAfterMs(story.slot)).toBe(30 * seconds);
  });

  it('at the deadline even of what waits for an operator', () => {
    const story = given(release, deploy('blue', { deadline: start + 2 * days }), giveUp);
    expect(wakeAfterMs(story.slot)).toBe(2 * days);
  });

  it('not at the deadline of what is only staged', () => {
    const story = given(release, stage('blue', { deadline: start + 30 * seconds }));
    expect(wakeAfterMs(story.slot)).toBeNull();
  });
});

describe('looking at what is overdue', () => {
  it('sends again, and looks half as often each time', () => {
    const first = when(given(release, deploy('blue')), laterBy(1 * minutes, look));
    thenSee(first, { waiting: 'delivery', sent: 1, phases: { blue: 'queued' } });
    expect(wakeAtOf(first.slot)).toBe(first.now + 2 * minutes);
    const second = when(first, laterBy(2 * minutes, look));
    thenSee(second, { sent: 1 });
    expect(wakeAtOf(second.slot)).toBe(second.now + 4 * minutes);
  });

  it('too early changes nothing and sends nothing', () => {
    thenSee(when(given(release, deploy('blue')), laterBy(59 * seconds, look)), { changed: false, sent: 0 });
  });

  it('a second time at the same moment changes nothing', () => {
    const looked = given(release, deploy('blue'), laterBy(1 * minutes, look));
    thenSee(when(looked, laterBy(0, look)), { changed: false, sent: 0 });
  });

  it('does not forget since when it waits', () => {
    const story = given(release, deploy('blue'), laterBy(1 * minutes, look), laterBy(2 * minutes, look));
    expect(story.slot.waiting?.since).toBe(start + 1 * seconds);
  });

  it('does not touch what waits for an operator', () => {
    thenSee(when(given(release, deploy('blue'), giveUp), laterBy(30 * days, look)), {
      changed: false,
      sent: 0,
    });
  });

  it('looks once a day at a thing that is away, for as long as it is away', () => {
    const away = given(release, deploy('blue'), goesOffline);
    const months = given(away, ...Array.from({ length: 90 }, () => laterBy(1 * days, look)));
    thenSee(months, { phases: { blue: 'queued' }, waiting: 'thing offline', sent: 1 });
    expect(wakeAtOf(months.slot)).toBe(months.now + 1 * days);
  });
});

describe('a thing that goes and comes', () => {
  it('goes: the target waits for it, and comes: for the delivery', () => {
    const away = when(given(release, deploy('blue')), goesOffline);
    thenSee(away, { waiting: 'thing offline', sent: 0 });
    thenSee(when(away, comesOnline), { waiting: 'delivery', sent: 0 });
  });

  it('twice is like once', () => {
    const away = given(release, deploy('blue'), goesOffline);
    thenSee(when(away, goesOffline), { changed: false });
    thenSee(when(away, comesOnline, comesOnline), { changed: false });
  });

  it('does not end the wait for an operator', () => {
    const stuck = given(release, deploy('blue'), giveUp);
    thenSee(when(stuck, goesOffline), { changed: false, waiting: 'operator' });
    thenSee(when(stuck, comesOnline), { changed: false, waiting: 'operator' });
  });
});

describe('when every delivery has failed', () => {
  const stuck = given(release, deploy('blue'), giveUp);

  it('it waits for an operator, and nobody is woken', () => {
    thenSee(stuck, { waiting: 'operator', phases: { blue: 'queued' }, sent: 0 });
    expect(wakeAtOf(stuck.slot)).toBeNull();
  });

  it('a redrive sends it again, under the same seq', () => {
    const driven = when(stuck, redrive);
    thenSee(driven, { waiting: 'delivery', sent: 1, phases: { blue: 'queued' } });
    expect(driven.slot.target).toEqual(stuck.slot.target);
  });

  it('a second redrive has no effect on what is wanted', () => {
    const driven = when(stuck, redrive, redrive);
    thenSee(driven, { waiting: 'delivery', phases: { blue: 'queued' } });
    expect(driven.slot.target).toEqual(stuck.slot.target);
  });

  it('the thing may still confirm it', () => {
    thenSee(when(stuck, confirms()), { waiting: null, phases: { blue: 'deployed' } });
  });

  it('a newer deployment takes its place', () => {
    thenSee(when(stuck, deploy('green')), {
      waiting: 'delivery',
      sent: 1,
      phases: { blue: 'archived', green: 'queued' },
    });
  });

  it('giving up twice is like giving up once', () => {
    thenSee(when(stuck, giveUp), { changed: false, waiting: 'operator' });
  });

  it('there is nothing to give up or to drive again where nothing is awaited', () => {
    const settled = given(release, deploy('blue'), confirms());
    thenSee(when(settled, giveUp), { changed: false });
    thenSee(when(settled, redrive), { changed: false, sent: 0 });
  });
});
