// Servers: a text until somebody asks for an activation token; from then on a thing, to which deployments are pushed.
import { isRefusal, type Refusal } from '#domain/refusal';
import { issueActivation } from '#engine/activate-thing';
import type { Thing, World } from '#engine/ports';
import { registerThing } from '#engine/register-thing';
import { repeatableBy } from '../../repeatable.ts';
import { isOpen } from '../changes.ts';
import { settleAll, withRun } from '../deployment-records.ts';
import { labelOf, thingOfServer } from '../runs.ts';
import { renewSecret, secretOfServer } from '../server-records.ts';
import { signedQuery } from '../signing.ts';
import { exactTime } from '../tell.ts';
import { byKey } from './by-key.ts';
import { deploymentsOfServer } from './list-deployments.ts';
import type { CallOf, Operations } from './types.ts';

const haveThing = async (world: World, organization: string, serverId: string): Promise<Thing | Refusal> => {
  const there = await thingOfServer(world, organization, serverId);
  if (there !== undefined) return there;
  const made = await registerThing(world)({ organization, roster: 'servers', label: labelOf(serverId) });
  // Somebody may have been faster.
  return isRefusal(made) ? ((await thingOfServer(world, organization, serverId)) ?? made) : made;
};

/** In the order in which they were created. */
const runWhatIsOpen = async (world: World, organization: string, serverId: string, by: string) => {
  const all = await deploymentsOfServer(world, organization, serverId);
  const open = all.filter((one) => one.organization === organization && isOpen(one.body));
  for (const settled of await settleAll(world, open)) await withRun(world, settled, by);
};

const metadataUrl = (
  { baseUrl, params }: CallOf<'GET /v1/{tenant_id}/servers/{server_id}/metadata_url'>,
  secret: string,
) => {
  const { tenant_id: tenant = '', server_id: id = '' } = params;
  const path = `/v1/${encodeURIComponent(tenant)}/servers/${encodeURIComponent(id)}/metadata`;
  const query = signedQuery(secret, { purpose: 'metadata', tenant, id, expires: null });
  return { body: { url: `${baseUrl}${path}?${query}`, expires_at: null } };
};

export const servers: Operations<
  | 'POST /v1/{tenant_id}/servers/{server_id}/activation_token'
  | 'GET /v1/{tenant_id}/servers/{server_id}/metadata_url'
  | 'POST /v1/{tenant_id}/servers/{server_id}/metadata_url'
> = {
  'POST /v1/{tenant_id}/servers/{server_id}/activation_token': (world) => async (call) => {
    const { organization } = call.principal;
    const serverId = call.params.server_id ?? '';
    const thing = await haveThing(world, organization, serverId);
    if (isRefusal(thing)) return thing;
    const issued = await issueActivation(world)({
      organization,
      name: thing.name,
      allowReactivation: call.body.allow_reactivation,
      ...repeatableBy(call),
    });
    if (isRefusal(issued)) return issued;
    await runWhatIsOpen(world, organization, serverId, byKey(call));
    return { body: { token: issued.token, expires_at: exactTime(issued.expiresAt) } };
  },

  'GET /v1/{tenant_id}/servers/{server_id}/metadata_url': (world) => async (call) =>
    metadataUrl(call, await secretOfServer(world, call.principal.organization, call.params.server_id ?? '')),

  'POST /v1/{tenant_id}/servers/{server_id}/metadata_url': (world) => async (call) =>
    metadataUrl(call, await renewSecret(world, call.principal.organization, call.params.server_id ?? '')),
};
