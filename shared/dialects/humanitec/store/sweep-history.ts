// History that nobody needs any more goes, a while after it was over: deployments, archived deltas, and sets. What an environment names
// stays, and so do its newest deployments, however old they are: there is always something to go back to.
//
// Versions of values stay as long as their application. The texts that they name are in files that devices may still fetch, and a purge
// must find every version that shows a secret.
import type { World } from '#engine/ports';
import { deploymentsOf, historyOf } from './deployments.ts';
import { all, loadMany, type Of, remove, storedKind } from './entries.ts';
import type { Deployment, Kind } from './kinds.ts';
import { envPlace, type FoundEnv, inApp, inOrganization } from './paths.ts';

export interface SweptHistory {
  readonly deployments: number;
  readonly deltas: number;
  readonly sets: number;
}

type IsOld = (at: number) => boolean;

/** Of each environment, whatever their age. */
const newestKept = 10;

const environmentsOf = async (world: World, app: Of<'app'>): Promise<FoundEnv[]> => {
  const { envs } = app.body;
  const entries = await loadMany(
    world,
    envPlace(app),
    envs.map(({ uid }) => uid),
  );
  return envs.flatMap((item) => {
    const entry = entries.get(item.uid);
    return entry === undefined ? [] : [{ app, item, entry }];
  });
};

/** By any environment of the application: one may be based on what ran in another. */
const namedBy = (envs: readonly FoundEnv[]): Deployment[] =>
  envs.flatMap(({ entry: { body } }) => [body.last, body.base, body.good].filter((one) => one !== null));

const newestIn = async ({ catalog }: World, { app, item }: FoundEnv): Promise<string[]> => {
  const ids: string[] = [];
  const kind = storedKind(historyOf(app.organization, item.uid));
  for await (const id of catalog.idsOf(app.organization, kind, 'newest first')) {
    ids.push(id);
    if (ids.length === newestKept) break;
  }
  return ids;
};

/** Those that were made long enough ago, the oldest first: nothing of the rest is read. */
async function* oldAmong<K extends Kind>(entries: AsyncIterable<Of<K>>, isOld: IsOld): AsyncGenerator<Of<K>> {
  for await (const entry of entries) {
    if (!isOld(entry.createdAt)) return;
    yield entry;
  }
}

/** Unless it has changed meanwhile: then somebody needs it. */
const removeThose = async <K extends Kind>(
  world: World,
  entries: readonly Of<K>[],
  isKept: (entry: Of<K>) => boolean,
): Promise<number> => {
  let removed = 0;
  for (const entry of entries) if (!isKept(entry) && (await remove(world, entry))) removed += 1;
  return removed;
};

const sweepDeployments = async (
  world: World,
  env: FoundEnv,
  named: ReadonlySet<string>,
  isOld: IsOld,
): Promise<number> => {
  const history = all(world, historyOf(env.app.organization, env.item.uid));
  const old = await Array.fromAsync(oldAmong(history, isOld));
  if (old.length === 0) return 0;
  const newest = new Set(await newestIn(world, env));
  return removeThose(
    world,
    old,
    ({ id, body: { ended } }) => named.has(id) || newest.has(id) || ended === null || !isOld(ended.at),
  );
};

/** What deployments that are still told of were made of. */
const madeOf = async (world: World, app: Of<'app'>): Promise<ReadonlySet<string>> => {
  const envs = await environmentsOf(world, app);
  const names = new Set<string>();
  const name = ({ setId, deltaId }: Deployment): void => {
    names.add(setId);
    if (deltaId !== null) names.add(deltaId);
  };
  for (const deployment of namedBy(envs)) name(deployment);
  for (const env of envs) for await (const deployment of deploymentsOf(world, env)) name(deployment);
  return names;
};

const sweepParts = async (
  world: World,
  app: Of<'app'>,
  isOld: IsOld,
): Promise<Pick<SweptHistory, 'deltas' | 'sets'>> => {
  // Before whatever could name them is read: what is named from now on has changed them first, or is seen.
  const deltas = await Array.fromAsync(oldAmong(all(world, inApp(app, 'delta')), isOld));
  const sets = await Array.fromAsync(oldAmong(all(world, inApp(app, 'set')), isOld));
  const archived = deltas.filter(({ body, updatedAt }) => body.archived && isOld(updatedAt));
  const unused = sets.filter(({ updatedAt }) => isOld(updatedAt));
  if (archived.length + unused.length === 0) return { deltas: 0, sets: 0 };
  const named = await madeOf(world, app);
  const isNamed = ({ id }: { readonly id: string }): boolean => named.has(id);
  return {
    deltas: await removeThose(world, archived, isNamed),
    sets: await removeThose(world, unused, isNamed),
  };
};

const sweepApp = async (world: World, app: Of<'app'>, isOld: IsOld): Promise<SweptHistory> => {
  const envs = await environmentsOf(world, app);
  const named = new Set(namedBy(envs).flatMap(({ id, fromId }) => [id, fromId]));
  let deployments = 0;
  for (const env of envs) deployments += await sweepDeployments(world, env, named, isOld);
  return { deployments, ...(await sweepParts(world, app, isOld)) };
};

export const sweepHistory =
  (world: World, { endedMs }: { readonly endedMs: number }) =>
  async (organization: string): Promise<SweptHistory> => {
    const isOld: IsOld = (at) => world.clock.now() - at > endedMs;
    const swept = { deployments: 0, deltas: 0, sets: 0 };
    for await (const app of all(world, inOrganization(organization, 'app'))) {
      const { deployments, deltas, sets } = await sweepApp(world, app, isOld);
      swept.deployments += deployments;
      swept.deltas += deltas;
      swept.sets += sets;
    }
    return swept;
  };
