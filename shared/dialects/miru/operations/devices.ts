// Devices: things, in Miru's words.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { headOf } from '#domain/slot';
import { issueActivation } from '#engine/activate-thing';
import { mapNames } from '#engine/ids';
import { inBatches } from '#engine/in-batches';
import { pingThing } from '#engine/ping-thing';
import type { Thing, World } from '#engine/ports';
import { issueProvisioning } from '#engine/provision-thing';
import { registerThing, renameThing } from '#engine/register-thing';
import { retireThing, revokeThing } from '#engine/retire-thing';
import { repeatableBy } from '../../repeatable.ts';
import { notFound } from '../catalog.ts';
import { editionOf } from '../editions.ts';
import { thingOfDevice } from '../ids.ts';
import { etagOf, tellDevice, time } from '../tell.ts';
import { expandDevices } from './expand-devices.ts';
import { among, orderOf, pageOfItems, tellList } from './lists.ts';
import type { Operations } from './types.ts';

/** The things that this dialect lists. */
const roster = 'devices';

const findEver = async (
  { things }: Pick<World, 'things'>,
  organization: string,
  id: string,
): Promise<Thing | Refusal> => {
  const name = thingOfDevice(id);
  const thing = name === '' ? undefined : await things.load(name);
  const isTheirs = thing?.organization === organization && thing.roster === roster;
  return isTheirs ? thing : notFound('device', id);
};

/** A device that was decommissioned is not there any more. */
export const findDevice = async (
  world: Pick<World, 'things'>,
  organization: string,
  id: string,
): Promise<Thing | Refusal> => {
  const thing = await findEver(world, organization, id);
  return isRefusal(thing) || thing.retiredAt === null ? thing : notFound('device', id);
};

async function* allThings({ things }: World, names: AsyncIterable<string>) {
  for await (const batch of inBatches(names)) {
    const found = new Map((await things.loadMany(batch)).map((thing) => [thing.name, thing]));
    for (const name of batch) {
      const thing = found.get(name);
      if (thing !== undefined) yield { id: name, thing };
    }
  }
}

/** Things whose head is of one of these releases; all of them when nobody asks. */
async function* onReleases(
  { slots }: World,
  source: AsyncIterable<{ readonly id: string; readonly thing: Thing }>,
  releases: readonly string[] | undefined,
) {
  for await (const one of source) {
    const slot = releases && (await slots.load({ thing: one.id, channel: 'release' }));
    if (among(releases, (slot && headOf(slot)?.track) ?? '')) yield one;
  }
}

/** What this version does not know is refused, not silently left out. */
const refuseUnknown = (
  edition: string,
  query: Readonly<Record<string, unknown>>,
  expand: readonly string[],
) => {
  const { deviceExpansions, unknownFilters } = editionOf(edition);
  const expansion = expand.find((name) => !(deviceExpansions as readonly string[]).includes(name));
  const filter = unknownFilters.find((name) => query[name] !== undefined);
  const field = expansion === undefined ? filter : 'expand';
  return field === undefined
    ? undefined
    : refuse('invalid', `${field}: ${expansion ?? filter} is not in version ${edition}.`, { field });
};

const shown = (thing: Thing) => ({ body: tellDevice(thing), headers: etagOf(thing.version) });

const nanosPerMs = 1_000_000;

export const devices: Operations<
  | 'POST /beta/devices'
  | 'GET /beta/devices'
  | 'GET /beta/devices/{id}'
  | 'PATCH /beta/devices/{id}'
  | 'DELETE /beta/devices/{id}'
  | 'POST /beta/devices/{id}/activation_token'
  | 'POST /beta/devices/{id}/revoke'
  | 'POST /beta/devices/{id}/ping'
  | 'POST /beta/provisioning_tokens'
