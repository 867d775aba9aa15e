// What a person may wish of a slot: to stage, to deploy, to archive.
import { rulesOf } from './channel.ts';
import { type Deployment, hasEnded, isOutstanding, isStaged, move, moved } from './deployment.ts';
import type { Context, Decide, NewDeployment } from './event.ts';
import { admitted } from './membership.ts';
import { isRefusal, type Refusal, refuse } from './refusal.ts';
import { findIn, headOf, isOver, nextSeq, type Slot } from './slot.ts';
import {
  aimAtNothing,
  aimAtQueue,
  because,
  born,
  enter,
  giveWay,
  isQueue,
  makeRoom,
  mapLive,
  replaceIn,
  withHead,
} from './target.ts';

const full = (slot: Slot): Refusal | undefined => {
  const { liveMax } = rulesOf(slot.id.channel);
  return slot.live.length < liveMax
    ? undefined
    : refuse('slot_full', `This thing already has ${liveMax} deployments that are not over.`, {
        limit: liveMax,
      });
};

const seenBefore = (slot: Slot, wanted: NewDeployment): boolean => findIn(slot, wanted.id) !== undefined;

const changedMeanwhile = (deployment: Deployment, version: number | undefined): Refusal | undefined =>
  version === undefined || version === deployment.version
    ? undefined
    : refuse('changed_meanwhile', `Deployment ${deployment.id} has changed since you read it.`, {
        id: deployment.id,
      });

const notHere = (id: string): Refusal => refuse('not_found', `There is no deployment ${id}.`, { id });

export const stage: Decide<'stage'> = (slot, { deployment: wanted }, context) => {
  if (seenBefore(slot, wanted)) return slot;
  const head = headOf(slot);
  if (head !== undefined && head.track === wanted.track)
    return refuse('track_is_current', 'A deployment is staged for another release than the current one.', {
      current: head.track,
    });
  const replaced = mapLive(slot, (deployment) =>
    isStaged(deployment) && deployment.track === wanted.track
      ? moved(deployment, 'replace', because(context, `${wanted.id} was staged in its place`))
      : deployment,
  );
  const staged = born(wanted, 'staged', 0, because(context, 'staged'));
  const kept = { ...replaced, live: replaced.live.filter((one) => !hasEnded(one)) };
  return full(kept) ?? { ...replaced, live: [...replaced.live, staged] };
};

export const deploy: Decide<'deploy'> = (before, { deployment: wanted, parent, within }, context) => {
  if (seenBefore(before, wanted)) return before;
  const slot = within === undefined ? before : admitted(before, within);
  if (slot === undefined) return before;
  const head = isQueue(slot) ? undefined : headOf(slot);
  if (parent !== undefined && parent !== (head?.id ?? null))
    return refuse('parent_not_current', 'The parent is not the current deployment.', {
      parent,
      current: head?.id ?? null,
    });
  if (head !== undefined && head.track !== wanted.track)
    return refuse(
      'track_is_not_current',
      'A deployment of another release than the current one is staged first.',
      {
        current: head.track,
      },
    );
  return full(slot) ?? enter(slot, wanted, 'deployed', context);
};

export const deployStaged: Decide<'deploy staged'> = (slot, { id, version }, context) => {
  const staged = findIn(slot, id);
  if (staged === undefined) return notHere(id);
  const refused = changedMeanwhile(staged, version);
  if (refused !== undefined) return refused;
  const head = move(staged, 'deploy', because(context, 'deployed'), { seq: nextSeq(slot, context.now) });
  if (isRefusal(head)) return head;
  if (head === staged) return slot;
  if (isQueue(slot)) return aimAtQueue(replaceIn(slot, head), context.now);
  return withHead(makeRoom(replaceIn(slot, head), id, context), head, context);
};

/** A person who cancels what brought it back does not want it either. */
const cancelRestored = (slot: Slot, before: Deployment, context: Context): Slot =>
  mapLive(slot, (one) =>
    one.id === before.restores
      ? moved(one, 'archive', because(context, `its restore ${before.id} was cancelled`))
      : one,
  );

/** What follows when a person took one away, by what it was. */
const afterArchive = (slot: Slot, before: Deployment, context: Context): Slot => {
  if (isStaged(before) || before.phase === 'superseded') return slot;
  if (isQueue(slot)) return aimAtQueue(slot, context.now);
  if (!isOutstanding(before)) return aimAtNothing(slot, before.id, context);
  return before.restores === null
    ? giveWay(slot, before, 'was cancelled', context)
    : aimAtNothing(cancelRestored(slot, before, context), before.id, context);
};

export const archive: Decide<'archive'> = (slot, { id, version }, context) => {
  const before = findIn(slot, id);
  if (before === undefined) return notHere(id);
  const refused = changedMeanwhile(before, version);
  if (refused !== undefined) return refused;
  if (isOver(slot, before)) return slot;
  const after = moved(before, 'archive', because(context, 'archived'));
  return after === before ? slot : afterArchive(replaceIn(slot, after), before, context);
};
