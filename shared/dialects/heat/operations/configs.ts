// Configs: made once, never changed, and deleted when no deployment uses them.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { inBatches } from '#engine/in-batches';
import type { World } from '#engine/ports';
import { create, find, findMany, idsOf, madeBefore, notFound, type Of, removeEntry } from '../catalog.ts';
import type { ConfigDocument } from '../config-document.ts';
import { readInputs, readOutputs } from '../io.ts';
import { keep } from '../kept.ts';
import { idsUsing } from '../pointers.ts';
import { tellConfig, tellSummary } from '../tell.ts';
import type { CallOf, Operations } from './types.ts';

const documentOf = ({
  body: { name = null, group = null, config = null, inputs, outputs, options },
}: CallOf<'POST /v1/{tenant_id}/software_configs'>): ConfigDocument | Refusal => {
  const given = { inputs: readInputs(inputs), outputs: readOutputs(outputs) };
  if (isRefusal(given.inputs)) return given.inputs;
  if (isRefusal(given.outputs)) return given.outputs;
  return {
    name,
    group,
    config,
    inputs: given.inputs,
    outputs: given.outputs,
    options: options ?? {},
  };
};

const createConfig = async (
  world: World,
  call: CallOf<'POST /v1/{tenant_id}/software_configs'>,
): Promise<Of<'config'> | Refusal> => {
  const document = documentOf(call);
  if (isRefusal(document)) return document;
  const { ids, principal } = call;
  const { organization } = principal;
  const earlier = await madeBefore(world)(organization, 'config', ids, call.request);
  if (earlier !== undefined) return earlier;
  return create(world)({
    organization,
    kind: 'config',
    ids,
    body: {
      name: document.name,
      group: document.group,
      document: await keep(world, organization, document),
    },
    createdAt: world.clock.now(),
    request: call.request,
  });
};

export const findConfig = async (
  world: Pick<World, 'catalog'>,
  tenant: string,
  id: string,
): Promise<Of<'config'> | Refusal> =>
  (await find(world, tenant, 'config', id)) ?? notFound('Software config', id);

/** From the one after the marker on; a marker that is not there is ignored, as Heat does. */
async function* after<Item>(
  items: () => AsyncIterable<Item>,
  isMarker: ((item: Item) => boolean) | undefined,
): AsyncGenerator<Item> {
  let started = isMarker === undefined;
  for await (const item of items()) {
    if (started) yield item;
    else started = isMarker?.(item) ?? true;
  }
}

async function* all(world: World, tenant: string, marker: string | undefined): AsyncGenerator<Of<'config'>> {
  const known = marker !== undefined && (await find(world, tenant, 'config', marker)) !== undefined;
  const ids = () => idsOf(world, tenant, 'config', 'newest first');
  for await (const batch of inBatches(after(ids, known ? (id) => id === marker : undefined))) {
    const found = await findMany(world, tenant, 'config', batch);
    for (const id of batch) {
      const config = found.get(id);
      if (config !== undefined) yield config;
    }
  }
}

/** A pointer may be older than what its deployment uses now: the deployment itself is asked. */
const isUsed = async (world: World, tenant: string, id: string): Promise<boolean> => {
  for await (const batch of inBatches(idsUsing(world, tenant, id))) {
    const users = await findMany(world, tenant, 'deployment', batch);
    if ([...users.values()].some(({ body }) => body.config.id === id)) return true;
  }
  return false;
};

const inUse = (id: string): Refusal =>
  refuse('invalid', `Software config with id ${id} can not be deleted as it is referenced.`, {
    fault: 'InvalidRestrictedAction',
  });

export const configs: Operations<
  | 'POST /v1/{tenant_id}/software_configs'
  | 'GET /v1/{tenant_id}/software_configs'
  | 'GET /v1/{tenant_id}/software_configs/{id}'
  | 'DELETE /v1/{tenant_id}/software_configs/{id}'
> = {
  'POST /v1/{tenant_id}/software_configs': (world) => async (call) => {
    const created = await createConfig(world, call);
    return isRefusal(created) ? created : { body: { software_config: await tellConfig(world, created) } };
  },

  'GET /v1/{tenant_id}/software_configs':
    (world) =>
    async ({ principal: { organization }, query: { limit, marker, global_tenant } }) => {
      if (global_tenant === 'true')
        return refuse('forbidden', 'You are not authorized to use software_configs:global_index.');
      const told = [];
      if (limit !== 0)
        for await (const config of all(world, organization, marker)) {
          told.push(tellSummary(config));
          if (told.length === limit) break;
        }
      return { body: { software_configs: told } };
    },

  'GET /v1/{tenant_id}/software_configs/{id}':
    (world) =>
    async ({ principal: { organization }, params: { id = '' } }) => {
      const found = await findConfig(world, organization, id);
      return isRefusal(found) ? found : { body: { software_config: await tellConfig(world, found) } };
    },

  'DELETE /v1/{tenant_id}/software_configs/{id}':
    (world) =>
    async ({ principal: { organization }, params: { id = '' } }) => {
      const found = await findConfig(world, organization, id);
      if (isRefusal(found)) return found;
      if (await isUsed(world, organization, id)) return inUse(id);
      await removeEntry(world, { organization, kind: found.kind, id });
      return { body: undefined };
    },
};
