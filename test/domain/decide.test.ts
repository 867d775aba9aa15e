// What becomes of a slot in which the newest wins, told as stories.

import { describe, expect, it } from 'vitest';
import type { Phase } from '#domain/phase';
import { emptySlot, nextSeq } from '#domain/slot';
import {
  abandon,
  archive,
  confirms,
  days,
  deploy,
  deployStaged,
  fails,
  given,
  type Happening,
  laterBy,
  look,
  minutes,
  noSpace,
  nothing,
  release,
  removes,
  reports,
  restoreOf,
  revisionOf,
  seqOf,
  stage,
  start,
  startsFromNothing,
  the,
  thenSee,
  triesAgain,
  when,
} from './given.ts';

const next = { track: 'next' };

describe('the first deployment', () => {
  const first = when(release, deploy('blue'));

  it('is queued, is the target, and the thing is told', () => {
    thenSee(first, {
      phases: { blue: 'queued' },
      target: 'blue',
      revision: revisionOf('blue'),
      waiting: 'delivery',
      sent: 1,
      made: [],
    });
  });

  it('sends no more than where to look', () => {
    expect(first.answer).toMatchObject({ messages: [{ slot: { thing: 'robot-7', channel: 'release' } }] });
  });

  it('starts with what was asked for, and a clean sheet', () => {
    const { history, ...fresh } = the(first, 'blue');
    expect(history).toHaveLength(1);
    expect(fresh).toStrictEqual({
      id: 'blue',
      phase: 'queued',
      seq: first.now,
      revision: revisionOf('blue'),
      track: 'stable',
      attempts: 0,
      failure: null,
      result: null,
      deadline: null,
      restores: null,
      createdAt: first.now,
      updatedAt: first.now,
      version: 1,
    });
  });

  it('says in its history who wanted it, and when', () => {
    expect(the(first, 'blue').history).toEqual([
      { at: first.now, by: 'key:ada', from: null, to: 'queued', why: 'deployed' },
    ]);
  });

  it('is deployed when the thing confirms it, and then nothing is awaited', () => {
    const confirmed = when(first, confirms());
    thenSee(confirmed, { phases: { blue: 'deployed' }, target: 'blue', waiting: null, sent: 0 });
    expect(the(confirmed, 'blue')).toMatchObject({
      version: 2,
      updatedAt: confirmed.now,
      createdAt: first.now,
    });
    expect(the(confirmed, 'blue').history.at(-1)).toEqual({
      at: confirmed.now,
      by: 'thing',
      from: 'queued',
      to: 'deployed',
      why: 'confirmed',
    });
  });

  it('that comes twice is made once', () => {
    thenSee(when(first, deploy('blue')), { changed: false, sent: 0, phases: { blue: 'queued' } });
  });
});

describe('the number that fences', () => {
  it('is the clock', () => {
    const first = given(release, deploy('blue'));
    expect(seqOf(first)).toBe(first.now);
    expect(the(first, 'blue').seq).toBe(first.now);
  });

  it('grows even where the clock does not', () => {
    const first = given(release, deploy('blue'));
    expect(seqOf(when(first, laterBy(0, deploy('green'))))).toBe(seqOf(first) + 1);
  });

  it('grows even where the clock goes back', () => {
    const first = given(release, deploy('blue'));
    expect(seqOf(when(first, laterBy(-3 * days, deploy('green'))))).toBe(seqOf(first) + 1);
  });

  it('is not given out again after a restored table has forgotten it', () => {
    const forgotten = given(release, deploy('blue'));
    const restored = emptySlot({ thing: 'robot-7', channel: 'release' }, 'acme');
    expect(nextSeq(restored, forgotten.now + 1)).toBeGreaterThan(forgotten.slot.seq);
  });
});

