// Deployments of an environment: a delta on top of what it starts from, a set as it is, or the base again.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import type { World } from '#engine/ports';
import { stateOf } from '../rollout.ts';
import { isMisfit } from '../sets/delta.ts';
import { applied, emptySetId } from '../sets/set.ts';
import { deploymentsOf, findDeployment, viewOf } from '../store/deployments.ts';
import type { Deployment } from '../store/kinds.ts';
import { type FoundEnv, findEnv, notFound } from '../store/paths.ts';
import { madeBy } from '../store/repeats.ts';
import { findSet, keepSet } from '../store/sets.ts';
import { startDeployment } from '../store/start-deployment.ts';
import { tellDeployment } from '../tell.ts';
import { whyUnusable } from '../values/restore.ts';
import { envScope } from '../values/scope.ts';
import { findVersion, latestVersionId } from '../values/versions.ts';
import { misfits } from '../words.ts';
import { contentOf, findDelta } from './deltas.ts';
import { listed } from './lists.ts';
import type { Below, CallOf, Operations } from './types.ts';

type Route = Below<'/orgs/{orgId}/apps/{appId}/envs/{envId}/deploys'>;
type Start = CallOf<'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys'>;

const unknown = (field: string, what: string, id: string): Refusal =>
  refuse('invalid', `There is no ${what} ${id} in this application.`, { field, id });

// ---- what shall be deployed

const deltaOn = async (
  world: World,
  { app }: FoundEnv,
  deltaId: string,
  baseId: string,
): Promise<string | Refusal> => {
  const entry = await findDelta(world, app, deltaId);
  if (entry === undefined) return unknown('delta_id', 'delta', deltaId);
  const base = await findSet(world, app, baseId);
  if (base === undefined) throw new Error(`The set ${baseId} of a deployment is not there.`);
  const set = applied(base.set, await contentOf(world, entry));
  return isMisfit(set) ? misfits(`Delta ${deltaId}`, set) : keepSet(world, app, set);
};

/** A delta wins over a set; neither is the base again. */
const setOn =
  (world: World, env: FoundEnv, { delta_id: deltaId, set_id: setId }: Start['body']) =>
  async (base: Deployment | null): Promise<string | Refusal> => {
    const baseId = base?.setId ?? emptySetId;
    if (deltaId !== undefined && deltaId !== '') return deltaOn(world, env, deltaId, baseId);
    if (setId === undefined || setId === '') return baseId;
    return (await findSet(world, env.app, setId))?.id ?? unknown('set_id', 'set', setId);
  };

const valuesFor = async (
  world: World,
  env: FoundEnv,
  asked: string | null | undefined,
): Promise<string | null | Refusal> => {
  const scope = envScope(env.app, env.item);
  if (asked == null || asked === '') return latestVersionId(world, env.app, scope);
  const version = await findVersion(world, env.app, scope, asked);
  if (version === undefined) return unknown('value_set_version_id', 'value set version', asked);
  return (await whyUnusable(world, env.app, scope, version)) ?? version.id;
};

const pipelineOf = ({ pipeline }: Start['body']): Deployment['pipeline'] =>
  pipeline === undefined
    ? null
    : {
        id: pipeline.id ?? '',
        run_id: pipeline.run_id ?? '',
        job_id: pipeline.job_id ?? '',
        step_index: pipeline.step_index ?? 0,
      };

const start = async (world: World, call: Start): Promise<Deployment | Refusal> => {
  const env = await findEnv(world, call);
  if (isRefusal(env)) return env;
  const valueSetVersionId = await valuesFor(world, env, call.body.value_set_version_id);
  if (isRefusal(valueSetVersionId)) return valueSetVersionId;
  const { delta_id: deltaId = '', comment = '', mode = null } = call.body;
  return startDeployment(world)({
    env,
    by: call.principal.keyId,
    comment,
    mode,
    pipeline: pipelineOf(call.body),
    deltaId: deltaId === '' ? null : deltaId,
    valueSetVersionId,
    setOn: setOn(world, env, call.body),
    made: madeBy(call),
    idempotencyKey: call.idempotencyKey,
    route: call.route,
  });
};

// ---- what there is

const find = async (
  world: World,
  call: Pick<Start, 'principal' | 'params'>,
): Promise<Deployment | Refusal> => {
  const env = await findEnv(world, call);
  if (isRefusal(env)) return env;
  const { deployId = '' } = call.params;
  const found = await findDeployment(world, env.app, deployId);
  return found?.envUid === env.item.uid ? found : notFound('deployment', deployId);
};

const isOfRun = ({ pipeline }: Deployment, run: string | undefined): boolean =>
  run === undefined || (pipeline !== null && `${pipeline.id},${pipeline.run_id}` === run);

export const deployments: Operations<Route> = {
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
    const deployment = await start(world, call);
    if (isRefusal(deployment)) return deployment;
    // As it was when it was made, however fast it was: that is what clients expect of a 201, and what a repeat is told.
    return { body: tellDeployment({ deployment, state: { status: 'in progress' } }) };
  },

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}': (world) => async (call) => {
    const deployment = await find(world, call);
    return isRefusal(deployment) ? deployment : { body: tellDeployment(await viewOf(world, deployment)) };
  },

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/errors': (world) => async (call) => {
    const deployment = await find(world, call);
    if (isRefusal(deployment)) return deployment;
    const state = await stateOf(world, deployment);
    return { body: 'errors' in state ? state.errors : [] };
  },
};
