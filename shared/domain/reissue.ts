// A thing that starts from nothing gets everything again that it shall have, under new seqs.
import { type Deployment, isOutstanding, isWanted, moved } from './deployment.ts';
import type { Context, Decide } from './event.ts';
import { headOf, nextSeq, type Slot } from './slot.ts';
import { aimAtNothing, aimAtQueue, because, isQueue, withHead } from './target.ts';

/** What was confirmed in time is not late now: its deadline is over with. */
const again = (one: Deployment, seq: number, context: Context): Deployment =>
  moved(one, 'reissue', because(context, 'the thing starts from nothing'), {
    seq,
    attempts: 0,
    failure: null,
    deadline: isOutstanding(one) ? one.deadline : null,
  });

/** In order, each with a seq of its own. */
const allAgain = (slot: Slot, context: Context): Slot => {
  const first = nextSeq(slot, context.now);
  const wanted = slot.live.filter(isWanted);
  const live = slot.live.map((one) =>
    isWanted(one) ? again(one, first + wanted.indexOf(one), context) : one,
  );
  return { ...slot, live, seq: wanted.length === 0 ? slot.seq : first + wanted.length - 1 };
};

export const reissue: Decide<'reissue'> = (slot, _, context) => {
  if (slot.target === null) return slot;
  const asked = allAgain(slot, context);
  if (isQueue(slot)) return aimAtQueue(asked, context.now);
  const head = headOf(asked);
  return head === undefined
    ? aimAtNothing(asked, slot.target.deployment ?? '', context)
    : withHead({ ...asked, seq: slot.seq }, head, context);
};