describe('a newer deployment', () => {
  it('archives at once what no thing ever confirmed', () => {
    thenSee(when(given(release, deploy('blue')), deploy('green')), {
      phases: { blue: 'archived', green: 'queued' },
      target: 'green',
      sent: 1,
      made: [],
    });
  });

  it('archives at once what was retrying too', () => {
    thenSee(when(given(release, deploy('blue'), triesAgain(1)), deploy('green')), {
      phases: { blue: 'archived', green: 'queued' },
    });
  });

  describe('than a confirmed one', () => {
    const both = given(release, deploy('blue'), confirms(), deploy('green'));

    it('supersedes it, but does not end it', () => {
      thenSee(both, { phases: { blue: 'superseded', green: 'queued' }, target: 'green' });
    });

    it('ends it when the thing confirms', () => {
      thenSee(when(both, confirms()), { phases: { blue: 'archived', green: 'deployed' }, waiting: null });
    });

    it('may be superseded itself, and the confirmed one still waits', () => {
      const third = when(both, deploy('red'));
      thenSee(third, { phases: { blue: 'superseded', green: 'archived', red: 'queued' }, target: 'red' });
      thenSee(when(third, confirms()), { phases: { blue: 'archived', green: 'archived', red: 'deployed' } });
    });
  });
});

describe('staging', () => {
  it('tells the thing nothing', () => {
    thenSee(when(release, stage('blue')), {
      phases: { blue: 'staged' },
      target: null,
      waiting: null,
      sent: 0,
      changed: true,
    });
  });

  it('beside a head leaves the head alone', () => {
    thenSee(when(given(release, deploy('blue'), confirms()), stage('green', next)), {
      phases: { blue: 'deployed', green: 'staged' },
      target: 'blue',
      waiting: null,
      sent: 0,
    });
  });

  it('for the same track replaces what was staged', () => {
    thenSee(when(given(release, stage('blue')), stage('green')), {
      phases: { blue: 'archived', green: 'staged' },
    });
  });

  it('for the same track replaces what has drifted', () => {
    const drifted = given(release, deploy('blue'), stage('green', next), deploy('red'));
    thenSee(drifted, { phases: { blue: 'archived', green: 'drifted', red: 'queued' } });
    thenSee(when(drifted, stage('pink', next)), {
      phases: { blue: 'archived', green: 'archived', red: 'queued', pink: 'staged' },
    });
  });

  it('for another track stands beside what was staged', () => {
    thenSee(when(given(release, stage('blue')), stage('green', next)), {
      phases: { blue: 'staged', green: 'staged' },
    });
  });

  it('twice is staged once', () => {
    thenSee(when(given(release, stage('blue')), stage('blue')), { changed: false });
  });
});

describe('deploying what was staged', () => {
  const staged = given(
    release,
    deploy('blue'),
    confirms(),
    stage('green', next),
    stage('red', { track: 'third' }),
  );
  const deployed = when(staged, deployStaged('green'));

  it('moves the thing to its track', () => {
    thenSee(deployed, {
      phases: { blue: 'superseded', green: 'queued', red: 'drifted' },
      target: 'green',
      revision: revisionOf('green'),
      sent: 1,
    });
    expect(the(deployed, 'green').seq).toBe(seqOf(deployed));
    thenSee(when(deployed, confirms(), deploy('next one', next)), { refused: null, target: 'next one' });
  });

  it('twice changes nothing: the wish is granted already', () => {
    thenSee(when(deployed, deployStaged('green')), { refused: null, changed: false, target: 'green' });
  });

  it('is refused where it is unknown', () => {
    thenSee(when(staged, deployStaged('white')), { refused: 'not_found' });
  });
});

describe('drift', () => {
  const drifted = given(release, deploy('blue'), confirms(), stage('green', next), deploy('red'));

  it('is what a staged deployment does when its slot gets something else', () => {
    thenSee(drifted, { phases: { blue: 'superseded', green: 'drifted', red: 'queued' } });
  });

  it('says why', () => {
    expect(the(drifted, 'green').history.at(-1)).toMatchObject({ to: 'drifted', why: 'red was deployed' });
  });

  it('is refused to be deployed', () => {
    const refused = when(drifted, deployStaged('green'));
    thenSee(refused, { refused: 'deployment_drifted', target: 'red' });
    expect(refused.answer).toMatchObject({ params: { id: 'green', phase: 'drifted' } });
  });

  it('comes with a restore as well: the slot got something else', () => {
    const staged = given(
      release,
      deploy('blue'),
      confirms(),
      stage('green', next),
      deployStaged('green'),
      stage('red', { track: 'stable' }),
    );
    thenSee(when(staged, fails()), {
      phases: { blue: 'superseded', green: 'failed', [restoreOf('green')]: 'queued', red: 'drifted' },
    });
  });
});

