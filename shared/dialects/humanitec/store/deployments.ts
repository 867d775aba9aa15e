// Where deployments lie: the newest in its environment, the others in the history behind it.
import { isRefusal, type Refusal } from '#domain/refusal';
import { newUid } from '#engine/ids';
import type { ListOrder, World } from '#engine/ports';
import type { Call } from '../../dialect.ts';
import { all, load, newEntry, type Of, type Place, save } from './entries.ts';
import type { Deployment } from './kinds.ts';
import { envPlace, type FoundEnv, findEnv, notFound } from './paths.ts';

/** An id says in which environment it ran, so that any environment of the application finds it with one key. */
export const deploymentId = (envUid: string, own: string): string => `${envUid}${own}`;
export const newDeploymentId = (world: World, envUid: string): string =>
  deploymentId(envUid, newUid(world.chance));

const idPattern = /^([0-9a-z]{16})[0-9a-z]{16}$/;

export const historyOf = (organization: string, owner: string): Place<'deploy'> => ({
  organization,
  kind: 'deploy',
  owner,
});

/** Puts a deployment into the history, or its end on record. Repeats do nothing. */
export const file = async (world: World, organization: string, deployment: Deployment): Promise<void> => {
  const place = historyOf(organization, deployment.envUid);
  for (;;) {
    const filed = await load(world, place, deployment.id);
    if (filed !== undefined && (filed.body.ended !== null || deployment.ended === null)) return;
    const entry =
      filed === undefined
        ? newEntry(place, deployment.id, deployment, deployment.createdAt)
        : { ...filed, body: deployment, updatedAt: world.clock.now(), version: filed.version + 1 };
    if ((await save(world, entry)).saved) return;
  }
};

/** Of any environment of the application. */
export const findDeployment = async (
  world: World,
  app: Of<'app'>,
  id: string,
): Promise<Deployment | undefined> => {
  const envUid = idPattern.exec(id)?.[1];
  if (envUid === undefined) return undefined;
  const [env, filed] = await Promise.all([
    load(world, envPlace(app), envUid),
    load(world, historyOf(app.organization, envUid), id),
  ]);
  if (env === undefined) return undefined;
  return env.body.last?.id === id ? env.body.last : filed?.body;
};

/** Of the environment that the path names. */
export const findDeploymentIn = async (
  world: World,
  path: Pick<Call<unknown, unknown>, 'principal' | 'params'>,
): Promise<Deployment | Refusal> => {
  const env = await findEnv(world, path);
  if (isRefusal(env)) return env;
  const { deployId = '' } = path.params;
  const found = await findDeployment(world, env.app, deployId);
  return found?.envUid === env.item.uid ? found : notFound('deployment', deployId);
};

/** The list knows a new deployment a moment later than its environment does. */
export async function* deploymentsOf(
  world: World,
  { app: { organization }, item, entry: { body } }: FoundEnv,
  order: ListOrder = 'newest first',
): AsyncGenerator<Deployment> {
  if (body.last !== null) yield body.last;
  for await (const { body: deployment } of all(world, historyOf(organization, item.uid), order))
    if (deployment.id !== body.last?.id) yield deployment;
}
