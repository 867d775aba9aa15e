// Environments: named in their application's entry, where one save adds or removes one; what moves lies in an entry of their own.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { newUid } from '#engine/ids';
import type { World } from '#engine/ports';
import { type DeploymentView, viewOf } from '../fleet/view.ts';
import type { EnvironmentDeployments } from '../tell.ts';
import { findDeployment } from './deployments.ts';
import { load, newEntry, type Of, remove, revise, save } from './entries.ts';
import type { Deployment, EnvItem } from './kinds.ts';
import { type FoundEnv, notFound } from './paths.ts';
import { repeatOf } from './repeats.ts';

/** They share one entry with their application. */
const envsMax = 500;

export const newItem = (
  { clock, chance }: Pick<World, 'clock' | 'chance'>,
  asked: Pick<EnvItem, 'id' | 'name' | 'type' | 'createdBy' | 'made'>,
): EnvItem => {
  const now = clock.now();
  return { ...asked, uid: newUid(chance), status: 'active', statusChangedAt: now, createdAt: now };
};

/** Saved before anything names it: if the request dies in between, nobody ever sees it. */
export const saveNewEnv = (
  world: World,
  organization: string,
  appUid: string,
  { uid, createdAt }: EnvItem,
  base: Deployment | null,
) => {
  const body = { last: null, base, good: null, isFleet: false, paused: false, replicas: {} };
  return save(world, newEntry({ organization, kind: 'env', owner: appUid }, uid, body, createdAt));
};

export const discardEnv = async (world: World, organization: string, appUid: string, { uid }: EnvItem) => {
  const entry = await load(world, { organization, kind: 'env', owner: appUid }, uid);
  if (entry !== undefined) await remove(world, entry);
};

const refuseItem = (envs: readonly EnvItem[], { id }: EnvItem): Refusal | undefined => {
  if (envs.some((env) => env.id === id))
    return refuse('already_exists', `There is an environment ${id} already.`, { field: 'id', value: id });
  return envs.length < envsMax
    ? undefined
    : refuse('invalid', `An application has at most ${envsMax} environments.`, { limit: envsMax });
};

/** Answers the environment, made now or by an equal request before. */
export const addEnv = async (
  world: World,
  app: Of<'app'>,
  item: EnvItem,
  base: Deployment | null,
): Promise<EnvItem | Refusal> => {
  const refused = repeatOf(app.body.envs, item.made, item.createdAt) ?? refuseItem(app.body.envs, item);
  if (refused !== undefined) return refused;
  await saveNewEnv(world, app.organization, app.body.uid, item, base);
  const changed = await revise(world)(app.place, app.id, ({ body }) => {
    if (body.status === 'deleting') return notFound('application', body.id);
    const repeat = repeatOf(body.envs, item.made, item.createdAt);
    if (repeat !== undefined) return isRefusal(repeat) ? repeat : body;
    return refuseItem(body.envs, item) ?? { ...body, envs: [...body.envs, item] };
  });
  if (changed === undefined) return notFound('application', app.body.id);
  if (isRefusal(changed)) return changed;
  return changed.body.envs.find(({ id }) => id === item.id) ?? item;
};

/** What became of a base that had not ended when it was copied; the copy itself, if its environment is gone. */
const baseOf = async (world: World, { app, entry: { body } }: FoundEnv): Promise<Deployment | null> => {
  if (body.base === null) return body.last;
  if (body.base.ended !== null) return body.base;
  return (await findDeployment(world, app, body.base.id)) ?? body.base;
};

const viewed = async (world: World, deployment: Deployment | null): Promise<DeploymentView | undefined> =>
  deployment === null ? undefined : viewOf(world, deployment);

export const deploymentsIn = async (world: World, env: FoundEnv): Promise<EnvironmentDeployments> => ({
  from: await viewed(world, await baseOf(world, env)),
  last: await viewed(world, env.entry.body.last),
});