describe('the parent', () => {
  const headed = given(release, deploy('blue'), confirms());

  it.each([
    ['the head', headed, 'blue', null],
    ['the head, not yet confirmed', given(release, deploy('blue')), 'blue', null],
    ['something else', headed, 'white', 'parent_not_current'],
    ['nothing, where there is a head', headed, null, 'parent_not_current'],
    ['nothing, where there is none', release, null, null],
    ['something, where there is nothing', release, 'blue', 'parent_not_current'],
    ['not said', headed, undefined, null],
    ['what is being removed', given(headed, archive('blue')), 'blue', 'parent_not_current'],
  ] as const)('%s', (_, story, parent, refused) => {
    thenSee(when(story, deploy('green', parent === undefined ? {} : { parent })), { refused });
  });

  it('is named in the refusal, beside the one that is current', () => {
    const params = { parent: 'white', current: 'blue' };
    expect(when(headed, deploy('green', { parent: 'white' })).answer).toMatchObject({ params });
    expect(when(release, deploy('green', { parent: 'white' })).answer).toMatchObject({
      params: { parent: 'white', current: null },
    });
  });

  it('is checked before the track', () => {
    thenSee(when(headed, deploy('green', { parent: 'white', ...next })), { refused: 'parent_not_current' });
  });
});

describe('tracks', () => {
  const onStable = given(release, deploy('blue'), confirms());

  it.each([
    ['stage another track', stage('green', next), null],
    ['stage the current track', stage('green'), 'track_is_current'],
    ['deploy the current track', deploy('green'), null],
    ['deploy another track', deploy('green', next), 'track_is_not_current'],
  ] as const)('with a head: %s', (_, wish, refused) => {
    thenSee(when(onStable, wish), { refused });
  });

  it('are named in the refusal', () => {
    expect(when(onStable, stage('green')).answer).toMatchObject({ params: { current: 'stable' } });
    expect(when(onStable, deploy('green', next)).answer).toMatchObject({ params: { current: 'stable' } });
  });

  it('are counted from the head, confirmed or not', () => {
    thenSee(when(given(release, deploy('blue')), stage('green')), { refused: 'track_is_current' });
  });

  describe('while there is no head', () => {
    const headless: readonly (readonly [string, readonly Happening[]])[] = [
      ['because nothing was deployed', []],
      ['because it was archived', [deploy('blue'), confirms(), archive('blue')]],
      ['because it was archived and removed', [deploy('blue'), confirms(), archive('blue'), removes]],
      ['because it failed', [deploy('blue'), fails()]],
      ['because it is only staged', [stage('white', { track: 'third' })]],
    ];

    it.each(headless)('both are allowed: %s', (_, story) => {
      for (const track of ['stable', 'next']) {
        thenSee(when(given(release, ...story), stage('green', { track })), { refused: null });
        thenSee(when(given(release, ...story), deploy('green', { track })), { refused: null });
      }
    });
  });
});

