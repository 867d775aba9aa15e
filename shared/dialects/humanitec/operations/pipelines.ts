// Runs of a pipeline, as newer clients deploy. There is one pipeline and it does one thing: a run is the deployment that it has started,
// told in other words.
import type * as z from 'zod';
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { newUid } from '#engine/ids';
import type { World } from '#engine/ports';
import { type DeploymentView, viewOf } from '../fleet/view.ts';
import type * as is from '../objects.ts';
import { deploymentId, deploymentsOf, findDeployment } from '../store/deployments.ts';
import { load, type Of } from '../store/entries.ts';
import type { Deployment } from '../store/kinds.ts';
import { envPlace, type FoundEnv, findApp, findEnv, notFound } from '../store/paths.ts';
import { time } from '../time.ts';
import { type Asked, checkAsked, startAsked } from './asked.ts';
import type { CallOf, Operations } from './types.ts';

type Create = CallOf<'POST /orgs/{orgId}/apps/{appId}/pipeline-runs'>;
type Run = z.infer<typeof is.pipelineRun>;

const pipelineId = 'default';
const jobId = 'deploy';

// ---- telling

const statuses = { 'in progress': 'executing', succeeded: 'succeeded', failed: 'failed' } as const;

const inputsOf = ({ envId, comment, deltaId, setId, valueSetVersionId, mode }: Deployment) => ({
  env_id: envId,
  comment,
  ...(deltaId === null ? { set_id: setId } : { delta_id: deltaId }),
  ...(valueSetVersionId === null ? {} : { value_set_version_id: valueSetVersionId }),
  ...(mode === null ? {} : { mode }),
});

const tellRun = (app: Of<'app'>, runId: string, { deployment, state }: DeploymentView): Run => {
  const status = statuses[state.status];
  return {
    id: runId,
    etag: `${deployment.id}-${status}`,
    org_id: app.organization,
    app_id: app.body.id,
    env_ids: [deployment.envId],
    pipeline_id: pipelineId,
    pipeline_version: '',
    status,
    status_message: `Deployment ${deployment.id} ${status === 'executing' ? 'is in progress' : `has ${status}`}.`,
    created_at: time(deployment.createdAt),
    created_by: deployment.createdBy,
    executing_at: time(deployment.createdAt),
    ...('at' in state ? { completed_at: time(state.at) } : {}),
    // None: a rollout has limits of its own.
    timeout_seconds: 0,
    trigger: 'deployment_request',
    inputs: inputsOf(deployment),
    run_as: deployment.createdBy,
    waiting_for: {},
  };
};

const told = (run: Run) => ({ body: run, headers: { etag: `"${run.etag}"` } });

// ---- starting

const sources = ['delta_id', 'set_id', 'deployment_id'] as const;

const wrong = (field: string, reason: string): Refusal => refuse('invalid', `${field}: ${reason}`, { field });

/** What an older deployment had, of whichever environment of the application. */
const copied = async (world: World, app: Of<'app'>, id: string): Promise<Asked['body'] | Refusal> => {
  const deployment = await findDeployment(world, app, id);
  if (deployment === undefined) return wrong('deployment_id', `there is no deployment ${id}`);
  return { set_id: deployment.setId, value_set_version_id: deployment.valueSetVersionId };
};

const sourceOf = async (
  world: World,
  app: Of<'app'>,
  { delta_id, set_id, deployment_id, value_set_version_id }: Create['body'],
): Promise<Asked['body'] | Refusal> => {
  if (deployment_id === undefined) return { delta_id, set_id, value_set_version_id };
  return value_set_version_id == null
    ? copied(world, app, deployment_id)
    : wrong('value_set_version_id', 'goes with a delta or a set');
};

const asDeployment = async (world: World, app: Of<'app'>, call: Create): Promise<Asked | Refusal> => {
  const { body } = call;
  const named = sources.filter((source) => body[source] !== undefined && body[source] !== '');
  if (named.length !== 1) return wrong(sources.join(', '), 'exactly one of them must be there');
  const envId = body.env_id ?? body.environment;
  if (envId === undefined) return wrong('env_id', 'is missing');
  const source = await sourceOf(world, app, body);
  if (isRefusal(source)) return source;
  const { comment, mode } = body;
  return { ...call, params: { ...call.params, envId }, body: { ...source, comment, mode } };
};

/** Says in which environment it ran, so that it is found with one key. */
const newRun = (world: World, { item }: FoundEnv): NonNullable<Deployment['pipeline']> => ({
  id: pipelineId,
  run_id: deploymentId(item.uid, newUid(world.chance)),
  job_id: jobId,
  step_index: 0,
});

const startRun = async (world: World, env: FoundEnv, asked: Asked): Promise<Run | Refusal> => {
  const deployment = await startAsked(world, asked, newRun(world, env));
  if (isRefusal(deployment)) return deployment;
  // A repeat is told the run that the first one has started.
  const runId = deployment.pipeline?.run_id ?? '';
  return tellRun(env.app, runId, { deployment, state: { status: 'in progress' } });
};

// ---- what there is

/** As far back as a client can want to know how a run has ended. */
const deploymentsMax = 500;

const envOfRun = async (world: World, app: Of<'app'>, runId: string): Promise<FoundEnv | undefined> => {
  const item = app.body.envs.find(({ uid, status }) => status === 'active' && runId.startsWith(uid));
  const entry = item && (await load(world, envPlace(app), item.uid));
  return item && entry && { app, item, entry };
};

const findRun = async (world: World, env: FoundEnv, runId: string): Promise<Deployment | undefined> => {
  let read = 0;
  for await (const deployment of deploymentsOf(world, env)) {
    if (deployment.pipeline?.id === pipelineId && deployment.pipeline.run_id === runId) return deployment;
    read += 1;
    if (read >= deploymentsMax) return undefined;
  }
  return undefined;
};

export const pipelines: Operations<
  | 'POST /orgs/{orgId}/apps/{appId}/pipeline-runs'
  | 'GET /orgs/{orgId}/apps/{appId}/pipelines/{pipelineId}/runs/{runId}'
> = {
  'POST /orgs/{orgId}/apps/{appId}/pipeline-runs': (world) => async (call) => {
    const app = await findApp(world, call);
    if (isRefusal(app)) return app;
    const asked = await asDeployment(world, app, call);
    if (isRefusal(asked)) return asked;
    const env = await findEnv(world, asked);
    if (isRefusal(env)) return env;
    if (call.query.dry_run === 'true')
      return (await checkAsked(world, env, asked)) ?? { body: { raw: '' }, status: 204 };
    const run = await startRun(world, env, asked);
    return isRefusal(run) ? run : told(run);
  },

  'GET /orgs/{orgId}/apps/{appId}/pipelines/{pipelineId}/runs/{runId}': (world) => async (call) => {
    const app = await findApp(world, call);
    if (isRefusal(app)) return app;
    const { pipelineId: pipeline = '', runId = '' } = call.params;
    const env = pipeline === pipelineId ? await envOfRun(world, app, runId) : undefined;
    const deployment = env && (await findRun(world, env, runId));
    if (deployment === undefined) return notFound('run', runId);
    return told(tellRun(app, runId, await viewOf(world, deployment)));
  },
};