> = {
  'POST /beta/devices': (world) => async (call) => {
    const { organization } = call.principal;
    const thing = await registerThing(world)({
      organization,
      roster,
      label: call.body.name,
      names: mapNames(call.ids, thingOfDevice),
    });
    return isRefusal(thing) ? thing : shown(thing);
  },

  'GET /beta/devices':
    (world) =>
    async ({ principal: { organization }, query, edition }) => {
      const refused = refuseUnknown(edition, query, query.expand);
      if (refused !== undefined) return refused;
      const all = allThings(world, world.things.namesOf(organization, roster, orderOf(query)));
      const paged = await pageOfItems(
        onReleases(world, all, query.current_release_id),
        query,
        ({ thing }) =>
          among(query.id?.map(thingOfDevice), thing.name) &&
          among(query.name, thing.label) &&
          among(query.agent_version, thing.agentVersion ?? ''),
      );
      const things = paged.items.map(({ thing }) => thing);
      return {
        body: tellList(paged, query, await expandDevices(world, organization, things, query.expand, edition)),
      };
    },

  'GET /beta/devices/{id}':
    (world) =>
    async ({ principal: { organization }, params, query, edition }) => {
      const refused = refuseUnknown(edition, query, query.expand);
      if (refused !== undefined) return refused;
      const thing = await findDevice(world, organization, params.id ?? '');
      if (isRefusal(thing)) return thing;
      const [body] = await expandDevices(world, organization, [thing], query.expand, edition);
      return { body: body ?? tellDevice(thing), headers: etagOf(thing.version) };
    },

  'PATCH /beta/devices/{id}':
    (world) =>
    async ({ principal: { organization }, params, body, version }) => {
      const thing = await findDevice(world, organization, params.id ?? '');
      if (isRefusal(thing)) return thing;
      const label = body.name ?? thing.label;
      const renamed = await renameThing(world)({
        organization,
        name: thing.name,
        label,
        ...(version === undefined ? {} : { version }),
      });
      return isRefusal(renamed) ? renamed : shown(renamed);
    },

  'DELETE /beta/devices/{id}':
    (world) =>
    async ({ principal: { organization }, params }) => {
      // Also one that is gone already: whoever repeats it finishes what was left undone.
      const thing = await findEver(world, organization, params.id ?? '');
      if (isRefusal(thing)) return thing;
      const retired = await retireThing(world)({ organization, name: thing.name });
      return isRefusal(retired) ? retired : shown(retired);
    },

  'POST /beta/devices/{id}/activation_token': (world) => async (call) => {
    const { organization } = call.principal;
    const thing = await findDevice(world, organization, call.params.id ?? '');
    if (isRefusal(thing)) return thing;
    const issued = await issueActivation(world)({
      organization,
      name: thing.name,
      allowReactivation: call.body.allow_reactivation,
      ...repeatableBy(call),
    });
    if (isRefusal(issued)) return issued;
    return { body: { token: issued.token, expires_at: time(issued.expiresAt) } };
  },

  'POST /beta/devices/{id}/revoke':
    (world) =>
    async ({ principal: { organization }, params }) => {
      const thing = await findDevice(world, organization, params.id ?? '');
      if (isRefusal(thing)) return thing;
      const revoked = await revokeThing(world)({ organization, name: thing.name });
      return isRefusal(revoked) ? revoked : shown(revoked);
    },

  'POST /beta/devices/{id}/ping':
    (world) =>
    async ({ principal: { organization }, params, body }) => {
      const thing = await findDevice(world, organization, params.id ?? '');
      if (isRefusal(thing)) return thing;
      const roundTripMs = await pingThing(world)(thing.name, body.timeout_nanos / nanosPerMs);
      return roundTripMs === undefined
        ? { body: { code: 'timeout' } }
        : { body: { code: 'success', round_trip_nanos: Math.round(roundTripMs * nanosPerMs) } };
    },

  'POST /beta/provisioning_tokens': (world) => async (call) => {
    const { organization } = call.principal;
    const issued = await issueProvisioning(world)({
      organization,
      roster,
      ...repeatableBy(call),
    });
    if (isRefusal(issued)) return issued;
    return { body: { token: issued.token, expires_at: time(issued.expiresAt) } };
  },
};
