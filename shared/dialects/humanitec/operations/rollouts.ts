// A deployment on its way to the devices of its environment: stopped, let go, taken back, and asked how it is.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { isRunning, type Rollout, rolloutWaitsFor } from '#domain/rollout';
import { waits } from '#domain/waiting';
import { changeRollout } from '#engine/fleet/change-rollout';
import type { Delivery, World } from '#engine/ports';
import type { Call } from '../../dialect.ts';
import { deliveriesPage, refuseForgotten, stateOfDelivery, tellDeliveries } from '../fleet/deliveries.ts';
import { ownerOf } from '../fleet/owner.ts';
import { rolloutFor } from '../fleet/state.ts';
import { wholeViewOf } from '../fleet/view.ts';
import { findDeploymentIn } from '../store/deployments.ts';
import type { Deployment } from '../store/kinds.ts';
import { tellDeployment } from '../tell.ts';
import { time } from '../time.ts';
import { linkTo } from './pages.ts';
import type { Operations } from './types.ts';

type Path = Pick<Call<unknown, unknown>, 'principal' | 'params'>;

interface Found {
  readonly deployment: Deployment;
  readonly rollout: Rollout;
}

const over = (id: string): Refusal => refuse('deployment_ended', `Deployment ${id} is over.`, { id });

const findRollout = async (world: World, path: Path): Promise<Found | Refusal> => {
  const deployment = await findDeploymentIn(world, path);
  if (isRefusal(deployment)) return deployment;
  const rollout = await rolloutFor(world, deployment);
  return rollout === undefined ? over(deployment.id) : { deployment, rollout };
};

const shown = async (world: World, path: Path) => {
  const deployment = await findDeploymentIn(world, path);
  return isRefusal(deployment) ? deployment : { body: tellDeployment(await wholeViewOf(world, deployment)) };
};

const changing =
  (type: 'pause' | 'resume' | 'cancel') => (world: World) => async (call: Call<unknown, unknown>) => {
    const found = await findRollout(world, call);
    if (isRefusal(found)) return found;
    const changed = await changeRollout(world)(found.rollout.id, { type }, call.principal.keyId);
    if (changed === undefined || isRefusal(changed)) return changed ?? over(found.deployment.id);
    // The environment is free when the caller has its answer.
    if (!isRunning(changed.rollout)) await ownerOf(world).ended(changed.rollout);
    return shown(world, call);
  };

const whyOf = (rollout: Rollout) => {
  const waitingFor = rolloutWaitsFor(rollout);
  const row = waitingFor === null ? undefined : waits[waitingFor];
  return {
    phase: rollout.phase,
    waiting_for: waitingFor,
    since: time(rollout.hold?.at ?? rollout.since),
    until: rollout.lookAt === null ? null : time(rollout.lookAt),
    ended_by: row?.endedBy ?? null,
    consequence: row?.consequence ?? null,
    reason: rollout.hold?.why ?? rollout.end?.failure?.message ?? null,
  };
};

/** One without devices waits for nobody. */
const noWait = ({ createdAt }: Deployment) => ({
  phase: 'over' as const,
  waiting_for: null,
  since: time(createdAt),
  until: null,
  ended_by: null,
  consequence: null,
  reason: null,
});

const isWanted = (state: string | undefined) => (delivery: Delivery) =>
  state === undefined || stateOfDelivery(delivery) === state;

export const rollouts: Operations<
  | 'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/pause'
  | 'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/resume'
  | 'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/cancel'
  | 'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/why'
  | 'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/devices'
> = {
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/pause': changing('pause'),
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/resume': changing('resume'),
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/cancel': changing('cancel'),

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/why': (world) => async (call) => {
    const deployment = await findDeploymentIn(world, call);
    if (isRefusal(deployment)) return deployment;
    const rollout = await rolloutFor(world, deployment);
    return { body: rollout === undefined ? noWait(deployment) : whyOf(rollout) };
  },

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/devices': (world) => async (call) => {
    const deployment = await findDeploymentIn(world, call);
    if (isRefusal(deployment)) return deployment;
    const rollout = await rolloutFor(world, deployment);
    if (rollout === undefined) return { body: [] };
    const forgotten = refuseForgotten(world, rollout, deployment.id);
    if (forgotten !== undefined) return forgotten;
    const { page, per_page: perPage, state } = call.query;
    const found = await deliveriesPage(world, rollout, Number(page ?? 0), perPage, isWanted(state));
    return {
      body: await tellDeliveries(world, rollout, found.deliveries),
      headers: linkTo(call, found.next === null ? null : String(found.next), { per_page: perPage, state }),
    };
  },
};
