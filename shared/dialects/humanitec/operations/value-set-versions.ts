// Versions of the values: what changed, when and by whom, and the way back.
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import type { Version } from '../store/kinds.ts';
import { notFound } from '../store/paths.ts';
import { type FromVersion, purge, restoreAll, restoreKey } from '../values/restore.ts';
import { type Scoped, scopeOf } from '../values/scope.ts';
import { tellVersions } from '../values/tell-values.ts';
import { findVersion, type MadeVersion, versionsOf } from '../values/versions.ts';
import { listed } from './lists.ts';
import { type Below, type CallOf, nothing, type Operations } from './types.ts';

type AtApp = '/orgs/{orgId}/apps/{appId}/value-set-versions';
type AtEnv = '/orgs/{orgId}/apps/{appId}/envs/{envId}/value-set-versions';
type One = `${AtApp}/{versionId}`;

const toldOne = async (world: World, { app, scope }: Scoped, version: Version) => {
  const [body] = await tellVersions(world, app, scope, [version]);
  if (body === undefined) throw new Error('A version was told as none.');
  return { body };
};

/** Each is told with all its values: a few at a time. */
const batchSize = 20;

const changes = ({ change }: Version, key: string): boolean => change.some((each) => each.key === key);

async function* toldAll(world: World, { app, scope }: Scoped, versions: readonly Version[]) {
  for (let at = 0; at < versions.length; at += batchSize)
    yield* await tellVersions(world, app, scope, versions.slice(at, at + batchSize));
}

const list = (world: World) => async (call: CallOf<`GET ${AtApp}`>) => {
  const scoped = await scopeOf(world, call);
  if (isRefusal(scoped)) return scoped;
  const { key_changed: key } = call.query;
  const versions = await versionsOf(world, scoped.app, scoped.scope);
  const wanted = key === undefined ? versions : versions.filter((version) => changes(version, key));
  return listed(toldAll(world, scoped, wanted), (version) => version);
};

type Named = Pick<CallOf<`GET ${One}`>, 'principal' | 'params'>;

const find = async (world: World, call: Named): Promise<(Scoped & { version: Version }) | Refusal> => {
  const scoped = await scopeOf(world, call);
  if (isRefusal(scoped)) return scoped;
  const { versionId = '' } = call.params;
  const version = await findVersion(world, scoped.app, scoped.scope, versionId);
  return version === undefined ? notFound('value set version', versionId) : { ...scoped, version };
};

const get = (world: World) => async (call: CallOf<`GET ${One}`>) => {
  const found = await find(world, call);
  return isRefusal(found) ? found : toldOne(world, found, found.version);
};

type Act = CallOf<`POST ${One}/restore`>;

const from = async (world: World, call: Act): Promise<FromVersion | Refusal> => {
  const found = await find(world, call);
  return isRefusal(found) ? found : { ...found, by: call.principal.keyId, comment: call.body.comment };
};

const toldMade = (world: World, scoped: Scoped, made: MadeVersion | Refusal | 'nothing to do') => {
  if (made === 'nothing to do') throw new Error('A restore makes a version always.');
  return isRefusal(made) ? made : toldOne(world, scoped, made.version);
};

const restore = (world: World) => async (call: Act) => {
  const intent = await from(world, call);
  if (isRefusal(intent)) return intent;
  const { key } = call.params;
  const made = key === undefined ? restoreAll(world)(intent) : restoreKey(world)(intent, key);
  return toldMade(world, intent, await made);
};

const purgeOne = (world: World) => async (call: Act) => {
  const intent = await from(world, call);
  if (isRefusal(intent)) return intent;
  return (await purge(world)(intent, call.params.key ?? '')) ?? nothing;
};

export const valueSetVersions: Operations<Below<AtApp> | Below<AtEnv>> = {
  'GET /orgs/{orgId}/apps/{appId}/value-set-versions': list,
  'GET /orgs/{orgId}/apps/{appId}/value-set-versions/{versionId}': get,
  'POST /orgs/{orgId}/apps/{appId}/value-set-versions/{versionId}/restore': restore,
  'POST /orgs/{orgId}/apps/{appId}/value-set-versions/{versionId}/restore/{key}': restore,
  'POST /orgs/{orgId}/apps/{appId}/value-set-versions/{versionId}/purge/{key}': purgeOne,

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/value-set-versions': list,
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/value-set-versions/{versionId}': get,
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/value-set-versions/{versionId}/restore': restore,
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/value-set-versions/{versionId}/restore/{key}': restore,
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/value-set-versions/{versionId}/purge/{key}': purgeOne,
};
