// Creating a deployment: pointers first, then the record, then the run, so that whatever dies in between is never half seen.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { newSecret } from '#engine/ids';
import type { World } from '#engine/ports';
import { create, type Deployment, type DeploymentBody, find, madeBefore, type Of } from '../catalog.ts';
import { keep } from '../kept.ts';
import { type Pointer, savePointer, serverPointer, sharedPointer, usePointer } from '../pointers.ts';
import { pythonText } from '../python.ts';
import { ensureRun, runOf } from '../runs.ts';
import { byKey, idsFor } from './creating.ts';
import type { CallOf } from './types.ts';

type Create = CallOf<'POST /v1/{tenant_id}/software_deployments'>;

/** Another tenant's is as unknown as one that never was. */
export const noSuchConfig = (id: string): Refusal =>
  refuse('invalid', `Config with id ${id} not found`, { field: 'config_id' });

/** Everybody who finds this deployment by something else than its id. */
export const pointersTo = (
  owner: string,
  id: string,
  { serverId, project, config }: Pick<DeploymentBody, 'serverId' | 'project' | 'config'>,
): readonly Pointer[] => [
  usePointer(owner, config.id, id),
  serverPointer(owner, owner, serverId, id),
  ...(project === null || project === owner
    ? []
    : [serverPointer(project, owner, serverId, id), sharedPointer(project, owner, id)]),
];

const orNull = <Value>(value: Value | undefined): Value | null => value ?? null;

const bodyOf = async (
  world: World,
  call: Create,
  id: string,
  config: Of<'config'>,
  now: number,
): Promise<DeploymentBody> => {
  const { body, principal } = call;
  const { organization } = principal;
  const status = orNull(body.status);
  const runsOn = { serverId: body.server_id, status };
  const [run, reason, inputValues, outputValues] = await Promise.all([
    runOf(world, { organization, id, body: runsOn }, 1),
    keep(world, organization, pythonText(body.status_reason)),
    keep(world, organization, body.input_values ?? {}),
    keep(world, organization, null),
  ]);
  return {
    ...runsOn,
    config: { id: config.id, createdAt: config.createdAt, document: config.body.document },
    action: orNull(body.action),
    reason,
    inputValues,
    outputValues,
    project: body.stack_user_project_id || null,
    updatedTime: null,
    secret: newSecret(world.chance),
    openedAt: now,
    metadataAt: now,
    deadlineSeconds: orNull(body.deadline_seconds),
    run,
    history: [{ at: now, by: byKey(call), from: null, to: status, why: 'created' }],
  };
};

const file = async (world: World, call: Create): Promise<Deployment | Refusal> => {
  const { organization } = call.principal;
  const ids = idsFor(world, call);
  const earlier = await madeBefore(world)(organization, 'deployment', ids, call.request);
  if (earlier !== undefined) return earlier;
  const config = await find(world, organization, 'config', call.body.config_id);
  if (config === undefined) return noSuchConfig(call.body.config_id);
  const createdAt = world.clock.now();
  const body = await bodyOf(world, call, ids[0], config, createdAt);
  const pointers = pointersTo(organization, ids[0], body);
  await Promise.all(pointers.map((pointer) => savePointer(world, pointer, createdAt)));
  const request = call.request;
  return create(world)({ organization, kind: 'deployment', ids, body, createdAt, request });
};

export const createDeployment = async (world: World, call: Create): Promise<Deployment | Refusal> => {
  const filed = await file(world, call);
  return isRefusal(filed) ? filed : ensureRun(world, filed, byKey(call));
};