describe('archiving', () => {
  interface Archived {
    readonly story: readonly Happening[];
    readonly to: Phase;
    readonly target: string | null;
    readonly sent: number;
    readonly changed: boolean;
  }
  const confirmedAndMore = [deploy('old'), confirms(), deploy('blue')];
  const stories: Readonly<Record<string, Archived>> = {
    'what is staged': { story: [stage('blue')], to: 'archived', target: null, sent: 0, changed: true },
    'what has drifted': {
      story: [stage('blue', next), deploy('red')],
      to: 'archived',
      target: 'red',
      sent: 0,
      changed: true,
    },
    'what is queued cancels it': {
      story: [deploy('blue')],
      to: 'archived',
      target: 'blue',
      sent: 1,
      changed: true,
    },
    'what is retrying cancels it': {
      story: [deploy('blue'), triesAgain(1)],
      to: 'archived',
      target: 'blue',
      sent: 1,
      changed: true,
    },
    'what is queued after a confirmed one brings that back': {
      story: confirmedAndMore,
      to: 'archived',
      target: restoreOf('blue'),
      sent: 1,
      changed: true,
    },
    'what is deployed has it removed': {
      story: [deploy('blue'), confirms()],
      to: 'removing',
      target: 'blue',
      sent: 1,
      changed: true,
    },
    'what is superseded sees to it that nothing brings it back': {
      story: [deploy('blue'), confirms(), deploy('red')],
      to: 'removing',
      target: 'red',
      sent: 0,
      changed: true,
    },
    'what is being removed changes nothing': {
      story: [deploy('blue'), confirms(), archive('blue')],
      to: 'removing',
      target: 'blue',
      sent: 0,
      changed: false,
    },
    'what has just been archived changes nothing': {
      story: [stage('blue'), archive('blue')],
      to: 'archived',
      target: null,
      sent: 0,
      changed: false,
    },
    'what has just failed changes nothing': {
      story: [deploy('blue'), fails()],
      to: 'failed',
      target: 'blue',
      sent: 0,
      changed: false,
    },
  };

  it.each(Object.entries(stories))('%s', (_, { story, to, target, sent, changed }) => {
    const archived = when(given(release, ...story), archive('blue'));
    thenSee(archived, { refused: null, target, sent, changed });
    expect(the(archived, 'blue').phase).toBe(to);
  });

  it('what nobody knows is refused', () => {
    thenSee(when(release, archive('blue')), { refused: 'not_found' });
  });

  it('the head leaves the thing with nothing, and ends when the thing says so', () => {
    const removing = given(release, deploy('blue'), confirms(), archive('blue'));
    thenSee(removing, { phases: { blue: 'removing' }, revision: nothing, waiting: 'delivery', made: [] });
    thenSee(when(removing, removes), { phases: { blue: 'archived' }, revision: nothing, waiting: null });
  });

  it('a head that the thing cannot remove lets it go when the thing gives up', () => {
    thenSee(when(given(release, deploy('blue'), confirms(), archive('blue')), fails()), {
      phases: { blue: 'archived' },
      waiting: null,
      sent: 0,
    });
  });

  it('the head, and deploying something before it is gone, waits for the newer one', () => {
    const both = given(release, deploy('blue'), confirms(), archive('blue'), deploy('green'));
    thenSee(both, { phases: { blue: 'removing', green: 'queued' }, target: 'green' });
    thenSee(when(both, confirms()), { phases: { blue: 'archived', green: 'deployed' } });
  });

  it('the head is not undone by the failure of the newer one', () => {
    const both = given(release, deploy('blue'), confirms(), archive('blue'), deploy('green'));
    thenSee(when(both, fails()), {
      phases: { blue: 'removing', green: 'failed' },
      target: 'green',
      revision: nothing,
      made: [],
    });
  });
});

