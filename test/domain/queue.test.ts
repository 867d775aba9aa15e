// What becomes of a slot in which each runs, in order, and none takes another's place.

import { describe, expect, it } from 'vitest';
import { type Slot, toldOf, wakeAtOf } from '#domain/slot';
import {
  abandon,
  applies,
  archive,
  confirms,
  days,
  deploy,
  deployStaged,
  fails,
  given,
  laterBy,
  look,
  minutes,
  nothing,
  queue,
  reports,
  revisionOf,
  says,
  seqOf,
  settles,
  stage,
  start,
  startsFromNothing,
  the,
  thenSee,
  triesAgain,
  when,
  wordOn,
} from './given.ts';

const script = (number: number): string => `script ${number}`;
const scripts = (count: number) => Array.from({ length: count }, (_, index) => script(index + 1));
const toldIds = (slot: Slot): string[] => toldOf(slot).map(({ id }) => id);

const three = given(queue, ...scripts(3).map((id) => deploy(id)));

describe('a queue', () => {
  it('takes each without touching the others', () => {
    thenSee(three, {
      phases: { 'script 1': 'queued', 'script 2': 'queued', 'script 3': 'queued' },
      target: null,
      revision: null,
      waiting: 'delivery',
      sent: 1,
      made: [],
    });
  });

  it('tells of them oldest first, each under its own seq, all under the list’s', () => {
    expect(toldIds(three.slot)).toEqual(scripts(3));
    const seqs = three.slot.live.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(seqOf(three)).toBe(three.slot.seq);
  });

  it('has no tracks', () => {
    thenSee(when(three, deploy('script 4', { track: 'next' })), { refused: null });
  });

  it('has no parent', () => {
    thenSee(when(three, deploy('script 4', { parent: null })), { refused: null });
    thenSee(when(three, deploy('script 4', { parent: 'script 3' })), { refused: 'parent_not_current' });
  });

  it('takes 512 and refuses one more', () => {
    const full = given(queue, ...scripts(512).map((id) => deploy(id)));
    expect(full.slot.live).toHaveLength(512);
    thenSee(when(full, deploy('one more')), { refused: 'slot_full' });
    thenSee(when(given(full, confirms('script 1')), deploy('one more')), { refused: null });
  });
});

describe('what the thing is told of', () => {
  const ten = given(queue, ...scripts(10).map((id) => deploy(id)));

  it('is at most eight', () => {
    expect(toldIds(ten.slot)).toEqual(scripts(8));
  });

  it('is more when one has run', () => {
    const ran = when(ten, confirms('script 1'));
    expect(toldIds(ran.slot)).toEqual(scripts(9).slice(1));
    thenSee(ran, { sent: 1 });
    expect(seqOf(ran)).toBeGreaterThan(seqOf(ten));
  });

  it('is more when one has failed or was taken away', () => {
    expect(toldIds(when(ten, fails('script 1')).slot)).toEqual(scripts(9).slice(1));
    expect(toldIds(when(ten, archive('script 3')).slot)).toEqual(
      scripts(9).filter((id) => id !== 'script 3'),
    );
  });

  it('keeps its order while the first is retrying', () => {
    expect(toldIds(when(ten, triesAgain(1, 'script 1')).slot)).toEqual(scripts(8));
  });
});

describe('each of a queue', () => {
  it('is over when it has run', () => {
    const ran = when(three, confirms('script 1'));
    thenSee(ran, { phases: { 'script 1': 'deployed', 'script 2': 'queued', 'script 3': 'queued' }, sent: 1 });
    expect(ran.slot.leaving.map(({ id }) => id)).toEqual(['script 1']);
  });

  it('runs once: its word that comes again changes nothing', () => {
    const word = wordOn(three.slot, 'applied', { about: 'script 1' });
    const ran = given(three, says(word));
    thenSee(when(ran, says(word)), { changed: false });
    thenSee(when(given(ran, confirms('script 2')), says(word)), { changed: false });
  });

  it('may be heard of in any order', () => {
    thenSee(when(three, confirms('script 3'), confirms('script 1'), confirms('script 2')), {
      phases: { 'script 1': 'deployed', 'script 2': 'deployed', 'script 3': 'deployed' },
    });
  });

  it('that fails does not stop the next, and nothing is brought back', () => {
    const failed = when(three, fails('script 1'));
    thenSee(failed, {
      phases: { 'script 1': 'failed', 'script 2': 'queued', 'script 3': 'queued' },
      made: [],
      sent: 1,
      waiting: 'delivery',
    });
    thenSee(when(failed, confirms('script 2')), {
      phases: { 'script 1': 'failed', 'script 2': 'deployed', 'script 3': 'queued' },
    });
  });

  it('counts its own attempts', () => {
    const retried = when(three, triesAgain(2, 'script 1'), triesAgain(1, 'script 2'));
    expect(retried.slot.live.map(({ attempts }) => attempts)).toEqual([2, 1, 0]);
    const capped = when(retried, triesAgain(3, 'script 1'));
    thenSee(capped, { phases: { 'script 1': 'failed', 'script 2': 'retrying', 'script 3': 'queued' } });
  });

  it('is waited for while the thing runs it', () => {
    thenSee(when(three, applies('script 1')), { waiting: 'thing applying', changed: true });
  });

  it('that ran as something else has failed', () => {
    const wrong = when(three, reports('applied', { about: 'script 2', revision: revisionOf('script 1') }));
    thenSee(wrong, { phases: { 'script 1': 'queued', 'script 2': 'failed', 'script 3': 'queued' } });
  });

  it('has its own deadline, even while it waits for its turn', () => {
    const deadline = start + 1 * days;
    const dated = given(three, deploy('late', { deadline }), deploy('later', { deadline }));
    const looked = when(dated, laterBy(2 * days, look));
    thenSee(looked, { sent: 1 });
    expect([the(looked, 'late').phase, the(looked, 'later').phase]).toEqual(['failed', 'queued']);
    expect(wakeAtOf(looked.slot)).toBe(deadline);
    expect(the(when(looked, laterBy(1 * minutes, look)), 'later').phase).toBe('failed');
  });

  it('is taken away by a person while it waits', () => {
    const archived = when(three, archive('script 2'));
    thenSee(archived, {
      phases: { 'script 1': 'queued', 'script 2': 'archived', 'script 3': 'queued' },
      sent: 1,
      made: [],
    });
    expect(seqOf(archived)).toBeGreaterThan(seqOf(three));
  });

  it('that was taken away while it ran is not confirmed any more', () => {
    const word = wordOn(three.slot, 'applied', { about: 'script 1' });
    thenSee(when(given(three, archive('script 1')), says(word)), { changed: false });
  });

  it('that has run cannot be taken away any more', () => {
    const ran = given(three, confirms('script 1'));
    thenSee(when(ran, archive('script 1')), { changed: false, sent: 0 });
  });

  it('that was staged takes nobody’s place when it is deployed', () => {
    const staged = given(queue, stage('staged one'), deploy('script 1'), deploy('script 2'));
    thenSee(when(staged, deployStaged('staged one')), {
      phases: { 'staged one': 'queued', 'script 1': 'queued', 'script 2': 'queued' },
      target: null,
    });
  });
});

