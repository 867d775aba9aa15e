// What dashboards ask of a cluster. There is none: nothing runs here but what deployments carry to devices.
import { isRefusal, refuse } from '#domain/refusal';
import { emptySetId } from '../sets/set.ts';
import { loadMany, revise } from '../store/entries.ts';
import { envPlace, findApp, findEnv, findEnvItem, notFound } from '../store/paths.ts';
import { findSet } from '../store/sets.ts';
import { conflict } from '../words.ts';
import { nothing, type Operations } from './types.ts';

type AtEnv = '/orgs/{orgId}/apps/{appId}/envs/{envId}';

/** The newer description of a cluster is asked for by its content type. */
const v2 = 'application/v2+json';

export const runtime: Operations<
  | 'GET /orgs/{orgId}/apps/{appId}/runtime'
  | `GET ${AtEnv}/runtime`
  | `PUT ${AtEnv}/runtime/paused`
  | `PATCH ${AtEnv}/runtime/replicas`
  | `GET ${AtEnv}/resources`
> = {
  'GET /orgs/{orgId}/apps/{appId}/runtime': (world) => async (call) => {
    const app = await findApp(world, call);
    if (isRefusal(app)) return app;
    const asked = call.query.id?.flatMap((text) => text.split(',')) ?? [];
    const items = app.body.envs.filter(({ id }) => asked.length === 0 || asked.includes(id));
    const entries = await loadMany(
      world,
      envPlace(app),
      items.map(({ uid }) => uid),
    );
    return {
      body: items.flatMap(({ id, uid }) => {
        const entry = entries.get(uid);
        return entry === undefined ? [] : [{ id, paused: entry.body.paused, status: 'Unknown' }];
      }),
    };
  },

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/runtime': (world) => async (call) => {
    const found = await findEnvItem(world, call);
    if (isRefusal(found)) return found;
    const { app, item } = found;
    return {
      body: { namespace: `${app.body.id}-${item.id}`, modules: {} },
      headers: { 'content-type': call.headers.accept?.includes(v2) ? v2 : 'application/json' },
    };
  },

  'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/runtime/paused': (world) => async (call) => {
    const env = await findEnv(world, call);
    if (isRefusal(env)) return env;
    const changed = await revise(world)(env.entry.place, env.entry.id, ({ body }) => ({
      ...body,
      paused: call.body,
    }));
    return changed === undefined
      ? notFound('environment', env.item.id)
      : isRefusal(changed)
        ? changed
        : nothing;
  },

  'PATCH /orgs/{orgId}/apps/{appId}/envs/{envId}/runtime/replicas': (world) => async (call) => {
    const env = await findEnv(world, call);
    if (isRefusal(env)) return env;
    const running = await findSet(world, env.app, env.entry.body.last?.setId ?? emptySetId);
    const stranger = Object.keys(call.body).find(
      (module) => !Object.hasOwn(running?.set.modules ?? {}, module),
    );
    if (stranger !== undefined)
      return refuse('invalid', `There is no module ${stranger} in this environment.`, { module: stranger });
    const changed = await revise(world)(env.entry.place, env.entry.id, ({ body }) =>
      body.paused
        ? conflict('environment_paused', 'The environment is paused: resume it first.', {
            env_id: env.item.id,
          })
        : { ...body, replicas: { ...body.replicas, ...call.body } },
    );
    return changed === undefined
      ? notFound('environment', env.item.id)
      : isRefusal(changed)
        ? changed
        : nothing;
  },

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/resources': (world) => async (call) => {
    const found = await findEnvItem(world, call);
    return isRefusal(found) ? found : { body: [] };
  },
};
