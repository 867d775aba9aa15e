// Every event on a slot that has nothing to do: most change nothing, and then the slot is the very same.

import { describe, expect, it } from 'vitest';
import type { SlotEvent } from '#domain/event';
import type { Phase } from '#domain/phase';
import type { RefusalCode } from '#domain/refusal';
import {
  abandon,
  archive,
  comesOnline,
  confirms,
  deploy,
  deployStaged,
  fails,
  fallsBack,
  given,
  giveUp,
  goesOffline,
  type Happening,
  joins,
  leaves,
  look,
  queue,
  redrive,
  release,
  removes,
  revisionOf,
  type Story,
  says,
  settles,
  stage,
  startsFromNothing,
  thenSee,
  when,
} from './given.ts';

const someWord = says({
  seq: 1,
  revision: revisionOf('blue'),
  state: 'applied',
  attempt: 1,
  failure: null,
});

type Expected = 'the same slot' | { readonly refused: RefusalCode } | Readonly<Record<string, Phase>>;
type Answers = Readonly<Record<SlotEvent['type'], readonly [Happening, Expected]>>;

const onEmpty: Answers = {
  stage: [stage('green'), { green: 'staged' }],
  deploy: [deploy('green'), { green: 'queued' }],
  'deploy staged': [deployStaged('green'), { refused: 'not_found' }],
  archive: [archive('green'), { refused: 'not_found' }],
  join: [joins('line 1'), {}],
  leave: [leaves('line 1'), 'the same slot'],
  'fall back': [fallsBack({ group: 'line 1', generation: 1 }), 'the same slot'],
  report: [someWord, 'the same slot'],
  look: [look, 'the same slot'],
  'thing offline': [goesOffline, 'the same slot'],
  'thing online': [comesOnline, 'the same slot'],
  'give up': [giveUp, 'the same slot'],
  redrive: [redrive, 'the same slot'],
  reissue: [startsFromNothing, 'the same slot'],
  settle: [settles, 'the same slot'],
  abandon: [abandon, 'the same slot'],
};

const onSettled: Answers = {
  ...onEmpty,
  stage: [stage('green', { track: 'next' }), { blue: 'deployed', green: 'staged' }],
  deploy: [deploy('green'), { blue: 'superseded', green: 'queued' }],
  'deploy staged': [deployStaged('blue'), 'the same slot'],
  archive: [archive('blue'), { blue: 'removing' }],
  join: [joins('line 1'), { blue: 'deployed' }],
  report: [confirms(), 'the same slot'],
  reissue: [startsFromNothing, { blue: 'queued' }],
  abandon: [abandon, { blue: 'archived' }],
};

const onSettledQueue: Answers = {
  ...onEmpty,
  stage: [stage('green'), { blue: 'deployed', green: 'staged' }],
  deploy: [deploy('green'), { blue: 'deployed', green: 'queued' }],
  join: [joins('line 1'), { blue: 'deployed' }],
  reissue: [startsFromNothing, { blue: 'deployed' }],
  abandon: [abandon, { blue: 'deployed' }],
};

const answers = (story: Story, expected: Expected, before: Story): void => {
  if (expected === 'the same slot') {
    thenSee(story, { changed: false, refused: null, sent: 0, made: [] });
    expect(story.slot).toBe(before.slot);
  } else if ('refused' in expected) {
    thenSee(story, { refused: expected.refused as RefusalCode });
    expect(story.slot).toBe(before.slot);
  } else {
    thenSee(story, { changed: true, refused: null, phases: expected as Readonly<Record<string, Phase>> });
    expect(story.slot.version).toBe(before.slot.version + 1);
  }
};

const settled = given(release, deploy('blue'), confirms());
const settledQueue = given(queue, deploy('blue'), confirms('blue'), settles);

describe.each([
  ['an empty slot', release, onEmpty],
  ['an empty queue', queue, onEmpty],
  ['a settled slot', settled, onSettled],
  ['a queue in which everything has run', settledQueue, onSettledQueue],
] as const)('on %s', (_, before, table) => {
  it.each(Object.entries(table))('%s', (_type, [happening, expected]) => {
    answers(when(before, happening), expected, before);
  });
});

describe('settling', () => {
  it.each([
    ['a head that is not confirmed', given(release, deploy('blue'))],
    ['a head that is being removed', given(settled, archive('blue'))],
    ['nothing, after a head that failed', given(release, deploy('blue'), fails())],
    ['a head that is superseded', given(settled, deploy('green'))],
    [
      'a superseded one whose restore was cancelled',
      given(settled, deploy('green'), archive('green'), archive('restore after green')),
    ],
  ] as const)('does not end the wait for the thing’s word on %s', (_, story) => {
    thenSee(when(story, settles), { changed: false });
  });

  it('leaves the thing’s word to end a removal', () => {
    thenSee(when(given(settled, archive('blue')), settles, removes), { phases: { blue: 'archived' } });
  });
});
