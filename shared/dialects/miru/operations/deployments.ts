// Deployments: config instances of a release, on a device.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { createDeployment } from '#engine/create-deployment';
import { type DeploymentView, findDeployment } from '#engine/find-deployment';
import { allows } from '#engine/keys';
import { listDeployments } from '#engine/list-deployments';
import { archiveDeployment, deployStaged, type MoveDeployment } from '#engine/move-deployment';
import type { World } from '#engine/ports';
import type { ManifestItem } from '#engine/seal';
import { lacks } from '../../answer.ts';
import { find, findMany, notFound, type Of } from '../catalog.ts';
import { editionOf } from '../editions.ts';
import { idPrefixes, thingOfDevice } from '../ids.ts';
import { etagOf, tellHistory, tellWhy } from '../tell.ts';
import { statusOf } from '../words.ts';
import { findDevice } from './devices.ts';
import { expandDeployments, only } from './expand.ts';
import { among, idempotencyOf, orderOf, pageOf, tellList, wholeList } from './lists.ts';
import type { CallOf, Operations } from './types.ts';

const channel = 'release';

type Create = CallOf<'POST /beta/deployments'>;

/** Exactly one instance for each schema of the release: neither fewer nor more nor others. */
const refuseInstances = (
  release: Of<'release'>,
  ids: readonly string[],
  found: ReadonlyMap<string, Of<'config_instance'>>,
): Refusal | undefined => {
  const field = 'config_instance_ids';
  const missing = ids.find((id) => !found.has(id));
  if (missing !== undefined) return notFound('config_instance', missing);
  const schemas = ids.map((id) => found.get(id)?.body.schemaId ?? '');
  const foreign = ids.find((_, at) => !release.body.schemaIds.includes(schemas[at] ?? ''));
  if (foreign !== undefined)
    return refuse(
      'invalid',
      `${field}: ${foreign} is of a schema that release ${release.id} does not have.`,
      { field },
    );
  const twice = schemas.find((id, at) => schemas.indexOf(id) !== at);
  if (twice !== undefined)
    return refuse('invalid', `${field}: two instances are of schema ${twice}.`, { field });
  const lacking = release.body.schemaIds.filter((id) => !schemas.includes(id));
  return lacking.length === 0
    ? undefined
    : refuse('invalid', `${field}: an instance is missing for ${lacking.join(', ')}.`, {
        field,
        schemas: lacking,
      });
};

const itemOf = ({ id, body }: Of<'config_instance'>): ManifestItem => ({
  id,
  path: body.filepath,
  digest: body.digest,
  size: body.size,
  format: body.format,
});

const composeItems = async (world: World, call: Create): Promise<ManifestItem[] | Refusal> => {
  const { organization } = call.principal;
  const ids = call.body.config_instance_ids;
  const [release, found] = await Promise.all([
    find(world, organization, 'release', call.body.release_id),
    findMany(world, organization, 'config_instance', ids),
  ]);
  if (isRefusal(release)) return release;
  return refuseInstances(release, ids, found) ?? [...found.values()].map(itemOf);
};

const create = async (world: World, call: Create): Promise<DeploymentView | Refusal> => {
  const { principal, body } = call;
  const scope = `deployments:${body.target_status === 'staged' ? 'stage' : 'deploy'}`;
  if (!allows(principal, scope)) return lacks(scope);
  const [device, items] = await Promise.all([
    findDevice(world, principal.organization, body.device_id),
    composeItems(world, call),
  ]);
  if (isRefusal(device)) return device;
  if (isRefusal(items)) return items;
  return createDeployment(world)({
    organization: principal.organization,
    by: `key:${principal.keyId}`,
    slot: { thing: device.name, channel },
    idPrefix: idPrefixes.deployment,
    wanted: body.target_status,
    items,
    track: body.release_id,
    ...(body.parent_id === undefined ? {} : { parent: body.parent_id }),
    about: {
      description: body.description,
      releaseId: body.release_id,
      configInstanceIds: body.config_instance_ids,
    },
    request: call.request,
    ...idempotencyOf(call),
  });
};

const findOne = async (
  world: World,
  { principal: { organization }, params }: Pick<Create, 'principal' | 'params'>,
): Promise<DeploymentView | Refusal> => {
  const id = params.id ?? '';
  return (await findDeployment(world)({ organization, channel, id })) ?? notFound('deployment', id);
};

