// What a group may do to a slot that belongs to it, and what becomes of the slot when it leaves.

import { describe, expect, it } from 'vitest';
import { emptySlot } from '#domain/slot';
import {
  abandon,
  confirms,
  fails,
  fallsBack,
  gets,
  given,
  joins,
  leaves,
  nothing,
  release,
  removes,
  restoreOf,
  thenSee,
  when,
} from './given.ts';

const line1 = (generation: number) => ({ group: 'line 1', generation });
const member = given(release, joins('line 1'));

describe('joining', () => {
  it('makes the slot a member that takes anything', () => {
    expect(member.slot.member).toEqual(line1(0));
  });

  it('again changes nothing', () => {
    thenSee(when(member, joins('line 1')), { changed: false, refused: null });
  });

  it('a second group is refused, and the first one named', () => {
    thenSee(when(member, joins('line 2')), { refused: 'in_use' });
    expect(when(member, joins('line 2')).answer).toMatchObject({
      message: 'This device belongs to another environment; take it out there first.',
      params: { group: 'line 1' },
    });
    expect(when(member, joins('line 2')).slot.member).toEqual(line1(0));
  });
});

describe('a part of a rollout', () => {
  it('reaches a member, which takes nothing older from then on', () => {
    const story = when(member, gets('a', line1(7)));
    thenSee(story, { phases: { a: 'queued' } });
    expect(story.slot.member).toEqual(line1(7));
  });

  it.each([
    ['a slot without a group', release, line1(7)],
    ['a member of another group', member, { group: 'line 2', generation: 7 }],
    ['a member that took a newer one', given(member, gets('b', line1(8)), confirms()), line1(7)],
    ['a thing that has left', given(member, leaves('line 1')), line1(7)],
  ] as const)('does not reach %s', (_, story, within) => {
    const after = when(story, gets('a', within));
    thenSee(after, { changed: false, refused: null, sent: 0 });
    expect(after.slot).toBe(story.slot);
  });

  it('that comes again within the same rollout is taken as any other', () => {
    const story = when(given(member, gets('a', line1(7)), confirms()), gets('b', line1(7)));
    thenSee(story, { phases: { a: 'superseded', b: 'queued' } });
  });

  it('takes the place of an older one', () => {
    thenSee(when(given(member, gets('a', line1(7)), confirms()), gets('b', line1(8))), {
      phases: { a: 'superseded', b: 'queued' },
    });
  });

  it('that failed gives way as any other', () => {
    thenSee(when(given(member, gets('a', line1(7)), confirms(), gets('b', line1(8))), fails()), {
      phases: { [restoreOf('b')]: 'queued', a: 'superseded', b: 'failed' },
    });
  });
});

describe('leaving', () => {
  it('takes away what the thing has', () => {
    const story = when(given(member, gets('a', line1(7)), confirms()), leaves('line 1'));
    thenSee(story, { phases: { a: 'removing' }, sent: 1 });
    expect(story.slot.target?.revision).toBe(nothing);
    expect(story.slot.member).toBeUndefined();
    thenSee(when(story, removes), { phases: { a: 'archived' } });
  });

  it('takes back what it does not have yet, and does not trust that it has nothing', () => {
    const story = when(given(member, gets('a', line1(7))), leaves('line 1'));
    thenSee(story, { phases: { a: 'archived' }, sent: 1 });
    expect(story.slot.target?.revision).toBe(nothing);
  });

  it('brings nothing back, although something was confirmed before', () => {
    const story = when(given(member, gets('a', line1(7)), confirms(), gets('b', line1(8))), leaves('line 1'));
    thenSee(story, { phases: { a: 'removing', b: 'archived' }, made: [] });
    expect(story.slot.target?.revision).toBe(nothing);
  });

  it('takes away a set of nothing as any other, and waits for the thing’s word', () => {
    const bare = given(member, gets('a', line1(7), { revision: nothing }), removes);
    thenSee(bare, { phases: { a: 'deployed' } });
    const story = when(bare, leaves('line 1'));
    thenSee(story, { phases: { a: 'removing' }, sent: 1 });
    expect(story.slot.waiting?.for).toBe('delivery');
    thenSee(when(story, removes), { phases: { a: 'archived' } });
  });

  it('says nothing to a thing that was never sent anything, or has nothing', () => {
    thenSee(when(member, leaves('line 1')), { changed: true, sent: 0 });
    const emptied = given(member, gets('a', line1(7)), confirms(), leaves('line 1'), removes);
    thenSee(when(emptied, joins('line 2'), leaves('line 2')), { changed: true, sent: 0 });
  });

  it('another group changes nothing', () => {
    thenSee(when(member, leaves('line 2')), { changed: false });
    expect(when(member, leaves('line 2')).slot).toBe(member.slot);
  });

  it('frees the thing for another group, which begins anew', () => {
    const story = when(given(member, gets('a', line1(7))), leaves('line 1'), joins('line 2'));
    expect(story.slot.member).toEqual({ group: 'line 2', generation: 0 });
  });
});

