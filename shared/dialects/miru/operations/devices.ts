// Devices: things, in Miru's words.
import { isRefusal, type Refusal } from '#domain/refusal';
import { issueActivation } from '#engine/activate-thing';
import type { Thing, World } from '#engine/ports';
import { registerThing, renameThing } from '#engine/register-thing';
import { notFound } from '../catalog.ts';
import { etagOf, tellDevice, thingOfDevice, time } from '../tell.ts';
import { among, idempotencyOf, orderOf, pageOfItems, tellList } from './lists.ts';
import type { Operations } from './types.ts';

export const findDevice = async (
  { things }: Pick<World, 'things'>,
  organization: string,
  id: string,
): Promise<Thing | Refusal> => {
  const name = thingOfDevice(id);
  const thing = name === '' ? undefined : await things.load(name);
  return thing?.organization === organization ? thing : notFound('device', id);
};

const batchSize = 50;

async function* inBatches(names: AsyncIterable<string>): AsyncGenerator<string[]> {
  const batch: string[] = [];
  for await (const name of names) {
    batch.push(name);
    if (batch.length === batchSize) yield batch.splice(0);
  }
  yield batch;
}

async function* allThings({ things }: World, names: AsyncIterable<string>) {
  for await (const batch of inBatches(names)) {
    const found = new Map((await things.loadMany(batch)).map((thing) => [thing.name, thing]));
    for (const name of batch) {
      const thing = found.get(name);
      if (thing !== undefined) yield { id: name, thing };
    }
  }
}

const shown = (thing: Thing) => ({ body: tellDevice(thing), headers: etagOf(thing.version) });

export const devices: Operations<
  | 'POST /beta/devices'
  | 'GET /beta/devices'
  | 'GET /beta/devices/{id}'
  | 'PATCH /beta/devices/{id}'
  | 'POST /beta/devices/{id}/activation_token'
> = {
  'POST /beta/devices': (world) => async (call) => {
    const { organization } = call.principal;
    const thing = await registerThing(world)({ organization, label: call.body.name, ...idempotencyOf(call) });
    return isRefusal(thing) ? thing : shown(thing);
  },

  'GET /beta/devices':
    (world) =>
    async ({ principal: { organization }, query }) => {
      const paged = await pageOfItems(
        allThings(world, world.things.namesOf(organization, orderOf(query))),
        query,
        ({ thing }) =>
          among(query.id?.map(thingOfDevice), thing.name) &&
          among(query.name, thing.label) &&
          among(query.agent_version, thing.agentVersion ?? ''),
      );
      return {
        body: tellList(
          paged,
          query,
          paged.items.map(({ thing }) => tellDevice(thing)),
        ),
      };
    },

  'GET /beta/devices/{id}':
    (world) =>
    async ({ principal, params }) => {
      const thing = await findDevice(world, principal.organization, params.id ?? '');
      return isRefusal(thing) ? thing : shown(thing);
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

  'POST /beta/devices/{id}/activation_token':
    (world) =>
    async ({ principal: { organization }, params, body }) => {
      const thing = await findDevice(world, organization, params.id ?? '');
      if (isRefusal(thing)) return thing;
      const issued = await issueActivation(world)({
        organization,
        name: thing.name,
        allowReactivation: body.allow_reactivation,
      });
      if (isRefusal(issued)) return issued;
      return { body: { token: issued.token, expires_at: time(issued.expiresAt) } };
    },
};
