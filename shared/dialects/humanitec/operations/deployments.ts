// Deployments of an environment: started, listed, looked at.
import { isRefusal } from '#domain/refusal';
import { deviceErrors } from '../fleet/deliveries.ts';
import { rolloutFor, stateFrom } from '../fleet/state.ts';
import { viewOf, wholeViewOf } from '../fleet/view.ts';
import { deploymentsOf, findDeploymentIn } from '../store/deployments.ts';
import type { Deployment } from '../store/kinds.ts';
import { findEnv } from '../store/paths.ts';
import { tellDeployment } from '../tell.ts';
import { previewAsked, startAsked } from './asked.ts';
import { listed } from './lists.ts';
import type { CallOf, Operations } from './types.ts';

type Start = CallOf<'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys'>;

const pipelineOf = ({ pipeline }: Start['body']): Deployment['pipeline'] =>
  pipeline === undefined
    ? null
    : {
        id: pipeline.id ?? '',
        run_id: pipeline.run_id ?? '',
        job_id: pipeline.job_id ?? '',
        step_index: pipeline.step_index ?? 0,
      };

const isOfRun = ({ pipeline }: Deployment, run: string | undefined): boolean =>
  run === undefined || (pipeline !== null && `${pipeline.id},${pipeline.run_id}` === run);

export const deployments: Operations<
  | 'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys'
  | 'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys'
  | 'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}'
  | 'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/errors'
> = {
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys': (world) => async (call) => {
    const env = await findEnv(world, call);
    if (isRefusal(env)) return env;
    const wanted = async function* () {
      for await (const deployment of deploymentsOf(world, env))
        if (isOfRun(deployment, call.query.pipelineRunId)) yield deployment;
    };
    return listed(wanted(), async (deployment) => tellDeployment(await viewOf(world, deployment)));
  },

  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys': (world) => async (call) => {
    if (call.query.dry_run === 'true') {
      const body = await previewAsked(world, call);
      return isRefusal(body) ? body : { body, status: 200 };
    }
    const deployment = await startAsked(world, call, pipelineOf(call.body));
    if (isRefusal(deployment)) return deployment;
    // As it was when it was made, however fast it was: that is what clients expect of a 201, and what a repeat is told.
    return { body: tellDeployment({ deployment, state: { status: 'in progress' } }) };
  },

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}': (world) => async (call) => {
    const deployment = await findDeploymentIn(world, call);
    return isRefusal(deployment)
      ? deployment
      : { body: tellDeployment(await wholeViewOf(world, deployment)) };
  },

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/errors': (world) => async (call) => {
    const deployment = await findDeploymentIn(world, call);
    if (isRefusal(deployment)) return deployment;
    const rollout = await rolloutFor(world, deployment);
    const state = stateFrom(deployment, rollout);
    const devices = rollout === undefined ? [] : await deviceErrors(world, rollout);
    return { body: [...('errors' in state ? state.errors : []), ...devices] };
  },
};
