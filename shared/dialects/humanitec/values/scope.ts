// Whose values a path means: an application's, or one of its environments'.
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import type { Call } from '../../dialect.ts';
import type { Of } from '../store/entries.ts';
import type { EnvItem } from '../store/kinds.ts';
import { findApp, findEnvItem } from '../store/paths.ts';
import type { Scope } from './value-set.ts';

type Path = Pick<Call<unknown, unknown>, 'principal' | 'params'>;

export interface Scoped {
  readonly app: Of<'app'>;
  readonly scope: Scope;
}

const storePathOf = ({ organization, body }: Of<'app'>): string => `orgs--${organization}--apps--${body.id}`;

export const appScope = (app: Of<'app'>): Scope => ({
  uid: app.body.uid,
  source: 'app',
  storePath: storePathOf(app),
});

export const envScope = (app: Of<'app'>, { uid, id }: EnvItem): Scope => ({
  uid,
  source: 'env',
  storePath: `${storePathOf(app)}--envs--${id}`,
});

export const scopeOf = async (world: World, call: Path): Promise<Scoped | Refusal> => {
  if (call.params.envId === undefined) {
    const app = await findApp(world, call);
    return isRefusal(app) ? app : { app, scope: appScope(app) };
  }
  const found = await findEnvItem(world, call);
  return isRefusal(found) ? found : { app: found.app, scope: envScope(found.app, found.item) };
};

/** Clients of values take a missing environment for a wrong request: they look for 400. */
export const scopeOfValues = async (world: World, call: Path): Promise<Scoped | Refusal> => {
  const found = await scopeOf(world, call);
  return isRefusal(found) && call.params.envId !== undefined && found.params.id === call.params.envId
    ? { ...found, refused: 'invalid' }
    : found;
};
