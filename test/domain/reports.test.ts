// What a thing's word makes of a slot: counted, compared, and passed over when it is late.

import { describe, expect, it } from 'vitest';
import { wakeAtOf } from '#domain/slot';
import {
  applies,
  archive,
  confirms,
  deploy,
  fails,
  given,
  goesOffline,
  laterBy,
  look,
  minutes,
  noSpace,
  nothing,
  release,
  reports,
  revisionOf,
  says,
  seconds,
  the,
  thenSee,
  triesAgain,
  when,
  wordOn,
} from './given.ts';

const queued = given(release, deploy('blue'));

describe('an attempt that failed', () => {
  it('is counted, and its reason is kept', () => {
    const retrying = when(queued, triesAgain(1));
    thenSee(retrying, { phases: { blue: 'retrying' }, waiting: 'thing retrying', sent: 0 });
    expect(the(retrying, 'blue')).toMatchObject({ attempts: 1, failure: noSpace });
    expect(wakeAtOf(retrying.slot)).toBe(retrying.now + 90 * seconds);
  });

  it('is waited for longer, the more have failed', () => {
    const retrying = when(queued, triesAgain(1), triesAgain(2));
    expect(the(retrying, 'blue').attempts).toBe(2);
    expect(wakeAtOf(retrying.slot)).toBe(retrying.now + 2 * minutes);
  });

  it('that is reported twice is counted once', () => {
    const retrying = given(queued, triesAgain(1));
    thenSee(when(retrying, triesAgain(1)), { changed: false });
  });

  it('that is reported after a later one is not counted', () => {
    const retrying = given(queued, triesAgain(2));
    thenSee(when(retrying, triesAgain(1)), { changed: false });
    expect(the(retrying, 'blue').attempts).toBe(2);
  });

  it('is forgotten as a trouble when a later one works', () => {
    const confirmed = when(given(queued, triesAgain(1), triesAgain(2)), confirms());
    thenSee(confirmed, { phases: { blue: 'deployed' }, waiting: null });
    expect(the(confirmed, 'blue')).toMatchObject({ failure: null, attempts: 2 });
  });

  it('without a reason is told so', () => {
    const retrying = when(queued, reports('retrying'));
    expect(the(retrying, 'blue').failure).toEqual({ code: 'unknown', message: 'The thing gave no reason.' });
  });

  it('of an earlier target is not counted', () => {
    const word = wordOn(queued.slot, 'retrying');
    const newer = given(queued, deploy('green'));
    thenSee(when(newer, says(word)), { changed: false });
    expect(the(newer, 'green').attempts).toBe(0);
  });
});

describe('the cap', () => {
  const nearly = given(queued, triesAgain(1), triesAgain(2));

  it('is not reached by the attempt before', () => {
    thenSee(nearly, { phases: { blue: 'retrying' } });
  });

  it('fails the deployment with the reason of its last attempt', () => {
    const capped = when(nearly, triesAgain(3));
    thenSee(capped, { phases: { blue: 'failed' }, revision: nothing });
    expect(the(capped, 'blue').failure).toEqual(noSpace);
    expect(the(capped, 'blue').history.at(-1)).toMatchObject({ why: '3 attempts failed' });
  });

  it('holds even where the words before it were lost', () => {
    thenSee(when(queued, triesAgain(7)), { phases: { blue: 'failed' } });
  });

  it('shows how many attempts failed', () => {
    expect(the(when(nearly, triesAgain(3)), 'blue').attempts).toBe(3);
  });

  it('lets go what a thing cannot remove', () => {
    const removing = given(queued, confirms(), archive('blue'));
    thenSee(when(removing, triesAgain(2)), { phases: { blue: 'removing' }, waiting: 'thing retrying' });
    const capped = when(removing, triesAgain(2), triesAgain(3));
    thenSee(capped, { phases: { blue: 'archived' }, waiting: null, made: [] });
    expect(the(capped, 'blue').history.at(-1)).toMatchObject({
      why: 'the thing could not remove it: no_space',
    });
  });
});