describe('an empty queue', () => {
  const empty = given(queue, deploy('script 1'), confirms('script 1'));

  it('has to be told to the thing: until then it is not settled', () => {
    thenSee(empty, { waiting: 'delivery', sent: 1 });
    expect(toldIds(empty.slot)).toEqual([]);
  });

  it('settles when the shadow shows it', () => {
    const settled = when(empty, settles);
    thenSee(settled, { waiting: null, sent: 0, changed: true });
    expect(wakeAtOf(settled.slot)).toBeNull();
  });

  it('settles when the thing says that nothing is left: nobody need look', () => {
    const settled = when(empty, reports('removed'));
    thenSee(settled, { waiting: null, sent: 0, changed: true });
    expect(wakeAtOf(settled.slot)).toBeNull();
    thenSee(when(settled, reports('removed')), { changed: false });
  });

  it('does not settle by what the thing says of an older list', () => {
    const older = { ...wordOn(empty.slot, 'removed'), seq: empty.slot.seq - 1 };
    thenSee(when(empty, says(older)), { changed: false, waiting: 'delivery' });
  });

  it('does not settle while something is outstanding', () => {
    thenSee(when(three, settles), { changed: false, waiting: 'delivery' });
  });

  it('never asks the thing for nothing', () => {
    expect(empty.slot.target?.revision).not.toBe(nothing);
  });
});

describe('a thing that starts from nothing', () => {
  const again = when(given(three, triesAgain(1, 'script 1')), startsFromNothing);

  it('has to run what is outstanding, in the same order', () => {
    thenSee(again, {
      phases: { 'script 1': 'queued', 'script 2': 'queued', 'script 3': 'queued' },
      waiting: 'delivery',
      sent: 1,
    });
    expect(toldIds(again.slot)).toEqual(scripts(3));
    expect(again.slot.live.map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
  });

  it('can still tell one from the other: each has its own seq, in order', () => {
    const seqs = again.slot.live.map(({ seq }) => seq);
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  });

  it('has its list under a seq that is newer than theirs, also within one millisecond', () => {
    const { slot } = when(three, laterBy(0, startsFromNothing));
    const before = three.slot.seq;
    expect(slot.live.map(({ seq }) => seq - before)).toEqual([1, 2, 3]);
    expect(slot.seq - before).toBe(4);
    expect(slot.target?.seq).toBe(slot.seq);
  });

  it('where nothing is outstanding has an empty list, under the next seq', () => {
    const ran = given(queue, deploy('script 1'), confirms('script 1'));
    const { slot } = when(ran, laterBy(0, startsFromNothing));
    expect(slot.live).toEqual([]);
    expect(slot.seq).toBe(ran.slot.seq + 1);
  });

  it('runs each once, whatever it repeats', () => {
    const word = wordOn(again.slot, 'applied', { about: 'script 1' });
    thenSee(when(again, says(word), says(word)), { changed: false });
    const other = reports('failed', { about: 'script 2' });
    thenSee(when(again, other), {
      phases: { 'script 1': 'queued', 'script 2': 'failed', 'script 3': 'queued' },
    });
  });

  it('does not run again what it has run', () => {
    const ran = given(three, confirms('script 1'));
    expect(toldIds(when(ran, startsFromNothing).slot)).toEqual(['script 2', 'script 3']);
  });
});

describe('a thing that is gone for good', () => {
  it('runs none of them', () => {
    thenSee(when(three, abandon), {
      phases: { 'script 1': 'archived', 'script 2': 'archived', 'script 3': 'archived' },
      waiting: null,
      target: null,
      sent: 0,
    });
  });
});