describe('when the head fails', () => {
  it('and nothing was ever confirmed, the thing shall have nothing', () => {
    const failed = when(given(release, deploy('blue')), fails());
    thenSee(failed, {
      phases: { blue: 'failed' },
      target: 'blue',
      revision: nothing,
      waiting: 'delivery',
      sent: 1,
      made: [],
    });
    expect(the(failed, 'blue').failure).toEqual(noSpace);
    thenSee(when(failed, removes), { phases: { blue: 'failed' }, waiting: null });
  });

  it('without a reason, it is told so', () => {
    const failed = when(given(release, deploy('blue')), reports('failed'));
    expect(the(failed, 'blue').failure).toEqual({ code: 'unknown', message: 'The thing gave no reason.' });
  });

  describe('and another was confirmed before it', () => {
    const failed = when(given(release, deploy('blue'), confirms(), deploy('green')), fails());
    const restore = restoreOf('green');

    it('that one comes back as a new deployment, under a new seq', () => {
      thenSee(failed, {
        phases: { blue: 'superseded', green: 'failed', [restore]: 'queued' },
        target: restore,
        revision: revisionOf('blue'),
        waiting: 'delivery',
        sent: 1,
        made: [restore],
      });
      expect(the(failed, restore)).toMatchObject({
        restores: 'blue',
        track: 'stable',
        deadline: null,
        seq: seqOf(failed),
      });
      expect(seqOf(failed)).toBeGreaterThan(the(failed, 'green').seq);
    });

    it('it says that we made it, and why', () => {
      expect(the(failed, restore).history).toEqual([
        {
          at: failed.now,
          by: 'engine',
          from: null,
          to: 'queued',
          why: 'restores blue, because green failed',
        },
      ]);
    });

    it('it is deployed like any other, and the old one is over', () => {
      thenSee(when(failed, confirms()), {
        phases: { blue: 'archived', green: 'failed', [restore]: 'deployed' },
        waiting: null,
      });
    });

    it('it may be superseded, and still brought back', () => {
      const superseded = given(failed, deploy('red'));
      thenSee(superseded, {
        phases: { blue: 'superseded', green: 'failed', [restore]: 'archived', red: 'queued' },
      });
      thenSee(when(superseded, fails()), { made: [restoreOf('red')], revision: revisionOf('blue') });
    });

    it('it may be brought back itself, once it is confirmed', () => {
      const again = when(given(failed, confirms(), deploy('red')), fails());
      thenSee(again, { made: [restoreOf('red')], revision: revisionOf('blue') });
      expect(the(again, restoreOf('red')).restores).toBe(restore);
    });
  });

  describe('and its restore fails too', () => {
    const failed = when(given(release, deploy('blue'), confirms(), deploy('green'), fails()), fails());

    it('that is the end of it: nothing is claimed and nothing is awaited', () => {
      thenSee(failed, {
        phases: { blue: 'archived', green: 'failed', [restoreOf('green')]: 'failed' },
        waiting: null,
        sent: 0,
        made: [],
      });
    });

    it('its late confirmation changes nothing', () => {
      thenSee(when(failed, confirms()), { changed: false });
    });

    it('anything may be deployed after it', () => {
      thenSee(when(failed, deploy('red', next), confirms()), { target: 'red', waiting: null });
    });
  });
});

describe('cancelling', () => {
  it('an unconfirmed head brings back the last confirmed revision, in the name of the engine', () => {
    const cancelled = when(given(release, deploy('blue'), confirms(), deploy('green')), archive('green'));
    thenSee(cancelled, {
      phases: { blue: 'superseded', green: 'archived', [restoreOf('green')]: 'queued' },
      revision: revisionOf('blue'),
      made: [restoreOf('green')],
      sent: 1,
    });
    expect(the(cancelled, 'green').history.at(-1)).toMatchObject({ by: 'key:ada', why: 'archived' });
    expect(the(cancelled, restoreOf('green')).history.at(-1)).toMatchObject({
      by: 'engine',
      why: 'restores blue, because green was cancelled',
    });
  });

  describe('a restore', () => {
    const restoring = given(release, deploy('blue'), confirms(), deploy('green'), fails());
    const cancelled = when(restoring, archive(restoreOf('green')));

    it('makes no other: the thing shall have nothing', () => {
      thenSee(cancelled, {
        phases: { blue: 'removing', green: 'failed', [restoreOf('green')]: 'archived' },
        target: restoreOf('green'),
        revision: nothing,
        waiting: 'delivery',
        made: [],
        sent: 1,
      });
    });

    it('ends what it would have brought back when the thing has nothing', () => {
      thenSee(when(cancelled, removes), {
        phases: { blue: 'archived', green: 'failed', [restoreOf('green')]: 'archived' },
        waiting: null,
      });
    });
  });
});

