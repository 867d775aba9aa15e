// Values of applications and environments: the same operations, at two levels.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import type { World } from '#engine/ports';
import { madeBy } from '../store/repeats.ts';
import { type Scoped, scopeOfValues } from '../values/scope.ts';
import { tellValues } from '../values/tell-values.ts';
import type { ValueSet } from '../values/value-set.ts';
import { currentValues } from '../values/versions.ts';
import { type Given, removeValues, writeValue } from '../values/write-value.ts';
import { type CallOf, nothing, type Operations } from './types.ts';

type AtApp = '/orgs/{orgId}/apps/{appId}/values';
type AtEnv = '/orgs/{orgId}/apps/{appId}/envs/{envId}/values';
type Routes<Path extends AtApp | AtEnv> =
  | `${'GET' | 'POST' | 'DELETE'} ${Path}`
  | `${'PUT' | 'PATCH' | 'DELETE'} ${Path}/{key}`;

type List = CallOf<`GET ${AtApp}`>;
type Create = CallOf<`POST ${AtApp}`>;
type Edit = CallOf<`PUT ${AtApp}/{key}`>;
type Patch = CallOf<`PATCH ${AtApp}/{key}`>;
type Remove = CallOf<`DELETE ${AtApp}/{key}`>;

/** A null says nothing: what there is stays. */
const givenBy = ({ value, secret_ref: reference }: Pick<Patch['body'], 'value' | 'secret_ref'>): Given => {
  if (reference?.value !== undefined) return { text: reference.value };
  if (reference?.ref !== undefined)
    return { store: reference.store ?? '', ref: reference.ref, version: reference.version ?? null };
  return value == null ? undefined : { text: value };
};

const needs = (what: string): Refusal => refuse('invalid', `${what} is missing.`, { field: what });

const toldOne = async (
  world: World,
  { app, scope }: Scoped,
  values: ValueSet | Refusal,
  key: string,
): Promise<{ body: Awaited<ReturnType<typeof tellValues>>[number] } | Refusal> => {
  if (isRefusal(values)) return values;
  const found = (await tellValues(world, app, scope, values)).find((value) => value.key === key);
  if (found === undefined) throw new Error('A value was written and is not there.');
  return { body: found };
};

const list = (world: World) => async (call: List) => {
  const scoped = await scopeOfValues(world, call);
  if (isRefusal(scoped)) return scoped;
  return { body: await tellValues(world, scoped.app, scoped.scope, await currentValues(world, scoped.app)) };
};

const create = (world: World) => async (call: Create) => {
  const scoped = await scopeOfValues(world, call);
  if (isRefusal(scoped)) return scoped;
  const { key, description, is_secret: isSecret, secret_ref: reference } = call.body;
  const values = await writeValue(world)({
    ...scoped,
    key,
    by: call.principal.keyId,
    given: givenBy(call.body) ?? { text: '' },
    description: description ?? '',
    create: { isSecret: isSecret === true || reference !== undefined, made: madeBy(call) },
  });
  return toldOne(world, scoped, values, key);
};

const change = async (world: World, call: Edit | Patch) => {
  const scoped = await scopeOfValues(world, call);
  if (isRefusal(scoped)) return scoped;
  const { key = '' } = call.params;
  const values = await writeValue(world)({
    ...scoped,
    key,
    by: call.principal.keyId,
    given: givenBy(call.body),
    description: call.body.description ?? undefined,
  });
  return toldOne(world, scoped, values, key);
};

const edit = (world: World) => async (call: Edit) => {
  const { value, secret_ref: reference, description } = call.body;
  if (value === undefined && reference === undefined) return needs('value');
  return change(world, { ...call, body: { ...call.body, description: description ?? '' } });
};

const patch = (world: World) => async (call: Patch) =>
  givenBy(call.body) === undefined && call.body.description == null
    ? needs('value or description')
    : change(world, call);

const remove = (world: World) => async (call: Remove) => {
  const scoped = await scopeOfValues(world, call);
  if (isRefusal(scoped)) return scoped;
  const { key } = call.params;
  const done = await removeValues(world)({
    ...scoped,
    by: call.principal.keyId,
    ...(key === undefined ? {} : { key }),
  });
  return isRefusal(done) ? done : nothing;
};

export const values: Operations<Routes<AtApp> | Routes<AtEnv>> = {
  'GET /orgs/{orgId}/apps/{appId}/values': list,
  'POST /orgs/{orgId}/apps/{appId}/values': create,
  'DELETE /orgs/{orgId}/apps/{appId}/values': remove,
  'PUT /orgs/{orgId}/apps/{appId}/values/{key}': edit,
  'PATCH /orgs/{orgId}/apps/{appId}/values/{key}': patch,
  'DELETE /orgs/{orgId}/apps/{appId}/values/{key}': remove,

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/values': list,
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/values': create,
  'DELETE /orgs/{orgId}/apps/{appId}/envs/{envId}/values': remove,
  'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/values/{key}': edit,
  'PATCH /orgs/{orgId}/apps/{appId}/envs/{envId}/values/{key}': patch,
  'DELETE /orgs/{orgId}/apps/{appId}/envs/{envId}/values/{key}': remove,
};
