// Environment types: every organization has `development` without having made it.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { createEntry } from '#engine/create-entry';
import type { World } from '#engine/ports';
import { all, load, newEntry, type Of, read, remove, revise, save, storedKind } from '../store/entries.ts';
import { inOrganization, notFound } from '../store/paths.ts';
import { conflict } from '../words.ts';
import { listed } from './lists.ts';
import { type Below, type CallOf, nothing, type Operations } from './types.ts';

type Needs = Pick<World, 'catalog' | 'clock'>;

export const defaultType = 'development';
const seeded = { id: defaultType, description: 'Environments used for development.' };

const placeOf = (organization: string) => inOrganization(organization, 'env_type');

const stored = async ({ catalog }: Pick<World, 'catalog'>, organization: string, id: string) => {
  const place = placeOf(organization);
  const entry = await catalog.byUnique(organization, storedKind(place), 'id', id);
  return entry && read(place, entry);
};

const findType = async (world: Pick<World, 'catalog'>, organization: string, id: string) => {
  const entry = await stored(world, organization, id);
  return entry?.body ?? (id === defaultType ? seeded : undefined);
};

export const refuseType = async (
  world: Pick<World, 'catalog'>,
  organization: string,
  id: string,
): Promise<Refusal | undefined> =>
  (await findType(world, organization, id)) === undefined
    ? refuse('invalid', `There is no environment type ${id}.`, { field: 'type', value: id })
    : undefined;

/** The seeded one is written down in the moment that somebody changes it. */
const entryToChange = async (
  world: Needs,
  organization: string,
  id: string,
): Promise<Of<'env_type'> | undefined> => {
  const entry = await stored(world, organization, id);
  if (entry !== undefined || id !== defaultType) return entry;
  const place = placeOf(organization);
  const first = { ...newEntry(place, id, seeded, world.clock.now()), unique: { id } };
  return (await save(world, first)).saved ? first : load(world, place, id);
};

async function* typesOf(world: Pick<World, 'catalog'>, organization: string) {
  const own = (await Array.fromAsync(all(world, placeOf(organization)))).map(({ body }) => body);
  if (!own.some(({ id }) => id === defaultType)) yield seeded;
  yield* own;
}

const environmentsWith = async (world: Pick<World, 'catalog'>, organization: string, type: string) => {
  const apps = await Array.fromAsync(all(world, inOrganization(organization, 'app')));
  return apps.flatMap(({ body }) =>
    body.envs.filter((env) => env.type === type).map((env) => ({ app_id: body.id, env_id: env.id })),
  );
};

type Delete = CallOf<'DELETE /orgs/{orgId}/env-types/{envTypeId}'>;

const refuseDelete = async (
  world: Pick<World, 'catalog'>,
  { principal: { organization }, params: { envTypeId = '' } }: Delete,
): Promise<Refusal | undefined> => {
  const environments = await environmentsWith(world, organization, envTypeId);
  if (environments.length > 0)
    return conflict('environment_type_in_use', `Environments have the type ${envTypeId}.`, { environments });
  return envTypeId === defaultType
    ? conflict('environment_type_in_use', `${defaultType} cannot be deleted.`, {
        environments: [{ env_type: defaultType, reason: 'Environments that say nothing are of this type.' }],
      })
    : undefined;
};

export const environmentTypes: Operations<Below<'/orgs/{orgId}/env-types'>> = {
  'GET /orgs/{orgId}/env-types':
    (world) =>
    async ({ principal: { organization } }) =>
      listed(typesOf(world, organization), (type) => type),

  'POST /orgs/{orgId}/env-types': (world) => async (call) => {
    const { organization } = call.principal;
    const { id, description = '' } = call.body;
    if (id === defaultType) await entryToChange(world, organization, id);
    const entry = await createEntry(world)({
      organization,
      kind: storedKind(placeOf(organization)),
      ids: call.ids,
      body: { id, description },
      unique: { id },
      request: call.body,
    });
    return isRefusal(entry) ? entry : { body: read(placeOf(organization), entry).body };
  },

  'GET /orgs/{orgId}/env-types/{envTypeId}':
    (world) =>
    async ({ principal: { organization }, params: { envTypeId = '' } }) => {
      const type = await findType(world, organization, envTypeId);
      return type === undefined ? notFound('environment type', envTypeId) : { body: type };
    },

  'PATCH /orgs/{orgId}/env-types/{envTypeId}':
    (world) =>
    async ({ principal: { organization }, params: { envTypeId = '' }, body: { description } }) => {
      const entry = await entryToChange(world, organization, envTypeId);
      const changed =
        entry &&
        (await revise(world)(entry.place, entry.id, ({ body }) => ({
          ...body,
          description: description ?? body.description,
        })));
      if (changed === undefined) return notFound('environment type', envTypeId);
      return isRefusal(changed) ? changed : { body: changed.body };
    },

  'DELETE /orgs/{orgId}/env-types/{envTypeId}': (world) => async (call) => {
    const { organization } = call.principal;
    const { envTypeId = '' } = call.params;
    const type = await findType(world, organization, envTypeId);
    if (type === undefined) return notFound('environment type', envTypeId);
    const refused = await refuseDelete(world, call);
    if (refused !== undefined) return refused;
    for (;;) {
      const entry = await stored(world, organization, envTypeId);
      if (entry === undefined || (await remove(world, entry))) return nothing;
    }
  },
};