describe('a thing that says it has something else', () => {
  const other = { revision: revisionOf('white') };

  it('will not try again by itself: it has failed', () => {
    const wrong = when(queued, reports('applied', other));
    thenSee(wrong, { phases: { blue: 'failed' }, waiting: 'delivery' });
    expect(the(wrong, 'blue')).toMatchObject({ failure: { code: 'digest_mismatch' } });
  });

  it('has failed as well if it says to have removed what it shall have', () => {
    thenSee(when(queued, reports('removed')), { phases: { blue: 'failed' } });
  });

  it('where it shall have nothing is let go, and the history says so', () => {
    const removing = given(queued, confirms(), archive('blue'));
    const wrong = when(removing, reports('removed', { revision: revisionOf('blue') }));
    thenSee(wrong, { phases: { blue: 'archived' }, waiting: null });
    expect(the(wrong, 'blue').history.at(-1)?.why).toBe('the thing could not remove it: digest_mismatch');
  });

  it('may quote what it likes while it has not finished', () => {
    thenSee(when(queued, reports('applying', other)), {
      phases: { blue: 'queued' },
      waiting: 'thing applying',
    });
  });
});

describe('a thing that takes its time', () => {
  const applying = given(queued, applies());

  it('is waited for', () => {
    thenSee(applying, { phases: { blue: 'queued' }, waiting: 'thing applying', sent: 0 });
    expect(wakeAtOf(applying.slot)).toBe(applying.now + 10 * minutes);
  });

  it('says so twice for the same as once', () => {
    thenSee(when(applying, applies()), { changed: false });
  });

  it('is looked at when it is overdue', () => {
    thenSee(when(applying, laterBy(10 * minutes, look)), { waiting: 'thing applying', sent: 1 });
  });

  it('was not away after all', () => {
    thenSee(when(given(queued, goesOffline), applies()), { waiting: 'thing applying' });
  });

  it('is not applying any more what it has since reported as failed', () => {
    const word = wordOn(queued.slot, 'applying', { attempt: 1 });
    thenSee(when(given(queued, triesAgain(1)), says(word)), { changed: false, waiting: 'thing retrying' });
  });

  it('is applying the next attempt after one that failed', () => {
    const next = when(given(queued, triesAgain(1)), reports('applying', { attempt: 2 }));
    thenSee(next, { waiting: 'thing applying', phases: { blue: 'retrying' } });
  });
});

describe('a word that comes late', () => {
  const states = ['applying', 'applied', 'removed', 'retrying', 'failed'] as const;

  it.each(states)('%s, on a target that is confirmed, changes nothing', (state) => {
    thenSee(when(given(queued, confirms()), reports(state)), {
      changed: false,
      phases: { blue: 'deployed' },
    });
  });

  it.each(states)('%s, on a target that was replaced, changes nothing', (state) => {
    const word = wordOn(queued.slot, state, { attempt: 9 });
    thenSee(when(given(queued, deploy('green')), says(word)), { changed: false, target: 'green' });
  });

  it.each(states)('%s, on a target that has failed, changes nothing', (state) => {
    const word = wordOn(queued.slot, state, { attempt: 9 });
    thenSee(when(given(queued, fails()), says(word)), { changed: false, phases: { blue: 'failed' } });
  });

  it.each(states)('%s, on a target that was never given, changes nothing', (state) => {
    const word = { ...wordOn(queued.slot, state), seq: queued.slot.seq + 1 };
    thenSee(when(queued, says(word)), { changed: false, phases: { blue: 'queued' } });
  });

  it('twice, or in reverse, ends in the same place', () => {
    const words = [applies(), triesAgain(1), reports('applying', { attempt: 2 }), confirms()];
    const inOrder = when(queued, ...words);
    const doubled = when(queued, ...words.flatMap((word) => [word, word]));
    const reversed = when(queued, ...words.toReversed());
    for (const story of [inOrder, doubled, reversed])
      thenSee(story, { phases: { blue: 'deployed' }, waiting: null });
  });
});