type Expanding = CallOf<'GET /beta/deployments/{id}'> | Create;

const shown = async (
  world: World,
  { principal, query, edition }: Expanding,
  view: DeploymentView | Refusal,
) => {
  if (isRefusal(view)) return view;
  const [body] = await expandDeployments(world, principal.organization, [view], query.expand, edition);
  return { body: only(body === undefined ? [] : [body]), headers: etagOf(view.state.version) };
};

const moveOf = ({
  principal,
  params,
  version,
}: CallOf<'POST /beta/deployments/{id}/deploy'>): MoveDeployment => ({
  organization: principal.organization,
  channel,
  id: params.id ?? '',
  by: `key:${principal.keyId}`,
  ...(version === undefined ? {} : { version }),
});

const unknownActivity = (asked: readonly string[] | undefined, edition: string): Refusal | undefined => {
  const { unknownActivities } = editionOf(edition);
  const word = asked?.find((one) => (unknownActivities as readonly string[]).includes(one));
  return word === undefined
    ? undefined
    : refuse('invalid', `activity_status: ${word} is not in version ${edition}.`, {
        field: 'activity_status',
      });
};

/** A seq is never behind the clock: what got one after this was staged was deployed since. */
const deployedSince = (staged: DeploymentView, { record, state }: DeploymentView): boolean =>
  record.id !== staged.record.id && state.seq > staged.record.createdAt;

export const deployments: Operations<
  | 'POST /beta/deployments'
  | 'GET /beta/deployments'
  | 'GET /beta/deployments/{id}'
  | 'POST /beta/deployments/{id}/deploy'
  | 'POST /beta/deployments/{id}/archive'
  | 'GET /beta/deployments/{id}/drifts'
  | 'GET /beta/deployments/{id}/history'
  | 'GET /beta/deployments/{id}/why'
> = {
  'POST /beta/deployments': (world) => async (call) => shown(world, call, await create(world, call)),

  'GET /beta/deployments':
    (world) =>
    async ({ principal: { organization }, query, edition }) => {
      const unknown = unknownActivity(query.activity_status, edition);
      if (unknown !== undefined) return unknown;
      const paged = await listDeployments(world)({
        organization,
        channel,
        order: orderOf(query),
        sortById: query.order_by.startsWith('id'),
        ...pageOf(query),
        ids: query.id,
        things: query.device_id?.map(thingOfDevice),
        matches: ({ record, state }) => {
          const words = statusOf(state.phase, edition);
          return (
            among(query.target_status, words.target) &&
            among(query.activity_status, words.activity) &&
            among(query.error_status, words.error) &&
            among(query.release_id, record.track ?? '')
          );
        },
      });
      return {
        body: tellList(
          paged,
          query,
          await expandDeployments(world, organization, paged.items, query.expand, edition),
        ),
      };
    },

  'GET /beta/deployments/{id}': (world) => async (call) => shown(world, call, await findOne(world, call)),

  'POST /beta/deployments/{id}/deploy': (world) => async (call) =>
    shown(world, call, await deployStaged(world)(moveOf(call))),

  'POST /beta/deployments/{id}/archive': (world) => async (call) =>
    shown(world, call, await archiveDeployment(world)(moveOf(call))),

  'GET /beta/deployments/{id}/drifts': (world) => async (call) => {
    const staged = await findOne(world, call);
    if (isRefusal(staged)) return staged;
    const { organization } = call.principal;
    const page = { offset: 0, limit: 100 };
    const paged = await listDeployments(world)({
      organization,
      channel,
      order: 'newest first',
      ...page,
      counted: false,
      things: [staged.record.slot.thing],
      matches: (other) => deployedSince(staged, other),
    });
    const told = await expandDeployments(world, organization, paged.items, call.query.expand, call.edition);
    return { body: tellList(paged, page, told) };
  },

  'GET /beta/deployments/{id}/history': (world) => async (call) => {
    const view = await findOne(world, call);
    return isRefusal(view) ? view : { body: wholeList(tellHistory(view)) };
  },

  'GET /beta/deployments/{id}/why': (world) => async (call) => {
    const view = await findOne(world, call);
    return isRefusal(view) ? view : { body: tellWhy(view, call.edition) };
  },
};
