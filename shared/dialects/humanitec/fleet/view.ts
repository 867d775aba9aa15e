// A deployment as it is shown by itself: with its rollout, counted in this moment.
import type * as z from 'zod';
import { deadlineOf, type Rollout, tellsDeliveries, waitingOf } from '#domain/rollout';
import { countDeliveries } from '#engine/fleet/count-deliveries';
import type { World } from '#engine/ports';
import type * as is from '../objects.ts';
import type { Deployment } from '../store/kinds.ts';
import { time } from '../time.ts';
import { tellPlan } from './plan.ts';
import { type RolloutState, rolloutFor, stateFrom, stateOf } from './state.ts';

export interface DeploymentView {
  readonly deployment: Deployment;
  readonly state: RolloutState;
  /** Absent: there are no devices, or it is one of many. */
  readonly rollout?: Rollout;
}

export const viewOf = async (world: World, deployment: Deployment): Promise<DeploymentView> => ({
  deployment,
  state: await stateOf(world, deployment),
});

export const wholeViewOf = async (world: World, deployment: Deployment): Promise<DeploymentView> => {
  const rollout = await rolloutFor(world, deployment);
  const view = { deployment, state: stateFrom(deployment, rollout) };
  if (rollout === undefined) return view;
  // As they were counted last.
  if (!tellsDeliveries(rollout, world.clock.now())) return { ...view, rollout };
  return { ...view, rollout: { ...rollout, counts: await countDeliveries(world)(rollout) } };
};

/** Who was never reached by a rollout that is over will not be. */
export const tellProgress = (rollout: Rollout): z.input<typeof is.progress> => {
  const { applied, failed, offline, withdrawn } = rollout.counts;
  const left = waitingOf(rollout);
  const isCalledOff = rollout.end !== null && rollout.end.status !== 'succeeded';
  return {
    total: rollout.total,
    applied,
    failed,
    waiting: isCalledOff ? 0 : left,
    offline,
    withdrawn: isCalledOff ? withdrawn + left : withdrawn,
  };
};

export const tellRollout = (rollout: Rollout): z.input<typeof is.rolloutState> => ({
  ...tellPlan(rollout.plan),
  phase: rollout.phase,
  paused:
    rollout.hold === null
      ? null
      : { at: time(rollout.hold.at), by: rollout.hold.by, reason: rollout.hold.why },
  exposed: rollout.exposed,
  deadline: time(deadlineOf(rollout)),
});
