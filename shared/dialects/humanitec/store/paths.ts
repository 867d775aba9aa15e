// From the names in a path to what they name. What is being deleted is gone for everything but its own deletion.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import type { World } from '#engine/ports';
import type { Call } from '../../dialect.ts';
import { load, type Of, type Place, read, storedKind } from './entries.ts';
import type { EnvItem, Kind } from './kinds.ts';

type Needs = Pick<World, 'catalog'>;
type Path = Pick<Call<unknown, unknown>, 'principal' | 'params'>;

export const notFound = (what: string, id: string): Refusal =>
  refuse('not_found', `There is no ${what} ${id}.`, { id });

export const inOrganization = <K extends Kind>(organization: string, kind: K): Place<K> => ({
  organization,
  kind,
});

export const inApp = <K extends Kind>({ organization, body }: Of<'app'>, kind: K): Place<K> => ({
  organization,
  kind,
  owner: body.uid,
});

export const inEnv = <K extends Kind>({ organization }: Of<'app'>, { uid }: EnvItem, kind: K): Place<K> => ({
  organization,
  kind,
  owner: uid,
});

/** Also one that is being deleted. */
export const findAnyApp = async (
  { catalog }: Needs,
  { principal: { organization }, params: { appId = '' } }: Path,
): Promise<Of<'app'> | Refusal> => {
  const place = inOrganization(organization, 'app');
  const entry = await catalog.byUnique(organization, storedKind(place), 'id', appId);
  return entry === undefined ? notFound('application', appId) : read(place, entry);
};

export const findApp = async (world: Needs, path: Path): Promise<Of<'app'> | Refusal> => {
  const app = await findAnyApp(world, path);
  return isRefusal(app) || app.body.status === 'active' ? app : notFound('application', app.body.id);
};

export interface FoundEnv {
  readonly app: Of<'app'>;
  readonly item: EnvItem;
  readonly entry: Of<'env'>;
}

export const envPlace = (app: Of<'app'>): Place<'env'> => inApp(app, 'env');

/** Also one that is being deleted. */
export const findAnyEnvItem = async (
  world: Needs,
  path: Path,
): Promise<Pick<FoundEnv, 'app' | 'item'> | Refusal> => {
  const app = await findApp(world, path);
  if (isRefusal(app)) return app;
  const { envId = '' } = path.params;
  const item = app.body.envs.find(({ id }) => id === envId);
  return item === undefined ? notFound('environment', envId) : { app, item };
};

export const findEnvItem = async (world: Needs, path: Path) => {
  const found = await findAnyEnvItem(world, path);
  return isRefusal(found) || found.item.status === 'active' ? found : notFound('environment', found.item.id);
};

export const findEnv = async (world: Needs, path: Path): Promise<FoundEnv | Refusal> => {
  const found = await findEnvItem(world, path);
  if (isRefusal(found)) return found;
  const entry = await load(world, envPlace(found.app), found.item.uid);
  return entry === undefined ? notFound('environment', found.item.id) : { ...found, entry };
};
