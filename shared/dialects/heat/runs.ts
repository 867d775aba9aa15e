// Where a deployment meets the engine: on a server that is a thing of ours, what is IN_PROGRESS runs.
import { isRefusal } from '#domain/refusal';
import type { SlotId } from '#domain/slot';
import { createDeployment } from '#engine/create-deployment';
import type { DeploymentView } from '#engine/find-deployment';
import { deploymentId, derivedUid, thingOf } from '#engine/ids';
import { listDeployments } from '#engine/list-deployments';
import { archiveDeployment } from '#engine/move-deployment';
import type { Thing, World } from '#engine/ports';
import { change, type Deployment, type DeploymentBody, find } from './catalog.ts';
import { deadlineOf, isOpen } from './changes.ts';
import { serverHash } from './pointers.ts';
import { itemOf } from './run-content.ts';

export const channel = 'software';
const idPrefix = '';

/** Longer than any name of another dialect's things can be, so that no two mean the same thing. */
export const labelOf = (serverId: unknown): string => `server:${String(serverId)}:${serverHash(serverId)}`;

export const thingOfServer = async (
  { things }: Pick<World, 'things'>,
  organization: string,
  serverId: unknown,
): Promise<Thing | undefined> => things.byLabel(organization, labelOf(serverId));

export type Run = DeploymentBody['run'];

type RunsFor = Pick<Deployment, 'organization' | 'id'> & {
  readonly body: Pick<DeploymentBody, 'serverId' | 'status' | 'secret'>;
};

/**
 * What the run of an attempt is called, on a server that is a thing; null on another, and where nothing is to run. It follows from
 * the deployment (the secret tells it from one that had its id before) and the attempt, so that a record names its run before
 * there is one.
 */
export const runIdOf = async (
  world: World,
  { organization, id, body: { serverId, status, secret } }: RunsFor,
  attempt: number,
): Promise<string | null> => {
  const thing = isOpen({ status }) ? await thingOfServer(world, organization, serverId) : undefined;
  if (thing === undefined) return null;
  return deploymentId(idPrefix, thing.name, derivedUid(organization, 'run', id, secret, String(attempt)));
};

const slotOf = (run: string): SlotId => {
  const thing = thingOf(run);
  if (thing === undefined) throw new Error(`${run} is no id of a run.`);
  return { thing, channel };
};

const start = async (world: World, deployment: Deployment, run: string, by: string) => {
  const { organization, id, body } = deployment;
  const about = { deployment: id, attempt: body.run.count };
  const deadline = deadlineOf(body);
  return createDeployment(world)({
    organization,
    by,
    slot: slotOf(run),
    id: run,
    idPrefix,
    wanted: 'deployed',
    items: [await itemOf(world, deployment)],
    track: null,
    ...(deadline === null ? {} : { deadline }),
    about,
    request: about,
  });
};

/** What has never been there, or is over, stays so. */
const archive = async (
  world: World,
  organization: string,
  ids: readonly string[],
  by: string,
): Promise<void> => {
  for (const id of ids) await archiveDeployment(world)({ organization, channel, id, by });
};

/** Whoever finished first has won: what still waits for the server must not run. Doing it again changes nothing. */
export const cancelRun = async (
  world: World,
  { organization, body: { run } }: Pick<Deployment, 'organization' | 'body'>,
  by: string,
): Promise<void> => {
  const { id, replaces = [] } = run;
  await archive(world, organization, id === null ? replaces : [...replaces, id], by);
};

/** Its server has become a thing since it was put on record, or another one. */
const renamed = async (world: World, deployment: Deployment): Promise<Deployment> => {
  const { organization, id, body } = deployment;
  const { run } = body;
  const now = await runIdOf(world, deployment, run.count);
  if (now === null || now === run.id) return deployment;
  const named: Run = { ...run, id: now, namedAt: world.clock.now() };
  const changed = await change(world)('deployment', organization, id, ({ body }) =>
    isOpen(body) && body.run.id === run.id && body.run.count === run.count
      ? { ...body, run: named }
      : undefined,
  );
  return changed ?? deployment;
};

/**
 * Starts the run that a record names. Whoever dies before it is there is made up for by the next who looks and finds none, since
 * the engine makes the same run of the same request. A queue that is full refuses it, and it is tried again in the same way. What
 * was ended by somebody else meanwhile must not run.
 */
export const startRun = async (world: World, deployment: Deployment, by: string): Promise<Deployment> => {
  const { organization, id, body } = deployment;
  const { run } = body;
  if (!isOpen(body) || run.id === null) return deployment;
  await archive(world, organization, run.replaces ?? [], by);
  const started = await start(world, deployment, run.id, by);
  if (isRefusal(started)) return deployment;
  const now = await find(world, organization, 'deployment', id);
  if (now === undefined || !isOpen(now.body) || now.body.run.id !== run.id)
    await archive(world, organization, [run.id], by);
  return now ?? deployment;
};

/** The same of one that nothing runs for. */
export const ensureRun = async (world: World, deployment: Deployment, by: string): Promise<Deployment> =>
  startRun(world, await renamed(world, deployment), by);

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
