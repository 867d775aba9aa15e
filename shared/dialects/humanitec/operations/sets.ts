// Sets: read, compared, and made by applying a delta to another one.
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import { isObject, type JsonObject } from '../json.ts';
import { emptyDelta, isMisfit, merged } from '../sets/delta.ts';
import { applied, type DeploymentSet, diff } from '../sets/set.ts';
import { all, type Of } from '../store/entries.ts';
import { findApp, inApp, notFound } from '../store/paths.ts';
import { findSet, keepSet, type NamedSet, setIn } from '../store/sets.ts';
import { tellPlainDelta, tellSet } from '../tell.ts';
import { misfits } from '../words.ts';
import { listed } from './lists.ts';
import type { Below, CallOf, Operations } from './types.ts';

type Route = Below<'/orgs/{orgId}/apps/{appId}/sets'>;
type Apply = CallOf<'POST /orgs/{orgId}/apps/{appId}/sets/{setId}'>;
type Named = Pick<Apply, 'principal' | 'params'>;

interface Found extends NamedSet {
  readonly app: Of<'app'>;
}

const find = async (world: World, call: Named): Promise<Found | Refusal> => {
  const app = await findApp(world, call);
  if (isRefusal(app)) return app;
  const { setId = '' } = call.params;
  const found = await findSet(world, app, setId);
  return found === undefined ? notFound('set', setId) : { ...found, app };
};

const apply = async (world: World, call: Apply): Promise<string | Refusal> => {
  const found = await find(world, call);
  if (isRefusal(found)) return found;
  const delta = merged(emptyDelta, call.body);
  const set = isMisfit(delta) ? delta : applied(found.set, delta);
  return isMisfit(set) ? misfits('This delta', set) : keepSet(world, found.app, set);
};

/** The delta that, applied to the other set, makes this one. */
const diffFrom = async (world: World, { app, set }: Found, otherId: string) => {
  const other = await findSet(world, app, otherId);
  return other === undefined ? notFound('set', otherId) : { body: tellPlainDelta(diff(set, other.set)) };
};

// ---- resources

const text = (value: unknown, fallback: string): string => (typeof value === 'string' ? value : fallback);

const resourcesIn = (resources: unknown, prefix: string) =>
  Object.entries(isObject(resources) ? resources : {}).flatMap(([name, resource]) => {
    if (!isObject(resource) || typeof resource.type !== 'string') return [];
    const params: JsonObject = isObject(resource.params) ? resource.params : {};
    const id = text(resource.id, `${prefix}.${name}`);
    return [{ id, type: resource.type, class: text(resource.class, 'default'), resource: params }];
  });

const resourcesOf = ({ modules, shared }: DeploymentSet) => [
  ...Object.entries(modules).flatMap(([name, { externals }]) =>
    resourcesIn(externals, `modules.${name}.externals`),
  ),
  ...resourcesIn(shared, 'shared'),
];

export const sets: Operations<Route> = {
  'GET /orgs/{orgId}/apps/{appId}/sets': (world) => async (call) => {
    const app = await findApp(world, call);
    if (isRefusal(app)) return app;
    return listed(all(world, inApp(app, 'set'), 'newest first'), async (entry) => {
      const { id, set } = await setIn(world, entry);
      return tellSet(id, set);
    });
  },

  'GET /orgs/{orgId}/apps/{appId}/sets/{setId}': (world) => async (call) => {
    const found = await find(world, call);
    if (isRefusal(found)) return found;
    const { diff: otherId } = call.query;
    return otherId === undefined ? { body: tellSet(found.id, found.set) } : diffFrom(world, found, otherId);
  },

  'POST /orgs/{orgId}/apps/{appId}/sets/{setId}': (world) => async (call) => {
    const id = await apply(world, call);
    return isRefusal(id) ? id : { body: id };
  },

  'GET /orgs/{orgId}/apps/{appId}/sets/{setId}/diff/{sourceSetId}': (world) => async (call) => {
    const found = await find(world, call);
    return isRefusal(found) ? found : diffFrom(world, found, call.params.sourceSetId ?? '');
  },

  'GET /orgs/{orgId}/apps/{appId}/sets/{setId}/resources': (world) => async (call) => {
    const found = await find(world, call);
    return isRefusal(found) ? found : { body: resourcesOf(found.set) };
  },
};
