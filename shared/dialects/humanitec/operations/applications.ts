// Applications: what environments, deltas, sets and values belong to.
import { isRefusal, type Refusal } from '#domain/refusal';
import { createEntry } from '#engine/create-entry';
import { newUid } from '#engine/ids';
import type { World } from '#engine/ports';
import { all, type Of, read, revise, storedKind } from '../store/entries.ts';
import { discardEnv, newItem, saveNewEnv } from '../store/environments.ts';
import type { Body, EnvItem } from '../store/kinds.ts';
import { findAnyApp, findApp, inOrganization, notFound } from '../store/paths.ts';
import { deleteApp } from '../store/removal.ts';
import { tellApplication } from '../tell.ts';
import { defaultType, refuseType } from './environment-types.ts';
import { listed } from './lists.ts';
import { type CallOf, nothing, type Operations } from './types.ts';

type Create = CallOf<'POST /orgs/{orgId}/apps'>;

const defaultEnv = { id: defaultType, name: 'Development', type: defaultType };

const envsAskedFor = ({ env, skip_environment_creation: skip }: Create['body']) => {
  if (env !== undefined) return [{ ...env, type: env.type ?? defaultType }];
  return skip === true ? [] : [defaultEnv];
};

const create = async (world: World, call: Create): Promise<Of<'app'> | Refusal> => {
  const { organization, keyId } = call.principal;
  const asked = envsAskedFor(call.body);
  for (const { type } of asked) {
    const refused = await refuseType(world, organization, type);
    if (refused !== undefined) return refused;
  }
  const { id, name } = call.body;
  const envs: EnvItem[] = asked.map((env) => newItem(world, { ...env, createdBy: keyId, made: null }));
  const uid = newUid(world.chance);
  await Promise.all(envs.map((item) => saveNewEnv(world, organization, uid, item, null)));
  const body: Body<'app'> = {
    id,
    uid,
    name,
    status: 'active',
    statusChangedAt: world.clock.now(),
    createdBy: keyId,
    envs,
    webhooks: [],
  };
  const place = inOrganization(organization, 'app');
  const entry = await createEntry(world)({
    organization,
    kind: storedKind(place),
    ids: call.ids,
    body,
    unique: { id },
    request: call.body,
  });
  const app = isRefusal(entry) ? entry : read(place, entry);
  // Refused, or made by an equal request before: these environments are nobody's.
  if (isRefusal(app) || app.body.uid !== uid)
    await Promise.all(envs.map((item) => discardEnv(world, organization, uid, item)));
  return app;
};

const told = (app: Of<'app'> | Refusal) => (isRefusal(app) ? app : { body: tellApplication(app) });

export const applications: Operations<
  | 'GET /orgs/{orgId}/apps'
  | 'POST /orgs/{orgId}/apps'
  | 'GET /orgs/{orgId}/apps/{appId}'
  | 'PATCH /orgs/{orgId}/apps/{appId}'
  | 'DELETE /orgs/{orgId}/apps/{appId}'
> = {
  'GET /orgs/{orgId}/apps':
    (world) =>
    async ({ principal: { organization } }) =>
      listed(all(world, inOrganization(organization, 'app')), tellApplication),

  'POST /orgs/{orgId}/apps': (world) => async (call) => told(await create(world, call)),

  'GET /orgs/{orgId}/apps/{appId}': (world) => async (call) => told(await findAnyApp(world, call)),

  'PATCH /orgs/{orgId}/apps/{appId}': (world) => async (call) => {
    const app = await findApp(world, call);
    if (isRefusal(app)) return app;
    const changed = await revise(world)(app.place, app.id, ({ body }) => ({ ...body, name: call.body.name }));
    return told(changed ?? notFound('application', app.body.id));
  },

  'DELETE /orgs/{orgId}/apps/{appId}': (world) => async (call) => {
    const app = await findAnyApp(world, call);
    if (isRefusal(app)) return app;
    return (await deleteApp(world, app)) ? nothing : { ...nothing, status: 202 };
  },
};
