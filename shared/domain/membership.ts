// Belonging to a group: what the group may deploy here, and what becomes of it when the thing leaves, or is gone for good.
//
// Membership lies in the slot, so one write decides it. A worker that slept for an hour cannot deploy what its group has given up
// (a generation that is older than the slot's), nor to a thing that has left (no membership).
import { isOutstanding, moved } from './deployment.ts';
import type { Context, Decide, NewDeployment } from './event.ts';
import { refuse } from './refusal.ts';
import { findIn, headOf, type Membership, type Slot } from './slot.ts';
import { aimAtNothing, because, enter, giveWay, mapLive, replaceIn } from './target.ts';

/** The slot as the group may change it; undefined where it may not. */
export const admitted = (slot: Slot, { group, generation }: Membership): Slot | undefined =>
  slot.member?.group !== group || slot.member.generation > generation
    ? undefined
    : { ...slot, member: { group, generation } };

export const join: Decide<'join'> = (slot, { group }) => {
  if (slot.member === undefined) return { ...slot, member: { group, generation: 0 } };
  return slot.member.group === group
    ? slot
    : refuse('in_use', 'This device belongs to another environment; take it out there first.', {
        group: slot.member.group,
      });
};

const withoutMember = ({ member: _, ...slot }: Slot): Slot => slot;

/** What the thing has is taken from it; what it does not have yet is never sent. */
const emptied = (slot: Slot, context: Context): Slot => {
  const archived = mapLive(slot, (one) => moved(one, 'archive', because(context, 'left its group')));
  const { target } = slot;
  // A set of nothing is a deployment all the same: somebody has to confirm that it is gone.
  const isBare = headOf(slot) === undefined && (target === null || target.revision === context.nothing);
  return isBare ? archived : aimAtNothing(archived, target?.deployment ?? '', context);
};

export const leave: Decide<'leave'> = (slot, { group }, context) =>
  slot.member?.group === group ? emptied(withoutMember(slot), context) : slot;

/** Nothing of this generation is taken any more: neither what was sent and is late, nor what was never sent. */
const closed = (slot: Slot, { group, generation }: Membership): Slot => ({
  ...slot,
  member: { group, generation: generation + 1 },
});

/** Who could not apply its part got back what it had confirmed before, or nothing; that need not be what its group had. */
const lacks = (slot: Slot, { id, revision }: NewDeployment): boolean => {
  const head = headOf(slot);
  return head?.part === undefined && head?.revision !== revision && findIn(slot, id) === undefined;
};

export const fallBack: Decide<'fall back'> = (slot, { from, to, hasFailed = false }, context) => {
  const { member } = slot;
  if (member?.group !== from.group || member.generation > from.generation) return slot;
  const after = closed(slot, from);
  const head = headOf(slot);
  if (member.generation < from.generation) return after;
  const isItsOwn = head?.part !== undefined && isOutstanding(head);
  if (to !== null && (isItsOwn || (hasFailed && lacks(slot, to))))
    return enter(after, to, 'its rollout was called back', context);
  if (!isItsOwn) return after;
  const archived = moved(head, 'archive', because(context, 'its rollout was called back'));
  return giveWay(replaceIn(after, archived), head, 'was called back', context);
};

/** The thing is gone for good. */
export const abandon: Decide<'abandon'> = (slot, _, context) =>
  slot.target === null && slot.live.length === 0 && slot.member === undefined
    ? slot
    : {
        ...mapLive(withoutMember(slot), (one) =>
          moved(one, 'abandon', because(context, 'the thing is gone')),
        ),
        target: null,
        waiting: null,
      };
