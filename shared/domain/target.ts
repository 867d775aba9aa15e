// What every decision is made of: aiming a slot at something new, making room for it, and giving way when it ends.
import { rulesOf } from './channel.ts';
import {
  type Cause,
  type Deployment,
  type Digest,
  type Failure,
  isStaged,
  isWanted,
  moved,
} from './deployment.ts';
import type { Context, NewDeployment } from './event.ts';
import { lastConfirmedOf, nextSeq, type Slot } from './slot.ts';
import { lookAgainAt, type TargetWaitingFor } from './waiting.ts';

export const because = (context: Context, why: string): Cause => ({ now: context.now, by: context.by, why });

export const born = (
  wanted: NewDeployment,
  phase: 'staged' | 'queued',
  seq: number,
  cause: Cause,
): Deployment => ({
  ...wanted,
  phase,
  seq,
  attempts: 0,
  failure: null,
  result: null,
  restores: null,
  createdAt: cause.now,
  updatedAt: cause.now,
  version: 1,
  history: [{ at: cause.now, by: cause.by, from: null, to: phase, why: cause.why }],
});

export const mapLive = (slot: Slot, change: (deployment: Deployment) => Deployment): Slot => ({
  ...slot,
  live: slot.live.map(change),
});

export const waitFor = (slot: Slot, waitingFor: TargetWaitingFor, now: number, times = 0): Slot => ({
  ...slot,
  waiting: { for: waitingFor, since: now, until: lookAgainAt(waitingFor, times, now), times },
});

export const isQueue = (slot: Slot): boolean => rulesOf(slot.id.channel).order === 'queue';

/** A new target, under a new seq, that the thing has to hear of. */
export const aim = (
  slot: Slot,
  at: { deployment: string | null; revision: Digest | null },
  now: number,
): Slot => {
  const seq = nextSeq(slot, now);
  return waitFor({ ...slot, seq, target: { ...at, seq } }, 'delivery', now);
};

export const aimAtQueue = (slot: Slot, now: number): Slot =>
  aim(slot, { deployment: null, revision: null }, now);

/** The thing shall have nothing; `onBehalfOf` is quoted to it. */
export const aimAtNothing = (slot: Slot, onBehalfOf: string, context: Context): Slot =>
  aim(slot, { deployment: onBehalfOf, revision: context.nothing }, context.now);

/** Everything else makes room for a new head; what is staged was staged for another state of affairs. */
export const makeRoom = (slot: Slot, forId: string, context: Context): Slot =>
  mapLive(slot, (deployment) => {
    if (deployment.id === forId) return deployment;
    return isStaged(deployment)
      ? moved(deployment, 'drift', because(context, `${forId} was deployed`))
      : moved(deployment, 'supersede', because(context, `superseded by ${forId}`));
  });

export const withHead = (slot: Slot, head: Deployment, context: Context): Slot =>
  aim(slot, { deployment: head.id, revision: head.revision }, context.now);

/** Adds a deployment that shall be on the thing: as the head, or at the end of the queue. */
export const enter = (slot: Slot, wanted: NewDeployment, why: string, context: Context): Slot => {
  const deployment = born(wanted, 'queued', nextSeq(slot, context.now), because(context, why));
  const entered = { ...slot, live: [...slot.live, deployment] };
  return isQueue(slot)
    ? aimAtQueue(entered, context.now)
    : withHead(makeRoom(entered, deployment.id, context), deployment, context);
};

/**
 * The head has ended without being confirmed: what the thing had confirmed before comes back as a new deployment
 * (nothing moves backwards), and where there is nothing to bring back the thing is told to have nothing.
 */
export const giveWay = (slot: Slot, gone: Deployment, why: string, context: Context): Slot => {
  const confirmed = lastConfirmedOf(slot);
  if (confirmed === undefined) return aimAtNothing(slot, gone.id, context);
  const restore: NewDeployment = {
    id: context.idOfRestore(gone.id),
    revision: confirmed.revision,
    track: confirmed.track,
    deadline: null,
  };
  const cause = because({ ...context, by: 'engine' }, `restores ${confirmed.id}, because ${gone.id} ${why}`);
  const deployment = {
    ...born(restore, 'queued', nextSeq(slot, context.now), cause),
    restores: confirmed.id,
  };
  return withHead(
    makeRoom({ ...slot, live: [...slot.live, deployment] }, deployment.id, context),
    deployment,
    context,
  );
};

/** Superseded or removing: gone from the thing, as far as we will ever hear. */
export const withdrawOthers = (slot: Slot, why: string, context: Context): Slot =>
  mapLive(slot, (deployment) =>
    isWanted(deployment) ? deployment : moved(deployment, 'withdraw', because(context, why)),
  );

/** A restore that fails too is the end of it: the thing keeps its last good files, and nobody claims more. */
const afterFailure = (slot: Slot, failed: Deployment, context: Context): Slot => {
  if (isQueue(slot)) return aimAtQueue(slot, context.now);
  if (failed.restores === null) return giveWay(slot, failed, 'failed', context);
  return { ...withdrawOthers(slot, `its restore ${failed.id} failed`, context), waiting: null };
};

export const failHead = (
  slot: Slot,
  head: Deployment,
  why: string,
  failure: Failure,
  context: Context,
  also: Partial<Deployment> = {},
): Slot => {
  const failed = moved(head, 'fail', because(context, why), { failure, ...also });
  return afterFailure(replaceIn(slot, failed), failed, context);
};

export const replaceIn = (slot: Slot, changed: Deployment): Slot =>
  mapLive(slot, (deployment) => (deployment.id === changed.id ? changed : deployment));
