// Environments: created empty or from a deployment, renamed, rebased, deleted.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import type { World } from '#engine/ports';
import { findDeployment } from '../store/deployments.ts';
import { load, loadMany, revise } from '../store/entries.ts';
import { addEnv, deploymentsIn, newItem } from '../store/environments.ts';
import type { Deployment, EnvItem } from '../store/kinds.ts';
import { envPlace, type FoundEnv, findAnyEnvItem, findApp, findEnv, notFound } from '../store/paths.ts';
import { deleteEnv } from '../store/removal.ts';
import { madeBy } from '../store/repeats.ts';
import { tellEnvironment } from '../tell.ts';
import { defaultType, refuseType } from './environment-types.ts';
import { listed } from './lists.ts';
import { type CallOf, nothing, type Operations } from './types.ts';

type Create = CallOf<'POST /orgs/{orgId}/apps/{appId}/envs'>;

const told = async (world: World, env: FoundEnv | Refusal) =>
  isRefusal(env) ? env : { body: tellEnvironment(env.item, await deploymentsIn(world, env)) };

const noSuchDeployment = (id: string): Refusal =>
  refuse('invalid', `There is no deployment ${id} in this application.`, { field: 'from_deploy_id', id });

const create = async (world: World, call: Create): Promise<FoundEnv | Refusal> => {
  const app = await findApp(world, call);
  if (isRefusal(app)) return app;
  const { id, name, type = defaultType, from_deploy_id: fromId } = call.body;
  const refused = await refuseType(world, app.organization, type);
  if (refused !== undefined) return refused;
  const base = fromId == null || fromId === '' ? null : await findDeployment(world, app, fromId);
  if (base === undefined) return noSuchDeployment(fromId ?? '');
  const asked = { id, name, type, createdBy: call.principal.keyId, made: madeBy(call) };
  const item = await addEnv(world, app, newItem(world, asked), base);
  if (isRefusal(item)) return item;
  const entry = await load(world, envPlace(app), item.uid);
  return entry === undefined ? notFound('environment', id) : { app, item, entry };
};

/** The application's order is the order of creation. */
async function* envsOf(world: World, app: FoundEnv['app']): AsyncGenerator<FoundEnv> {
  const entries = await loadMany(
    world,
    envPlace(app),
    app.body.envs.map(({ uid }) => uid),
  );
  for (const item of app.body.envs) {
    const entry = entries.get(item.uid);
    if (entry !== undefined) yield { app, item, entry };
  }
}

const rename = async (
  world: World,
  { app, item, entry }: FoundEnv,
  name: string,
): Promise<FoundEnv | Refusal> => {
  const change = (env: EnvItem): EnvItem => (env.uid === item.uid ? { ...env, name } : env);
  const changed = await revise(world)(app.place, app.id, ({ body }) => ({
    ...body,
    envs: body.envs.map(change),
  }));
  if (isRefusal(changed)) return changed;
  const renamed = changed?.body.envs.find(({ uid }) => uid === item.uid);
  return renamed === undefined ? notFound('environment', item.id) : { app, item: renamed, entry };
};

/** A copy, unless it is what the environment would start from anyway. */
const rebase = (world: World, { item, entry }: FoundEnv, base: Deployment) =>
  revise(world)(entry.place, item.uid, ({ body }) => ({
    ...body,
    base: base.id === body.last?.id ? null : base,
  }));

export const environments: Operations<
  | 'GET /orgs/{orgId}/apps/{appId}/envs'
  | 'POST /orgs/{orgId}/apps/{appId}/envs'
  | 'GET /orgs/{orgId}/apps/{appId}/envs/{envId}'
  | 'PATCH /orgs/{orgId}/apps/{appId}/envs/{envId}'
  | 'DELETE /orgs/{orgId}/apps/{appId}/envs/{envId}'
  | 'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/from_deploy_id'
> = {
  'GET /orgs/{orgId}/apps/{appId}/envs': (world) => async (call) => {
    const app = await findApp(world, call);
    if (isRefusal(app)) return app;
    return listed(envsOf(world, app), async (env) =>
      tellEnvironment(env.item, await deploymentsIn(world, env)),
    );
  },

  'POST /orgs/{orgId}/apps/{appId}/envs': (world) => async (call) => told(world, await create(world, call)),

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}': (world) => async (call) => {
    const found = await findAnyEnvItem(world, call);
    if (isRefusal(found)) return found;
    const entry = await load(world, envPlace(found.app), found.item.uid);
    // Being deleted, and emptied already.
    if (entry === undefined)
      return { body: tellEnvironment(found.item, { from: undefined, last: undefined }) };
    return told(world, { ...found, entry });
  },

  'PATCH /orgs/{orgId}/apps/{appId}/envs/{envId}': (world) => async (call) => {
    const env = await findEnv(world, call);
    if (isRefusal(env) || call.body.name === undefined) return told(world, env);
    return told(world, await rename(world, env, call.body.name));
  },

  'DELETE /orgs/{orgId}/apps/{appId}/envs/{envId}': (world) => async (call) => {
    const found = await findAnyEnvItem(world, call);
    if (isRefusal(found)) return found;
    return (await deleteEnv(world, found.app, found.item)) ? nothing : { ...nothing, status: 202 };
  },

  'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/from_deploy_id': (world) => async (call) => {
    const env = await findEnv(world, call);
    if (isRefusal(env)) return env;
    const base = await findDeployment(world, env.app, call.body);
    if (base === undefined) return noSuchDeployment(call.body);
    const changed = await rebase(world, env, base);
    if (changed === undefined) return notFound('environment', env.item.id);
    return isRefusal(changed) ? changed : nothing;
  },
};
