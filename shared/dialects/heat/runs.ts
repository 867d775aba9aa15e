// Where a deployment meets the engine: on a server that is a thing of ours, what is IN_PROGRESS runs.
import { createHash } from 'node:crypto';
import { isRefusal } from '#domain/refusal';
import { createDeployment } from '#engine/create-deployment';
import type { DeploymentView } from '#engine/find-deployment';
import { listDeployments } from '#engine/list-deployments';
import { archiveDeployment } from '#engine/move-deployment';
import type { Thing, World } from '#engine/ports';
import { canonicalJson } from '#engine/seal';
import { change, type Deployment } from './catalog.ts';
import { isOpen } from './changes.ts';
import { itemOf } from './run-content.ts';

export const channel = 'software';

const digits = 40;

/** Longer than any name of another dialect's things can be, so that no two mean the same thing. */
export const labelOf = (serverId: unknown): string => {
  const text = String(serverId);
  return `server:${text}:${createHash('sha256').update(text).digest('hex').slice(0, digits)}`;
};

export const thingOfServer = async (
  { things }: Pick<World, 'things'>,
  organization: string,
  serverId: unknown,
): Promise<Thing | undefined> => things.byLabel(organization, labelOf(serverId));

/** What the engine's record says of where it comes from. */
const aboutOf = ({ id, body }: Deployment) => ({ deployment: id, attempt: body.run.count });

const deadlineOf = ({ body }: Deployment): number | null =>
  body.deadlineSeconds === null ? null : body.openedAt + body.deadlineSeconds * 1000;

const start = async (world: World, thing: Thing, deployment: Deployment, by: string) => {
  const about = aboutOf(deployment);
  const deadline = deadlineOf(deployment);
  return createDeployment(world)({
    organization: deployment.organization,
    by,
    slot: { thing: thing.name, channel },
    idPrefix: '',
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

/**
 * Starts what is IN_PROGRESS and has no run, if its server is a thing. Its id is put on record afterwards: whoever dies in
 * between is made up for by the next who looks, since the engine makes the same run of the same request. A queue that is full
 * refuses it, and it is tried again in the same way.
 */
export const ensureRun = async (world: World, deployment: Deployment, by: string): Promise<Deployment> => {
  const { organization, id, body } = deployment;
  if (!isOpen(body) || body.run.id !== null) return deployment;
  const thing = await thingOfServer(world, organization, body.serverId);
  if (thing === undefined) return deployment;
  const view = await start(world, thing, deployment, by);
  if (isRefusal(view)) return deployment;
  const { count } = body.run;
  const changed = await change(world)('deployment', organization, id, ({ body: now }) =>
    isOpen(now) && now.run.count === count ? { ...now, run: { id: view.record.id, count } } : undefined,
  );
  if (changed?.body.run.id !== view.record.id) await archive(world, organization, view.record.id, by);
  return changed ?? deployment;
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
