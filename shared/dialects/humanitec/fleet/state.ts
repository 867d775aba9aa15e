// What has become of a deployment: its own record of the end, or its rollout's word.
import { isRunning, type Rollout } from '#domain/rollout';
import type { World } from '#engine/ports';
import type { Deployment, DeploymentError, Ended } from '../store/kinds.ts';

export type RolloutState = Ended | { readonly status: 'in progress' };

const inProgress: RolloutState = { status: 'in progress' };

const errorsOf = ({ end }: Rollout): DeploymentError[] =>
  end?.failure == null
    ? []
    : [
        {
          scope: 'environment',
          object_id: '',
          code: end.failure.code,
          error_type: 'rollout',
          summary: 'The rollout did not succeed.',
          message: end.failure.message,
        },
      ];

export const stateOfRollout = (rollout: Rollout): RolloutState =>
  rollout.end === null
    ? inProgress
    : {
        status: rollout.end.status === 'succeeded' ? 'succeeded' : 'failed',
        at: rollout.end.at,
        errors: errorsOf(rollout),
      };

/** Undefined: its environment had no devices, and never had any. */
export const rolloutFor = async (
  { rollouts }: Pick<World, 'rollouts'>,
  { rollout }: Deployment,
): Promise<Rollout | undefined> => (rollout === null ? undefined : rollouts.load(rollout.id));

/** Nobody to wait for: it has succeeded in the moment that its environment names it, and nothing of it can be lost. */
const withoutDevices = ({ createdAt }: Deployment): RolloutState => ({
  status: 'succeeded',
  at: createdAt,
  errors: [],
});

/** By a rollout that has been read already. */
export const stateFrom = (deployment: Deployment, rollout: Rollout | undefined): RolloutState => {
  if (deployment.ended !== null) return deployment.ended;
  if (deployment.rollout === null) return withoutDevices(deployment);
  return rollout === undefined || isRunning(rollout) ? inProgress : stateOfRollout(rollout);
};

export const stateOf = async (world: World, deployment: Deployment): Promise<RolloutState> =>
  deployment.ended ?? stateFrom(deployment, await rolloutFor(world, deployment));
