// What Heat never told: what a deployment waits for, and everything that happened to it.
import { isRefusal } from '#domain/refusal';
import { toldOf } from '#domain/slot';
import { waits } from '#domain/waiting';
import type { DeploymentView } from '#engine/find-deployment';
import type { World } from '#engine/ports';
import type { Deployment } from '../catalog.ts';
import { deadlineOf, isOpen } from '../changes.ts';
import { findRunning } from '../deployment-records.ts';
import { unkeep } from '../kept.ts';
import { endOfRun } from '../run-ends.ts';
import { viewsOfRuns } from '../runs.ts';
import { exactTime } from '../tell.ts';
import { asked } from './by-key.ts';
import type { Operations } from './types.ts';

const viewOf = async (world: World, deployment: Deployment): Promise<DeploymentView | undefined> => {
  const { run } = deployment.body;
  const views = await viewsOfRuns(world, deployment.organization, [deployment]);
  return run.id === null ? undefined : views.get(run.id);
};

const timeOrNull = (ms: number | null): string | null => (ms === null ? null : exactTime(ms));

/** Of what it is told, a server runs the first. */
const isRunning = async ({ slots }: World, { record, wait }: DeploymentView): Promise<boolean> => {
  if (wait?.for !== 'thing applying') return false;
  const slot = await slots.load(record.slot);
  return slot !== undefined && toldOf(slot)[0]?.id === record.id;
};

const nobody = { waiting_for: null, ended_by: null, since: null, until: null, consequence: null };

/** A server that only polls: nothing here can hurry it. */
const polling = (deployment: Deployment) => ({
  waiting_for: 'server',
  ended_by: 'the server, by polling its metadata and reporting; or anybody, by an update of the deployment',
  since: exactTime(deployment.body.openedAt),
  until: timeOrNull(deadlineOf(deployment.body)),
  consequence:
    deployment.body.deadlineSeconds === null
      ? 'nothing by itself: it has no deadline, and its server is not activated'
      : 'it fails: its deadline is over',
});

/** Whoever asks has tried to begin it: its server is told of as many as it may be. */
const queueing = (deployment: Deployment) => ({
  waiting_for: 'turn',
  ended_by: `${waits.turn.endedBy}; it begins when somebody asks for it after that`,
  since: exactTime(deployment.body.openedAt),
  until: timeOrNull(deadlineOf(deployment.body)),
  consequence: waits.turn.consequence,
});

const waitOf = (deployment: Deployment, view: DeploymentView | undefined) => {
  if (!isOpen(deployment.body)) return nobody;
  if (view?.wait == null) return (deployment.body.run.id === null ? polling : queueing)(deployment);
  const { for: awaited, since, until } = view.wait;
  return {
    waiting_for: awaited,
    ended_by: waits[awaited].endedBy,
    since: exactTime(since),
    until: timeOrNull(until),
    consequence: waits[awaited].consequence,
  };
};

const startedOf = async (world: World, deployment: Deployment, view: DeploymentView | undefined) => {
  if (view === undefined) return { started: null, started_at: null };
  const ended = await endOfRun(world, deployment, view);
  if (ended?.startedAt != null) return { started: true, started_at: ended.startedAt };
  return { started: await isRunning(world, view), started_at: null };
};

export const insight: Operations<
  'GET /v1/{tenant_id}/deployments/{id}/history' | 'GET /v1/{tenant_id}/deployments/{id}/why'
> = {
  'GET /v1/{tenant_id}/deployments/{id}/history': (world) => async (call) => {
    const found = await findRunning(world, asked(call));
    if (isRefusal(found)) return found;
    const run = (await viewOf(world, found))?.state.history ?? [];
    const events = [
      ...found.body.history,
      ...run.map((event) => ({ ...event, why: `run: ${event.why}` })),
    ].sort((one, other) => one.at - other.at);
    return {
      body: { events: events.map(({ at, by, from, to, why }) => ({ at: exactTime(at), by, from, to, why })) },
    };
  },

  'GET /v1/{tenant_id}/deployments/{id}/why': (world) => async (call) => {
    const found = await findRunning(world, asked(call));
    if (isRefusal(found)) return found;
    const view = await viewOf(world, found);
    const reason = await unkeep(world, found.organization, found.body.reason);
    return {
      body: {
        deployment_id: found.id,
        status: found.body.status,
        status_reason: String(reason),
        ...waitOf(found, view),
        ...(await startedOf(world, found, view)),
      },
    };
  },
};