describe('falling back from a rollout', () => {
  const sent = given(member, gets('a', line1(6)), confirms(), gets('b', line1(7)));

  it('puts what the group had before in the place of what was not confirmed', () => {
    thenSee(when(sent, fallsBack(line1(7), 'a again')), {
      phases: { a: 'superseded', b: 'archived', 'a again': 'queued' },
      sent: 1,
    });
  });

  it('restores what the thing had, where the group had nothing', () => {
    thenSee(when(sent, fallsBack(line1(7))), {
      phases: { a: 'superseded', b: 'archived', [restoreOf('b')]: 'queued' },
    });
  });

  it('leaves nothing where there was nothing', () => {
    const story = when(given(member, gets('b', line1(7))), fallsBack(line1(7)));
    thenSee(story, { phases: { b: 'archived' } });
    expect(story.slot.target?.revision).toBe(nothing);
  });

  it('leaves alone what was confirmed, and what is being restored if the group had just that', () => {
    const confirmed = when(given(sent, confirms()), fallsBack(line1(7), 'a again'));
    thenSee(confirmed, { phases: { a: 'archived', b: 'deployed' }, sent: 0 });
    const restoring = { a: 'superseded', b: 'failed', [restoreOf('b')]: 'queued' } as const;
    thenSee(when(given(sent, fails()), fallsBack(line1(7), 'a', true)), { phases: restoring, sent: 0 });
    thenSee(when(given(sent, fails()), fallsBack(line1(7), null, true)), { phases: restoring, sent: 0 });
  });

  it('brings what the group had to a thing that could not apply the part, and gets back something older, or nothing', () => {
    const older = when(given(sent, fails()), fallsBack(line1(7), 'good', true));
    thenSee(older, {
      phases: { a: 'superseded', b: 'failed', [restoreOf('b')]: 'archived', good: 'queued' },
      sent: 1,
    });
    const unconfirmed = given(member, gets('good', line1(6)), gets('b', line1(7)), fails());
    const brought = when(unconfirmed, fallsBack(line1(7), 'good again', true));
    thenSee(brought, { phases: { good: 'archived', b: 'failed', 'good again': 'queued' }, sent: 1 });
  });

  it.each([
    ['was never sent it', given(member, gets('a', line1(6)), confirms())],
    ['was sent it', sent],
    ['has confirmed it', given(sent, confirms())],
  ] as const)('closes the door to a worker that slept, where the thing %s', (_, story) => {
    const after = when(story, fallsBack(line1(7)), gets('b too late', line1(7)));
    thenSee(after, { changed: false, sent: 0 });
    expect(after.slot.member).toEqual(line1(8));
  });

  it('happens once', () => {
    const story = given(sent, fallsBack(line1(7), 'a again'));
    thenSee(when(story, fallsBack(line1(7), 'a once more')), { changed: false });
  });

  it.each([
    ['a newer rollout', given(sent, gets('c', line1(8)))],
    ['another group', given(sent, leaves('line 1'), joins('line 2'))],
    ['nobody', given(sent, leaves('line 1'))],
  ] as const)('comes too late for a slot that belongs to %s', (_, story) => {
    thenSee(when(story, fallsBack(line1(7), 'a again')), { changed: false });
  });
});

describe('a thing that is gone for good', () => {
  it('belongs to nobody', () => {
    const story = when(given(member, gets('a', line1(7))), abandon);
    thenSee(story, { phases: { a: 'archived' } });
    expect(story.slot.member).toBeUndefined();
    expect(story.slot.target).toBeNull();
  });

  it('belongs to nobody even if it never got anything', () => {
    const story = when(member, abandon);
    thenSee(story, { changed: true });
    expect(story.slot).toEqual({ ...emptySlot(release.slot.id, release.slot.organization), version: 2 });
  });
});
