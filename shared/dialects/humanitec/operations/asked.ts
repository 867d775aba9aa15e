// What a request for a deployment asks for: a set composed of what is there, with values of one version; started, checked or shown.
import type * as z from 'zod';
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import type { World } from '#engine/ports';
import { countDevices } from '../fleet/devices.ts';
import { planOf } from '../fleet/plan.ts';
import { whyNotRendered } from '../fleet/render-set.ts';
import type * as is from '../objects.ts';
import { isMisfit } from '../sets/delta.ts';
import { applied, type DeploymentSet, diff, emptySet, emptySetId, setIdOf, setText } from '../sets/set.ts';
import type { Deployment } from '../store/kinds.ts';
import { type FoundEnv, findEnv } from '../store/paths.ts';
import { madeBy } from '../store/repeats.ts';
import { findSet, keepSet } from '../store/sets.ts';
import { startDeployment } from '../store/start-deployment.ts';
import { tellPlainDelta } from '../tell.ts';
import { whyUnusable } from '../values/restore.ts';
import { envScope } from '../values/scope.ts';
import { findVersion, latestVersionId } from '../values/versions.ts';
import { misfits } from '../words.ts';
import { contentOf, findDelta } from './deltas.ts';
import type { CallOf } from './types.ts';

type Start = CallOf<'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys'>;

const unknown = (field: string, what: string, id: string): Refusal =>
  refuse('invalid', `There is no ${what} ${id} in this application.`, { field, id });

interface Composed {
  readonly id: string;
  readonly set: DeploymentSet;
}

const deltaOn = async (
  world: World,
  { app }: FoundEnv,
  deltaId: string,
  baseId: string,
): Promise<Composed | Refusal> => {
  const entry = await findDelta(world, app, deltaId);
  if (entry === undefined) return unknown('delta_id', 'delta', deltaId);
  const base = await findSet(world, app, baseId);
  if (base === undefined) throw new Error(`The set ${baseId} of a deployment is not there.`);
  const set = applied(base.set, await contentOf(world, entry));
  return isMisfit(set) ? misfits(`Delta ${deltaId}`, set) : { id: setIdOf(setText(set)), set };
};

/** A delta wins over a set; neither is the base again. Nothing is stored. */
const composedOn = async (
  world: World,
  env: FoundEnv,
  { delta_id: deltaId, set_id: setId }: Start['body'],
  base: Deployment | null,
): Promise<Composed | Refusal> => {
  const baseId = base?.setId ?? emptySetId;
  if (deltaId !== undefined && deltaId !== '') return deltaOn(world, env, deltaId, baseId);
  const isGiven = setId !== undefined && setId !== '';
  const found = await findSet(world, env.app, isGiven ? setId : baseId);
  if (found === undefined) return unknown('set_id', 'set', isGiven ? setId : baseId);
  return found;
};

const setOn =
  (world: World, env: FoundEnv, body: Start['body']) =>
  async (base: Deployment | null): Promise<string | Refusal> => {
    const composed = await composedOn(world, env, body, base);
    return isRefusal(composed) ? composed : keepSet(world, env.app, composed.set);
  };

const valuesFor = async (
  world: World,
  env: FoundEnv,
  asked: string | null | undefined,
): Promise<string | null | Refusal> => {
  const scope = envScope(env.app, env.item);
  if (asked == null || asked === '') return latestVersionId(world, env.app, scope);
  const version = await findVersion(world, env.app, scope, asked);
  if (version === undefined) return unknown('value_set_version_id', 'value set version', asked);
  return (await whyUnusable(world, env.app, scope, version)) ?? version.id;
};

export type Asked = Pick<
  Start,
  'principal' | 'params' | 'body' | 'route' | 'idempotencyKey' | 'callerSecret'
>;

const baseOf = ({ entry: { body } }: FoundEnv): Deployment | null => body.base ?? body.last;

/** As at its start: only for devices is anything rendered. */
const whyNotBrought = async (
  world: World,
  { app, item, entry }: FoundEnv,
  { set }: Composed,
  valueSetVersionId: string | null,
): Promise<Refusal | undefined> =>
  entry.body.isFleet ? whyNotRendered(world, { app, envUid: item.uid, valueSetVersionId }, set) : undefined;

/** Why it could not be deployed, if it cannot; what is running or paused may be over until it is asked for in earnest. */
export const checkAsked = async (
  world: World,
  env: FoundEnv,
  { body }: Asked,
): Promise<Refusal | undefined> => {
  const values = await valuesFor(world, env, body.value_set_version_id);
  if (isRefusal(values)) return values;
  const composed = await composedOn(world, env, body, baseOf(env));
  return isRefusal(composed) ? composed : whyNotBrought(world, env, composed, values);
};

export const startAsked = async (
  world: World,
  call: Asked,
  pipeline: Deployment['pipeline'],
): Promise<Deployment | Refusal> => {
  const env = await findEnv(world, call);
  if (isRefusal(env)) return env;
  const valueSetVersionId = await valuesFor(world, env, call.body.value_set_version_id);
  if (isRefusal(valueSetVersionId)) return valueSetVersionId;
  const { delta_id: deltaId = '', comment = '', mode = null } = call.body;
  return startDeployment(world)({
    env,
    by: call.principal.keyId,
    comment,
    mode,
    pipeline,
    plan: planOf(call.body.rollout),
    deltaId: deltaId === '' ? null : deltaId,
    valueSetVersionId,
    setOn: setOn(world, env, call.body),
    made: madeBy(call),
    idempotencyKey: call.idempotencyKey,
    route: call.route,
  });
};

/** As a start, without a trace. */
export const previewAsked = async (
  world: World,
  call: Asked,
): Promise<z.input<typeof is.preview> | Refusal> => {
  const env = await findEnv(world, call);
  if (isRefusal(env)) return env;
  const base = baseOf(env);
  const values = await valuesFor(world, env, call.body.value_set_version_id);
  if (isRefusal(values)) return values;
  const composed = await composedOn(world, env, call.body, base);
  if (isRefusal(composed)) return composed;
  const refusal = await whyNotBrought(world, env, composed, values);
  if (refusal !== undefined) return refusal;
  const before = await findSet(world, env.app, base?.setId ?? emptySetId);
  return {
    dry_run: true,
    env_id: env.item.id,
    from_id: base?.id ?? '',
    set_id: composed.id,
    diff: tellPlainDelta(diff(composed.set, before?.set ?? emptySet)),
    devices: await countDevices(world, env),
  };
};
