// Where a deployment meets the engine: on a server that is a thing of ours, what is IN_PROGRESS runs.
import { isRefusal } from '#domain/refusal';
import type { SlotId } from '#domain/slot';
import { createDeployment, idMadeFor } from '#engine/create-deployment';
import type { DeploymentView } from '#engine/find-deployment';
import { thingOf } from '#engine/ids';
import { listDeployments } from '#engine/list-deployments';
import { archiveDeployment } from '#engine/move-deployment';
import type { Thing, World } from '#engine/ports';
import { canonicalJson } from '#engine/seal';
import { change, type Deployment, type DeploymentBody, find } from './catalog.ts';
import { deadlineOf, isOpen } from './changes.ts';
import { serverHash } from './pointers.ts';
import { itemOf } from './run-content.ts';

export const channel = 'software';
const idPrefix = '';

type RunsOn = Pick<DeploymentBody, 'serverId' | 'status'>;

/** Longer than any name of another dialect's things can be, so that no two mean the same thing. */
export const labelOf = (serverId: unknown): string => `server:${String(serverId)}:${serverHash(serverId)}`;

export const thingOfServer = async (
  { things }: Pick<World, 'things'>,
  organization: string,
  serverId: unknown,
): Promise<Thing | undefined> => things.byLabel(organization, labelOf(serverId));

/** What the engine's record says of where it comes from. */
const aboutOf = ({ id }: Pick<Deployment, 'id'>, attempt: number) => ({ deployment: id, attempt });

const slotOf = (thing: string): SlotId => ({ thing, channel });

/**
 * The run of an attempt, on a server that is a thing; null on another, and where nothing is to run. It follows from the attempt, so
 * that a record names its run before there is one.
 */
export const runOf = async (
  world: World,
  { organization, id, body }: Pick<Deployment, 'organization' | 'id'> & { body: RunsOn },
  count: number,
): Promise<DeploymentBody['run']> => {
  const thing = isOpen(body) ? await thingOfServer(world, organization, body.serverId) : undefined;
  if (thing === undefined) return { id: null, count };
  const madeFor = canonicalJson(aboutOf({ id }, count));
  return { id: idMadeFor({ organization, idPrefix, slot: slotOf(thing.name), madeFor }), count };
};

const start = async (world: World, deployment: Deployment, run: string, by: string) => {
  const about = aboutOf(deployment, deployment.body.run.count);
  const deadline = deadlineOf(deployment.body);
  return createDeployment(world)({
    organization: deployment.organization,
    by,
    slot: slotOf(String(thingOf(run))),
    idPrefix,
    wanted: 'deployed',
    items: [await itemOf(world, deployment)],
    track: null,
    ...(deadline === null ? {} : { deadline }),
    about,
    request: about,
    madeFor: canonicalJson(about),
  });
};

const archive = async (world: World, organization: string, id: string, by: string): Promise<void> => {
  await archiveDeployment(world)({ organization, channel, id, by });
};

/** Whoever finished first has won: what still waits for the server must not run. Doing it again changes nothing. */
export const cancelRun = async (
  world: World,
  { organization, body: { run } }: Deployment,
  by: string,
): Promise<void> => {
  if (run.id !== null) await archive(world, organization, run.id, by);
};

/** Of a server that has become a thing since the deployment was put on record. */
const named = async (world: World, deployment: Deployment): Promise<Deployment> => {
  const { organization, id, body } = deployment;
  if (!isOpen(body) || body.run.id !== null) return deployment;
  const run = await runOf(world, deployment, body.run.count);
  if (run.id === null) return deployment;
  const changed = await change(world)('deployment', organization, id, ({ body: now }) =>
    isOpen(now) && now.run.id === null && now.run.count === run.count ? { ...now, run } : undefined,
  );
  return changed ?? deployment;
};

/**
 * Starts what is IN_PROGRESS, if its server is a thing. The record names the run before it is started: whoever dies in between is
 * made up for by the next who looks and finds none, since the engine makes the same run of the same request. A queue that is full
 * refuses it, and it is tried again in the same way. What was ended by somebody else meanwhile must not run.
 */
export const ensureRun = async (world: World, deployment: Deployment, by: string): Promise<Deployment> => {
  const wanted = await named(world, deployment);
  const { organization, id, body } = wanted;
  if (!isOpen(body) || body.run.id === null) return wanted;
  const started = await start(world, wanted, body.run.id, by);
  if (isRefusal(started)) return wanted;
  const now = await find(world, organization, 'deployment', id);
  if (now === undefined || !isOpen(now.body) || now.body.run.id !== body.run.id)
    await archive(world, organization, body.run.id, by);
  return now ?? wanted;
};

/** The engine's views of these deployments' runs, by the id of the run. */
export const viewsOfRuns = async (
  world: World,
  organization: string,
  deployments: readonly Deployment[],
): Promise<ReadonlyMap<string, DeploymentView>> => {
  const ids = deployments.flatMap(({ body }) => (body.run.id === null ? [] : [body.run.id]));
  if (ids.length === 0) return new Map();
  const page = { offset: 0, limit: ids.length, counted: false };
  const { items } = await listDeployments(world)({
    organization,
    channel,
    order: 'oldest first',
    ids,
    ...page,
  });
  return new Map(items.map((view) => [view.record.id, view]));
};