describe('the deadline', () => {
  const deadline = start + 10 * minutes;
  const dated = given(release, deploy('blue'), confirms(), deploy('green', { deadline }));

  it('is not yet passed a moment before', () => {
    const early = when(dated, laterBy(deadline - 1 - dated.now, look));
    thenSee(early, { phases: { blue: 'superseded', green: 'queued' }, made: [] });
  });

  it('fails the head that was not confirmed by then, as any failure does', () => {
    const late = when(dated, laterBy(deadline - dated.now, look));
    thenSee(late, {
      phases: { blue: 'superseded', green: 'failed', [restoreOf('green')]: 'queued' },
      made: [restoreOf('green')],
      sent: 1,
    });
    expect(the(late, 'green')).toMatchObject({ failure: { code: 'deadline_passed' } });
    expect(the(late, 'green').history.at(-1)).toMatchObject({ by: 'engine', why: 'its deadline passed' });
  });

  it('fails what was retrying too', () => {
    const late = when(dated, triesAgain(1), laterBy(1 * days, look));
    expect(the(late, 'green').phase).toBe('failed');
  });

  it('does not matter once it is confirmed', () => {
    thenSee(when(given(dated, confirms()), laterBy(1 * days, look)), { changed: false });
  });

  it('does not matter to a person who has not deployed it yet', () => {
    const staged = given(release, stage('blue', { deadline }));
    thenSee(when(staged, laterBy(1 * days, look)), { changed: false, phases: { blue: 'staged' } });
  });

  it('of what was confirmed in time does not fail it when it must be given again', () => {
    const again = given(dated, confirms(), laterBy(30 * days, startsFromNothing));
    const looked = when(again, laterBy(1 * days, look));
    expect(the(looked, 'green').phase).toBe('queued');
  });
});

describe('a thing that starts from nothing', () => {
  const confirmed = given(release, deploy('blue'), confirms());
  const again = when(confirmed, startsFromNothing);

  it('gets what it had again, under a new seq', () => {
    thenSee(again, { phases: { blue: 'queued' }, target: 'blue', waiting: 'delivery', sent: 1, made: [] });
    expect(seqOf(again)).toBeGreaterThan(seqOf(confirmed));
    expect(the(again, 'blue').seq).toBe(seqOf(again));
    thenSee(when(again, confirms()), { phases: { blue: 'deployed' }, waiting: null });
  });

  it('begins to count its attempts again', () => {
    const fresh = when(given(release, deploy('blue'), triesAgain(2)), startsFromNothing);
    expect(the(fresh, 'blue')).toMatchObject({ phase: 'queued', attempts: 0, failure: null });
  });

  it('is not believed on what it said before', () => {
    const before = when(again, reports('applied', { seq: seqOf(confirmed) }));
    thenSee(before, { changed: false, phases: { blue: 'queued' } });
  });

  it('gets nothing again where it shall have nothing', () => {
    const emptied = given(confirmed, archive('blue'), removes);
    const told = when(emptied, startsFromNothing);
    thenSee(told, { target: 'blue', revision: nothing, waiting: 'delivery', sent: 1 });
    expect(seqOf(told)).toBeGreaterThan(seqOf(emptied));
  });

  it('that never had anything is told nothing', () => {
    thenSee(when(release, startsFromNothing), { changed: false, sent: 0 });
    thenSee(when(given(release, stage('blue')), startsFromNothing), { changed: false, sent: 0 });
  });

  it('does not get what has failed', () => {
    const over = given(release, deploy('blue'), confirms(), deploy('green'), fails(), fails());
    thenSee(when(over, startsFromNothing), {
      phases: { blue: 'archived', green: 'failed', [restoreOf('green')]: 'failed' },
      revision: nothing,
    });
  });

  it('keeps what is superseded for the case that the newer one fails', () => {
    const both = given(confirmed, deploy('green'), startsFromNothing);
    thenSee(both, { phases: { blue: 'superseded', green: 'queued' }, target: 'green' });
    thenSee(when(both, fails()), { made: [restoreOf('green')], revision: revisionOf('blue') });
  });
});

describe('a thing that is gone for good', () => {
  const full = given(
    release,
    deploy('blue'),
    confirms(),
    deploy('green'),
    stage('red', next),
    stage('pink', { track: 'third' }),
  );
  const gone = when(full, abandon);

  it('takes everything with it', () => {
    thenSee(gone, {
      phases: { blue: 'archived', green: 'archived', red: 'archived', pink: 'archived' },
      target: null,
      waiting: null,
      sent: 0,
      made: [],
    });
  });

  it('has no more say', () => {
    const late = reports('applied', { seq: seqOf(full), revision: revisionOf('green') });
    thenSee(when(gone, deploy('white'), late), { changed: false, target: 'white' });
  });

  it('does not make its slot forget the order', () => {
    expect(seqOf(when(gone, laterBy(-1 * days, deploy('white'))))).toBeGreaterThan(seqOf(full));
  });
});

describe('the version that somebody has seen', () => {
  const staged = given(release, stage('blue', next), stage('green'));

  it('is one more with every change', () => {
    expect(the(staged, 'blue').version).toBe(1);
    expect(the(given(staged, deployStaged('blue')), 'blue').version).toBe(2);
    expect(the(given(staged, deployStaged('blue'), confirms()), 'blue').version).toBe(3);
  });

  it.each([
    ['the one that is there', 1, null],
    ['an older one', 0, 'changed_meanwhile'],
    ['one that is not there yet', 2, 'changed_meanwhile'],
  ] as const)('%s', (_, version, refused) => {
    thenSee(when(staged, deployStaged('blue', version)), { refused });
    thenSee(when(staged, archive('blue', version)), { refused });
  });

  it('is asked before anything else, so that a stale wish is told why', () => {
    const drifted = given(staged, deployStaged('green'));
    thenSee(when(drifted, deployStaged('blue', 1)), { refused: 'changed_meanwhile' });
    thenSee(when(drifted, deployStaged('blue', 2)), { refused: 'deployment_drifted' });
  });
});

describe('a full slot', () => {
  const stagedFor = (track: string): Happening => stage(`for ${track}`, { track });
  const tracks = (count: number): string[] =>
    Array.from({ length: count }, (_, index) => `track ${index + 1}`);
  const full = given(release, ...tracks(64).map(stagedFor));

  it('takes sixty-four', () => {
    expect(full.slot.live).toHaveLength(64);
  });

  it('refuses one more, and says how many it takes', () => {
    const refused = when(full, stage('one more', { track: 'track 65' }));
    thenSee(refused, { refused: 'slot_full', changed: false });
    expect(refused.answer).toMatchObject({ params: { limit: 64 } });
    thenSee(when(full, deploy('one more')), { refused: 'slot_full' });
  });

  it('takes what replaces one of them', () => {
    thenSee(when(full, stage('in its place', { track: 'track 1' })), { refused: null });
  });

  it('takes another when one has gone', () => {
    thenSee(when(given(full, archive('for track 1')), deploy('one more')), {
      refused: null,
      target: 'one more',
    });
  });

  it('lets what it has be deployed', () => {
    thenSee(when(full, deployStaged('for track 1')), { refused: null, target: 'for track 1' });
  });

  it('still brings back what was confirmed', () => {
    const crowded = given(release, deploy('blue'), confirms(), deploy('green'), ...tracks(62).map(stagedFor));
    expect(crowded.slot.live).toHaveLength(64);
    thenSee(when(crowded, fails()), { made: [restoreOf('green')] });
  });
});

describe('what is over', () => {
  it('is carried in `leaving` by one change, and dropped by the next', () => {
    const superseded = given(release, deploy('blue'), deploy('green'));
    expect(superseded.slot.leaving.map(({ id }) => id)).toEqual(['blue']);
    expect(superseded.slot.live.map(({ id }) => id)).toEqual(['green']);
    expect(given(superseded, confirms()).slot.leaving).toEqual([]);
  });

  it('stays in `leaving` while nothing changes', () => {
    const superseded = given(release, deploy('blue'), deploy('green'));
    expect(when(superseded, look).slot.leaving.map(({ id }) => id)).toEqual(['blue']);
  });
});
