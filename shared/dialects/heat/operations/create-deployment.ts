// Creating a deployment: pointers first, then the record, then the run, so that whatever dies in between is never half seen.
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { newSecret } from '#engine/ids';
import type { World } from '#engine/ports';
import { create, type Deployment, type DeploymentBody, find, madeBefore, type Of } from '../catalog.ts';
import { settle, withRun } from '../deployment-records.ts';
import { keep } from '../kept.ts';
import { type Pointer, savePointer, serverPointer, sharedPointer, usePointer } from '../pointers.ts';
import { pythonText } from '../python.ts';
import { ensureRun, runIdOf, startRun } from '../runs.ts';
import { byKey } from './by-key.ts';
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
  config: Of<'config'>,
  now: number,
): Promise<DeploymentBody> => {
  const { body, principal, ids } = call;
  const { organization } = principal;
  const runsFor = {
    serverId: body.server_id,
    status: orNull(body.status),
    secret: newSecret(world.chance),
  };
  const [runId, reason, inputValues, outputValues] = await Promise.all([
    runIdOf(world, { organization, id: ids[0], body: runsFor }, 1),
    keep(world, organization, pythonText(body.status_reason)),
    keep(world, organization, body.input_values ?? {}),
    keep(world, organization, null),
  ]);
  return {
    ...runsFor,
    config: { id: config.id, createdAt: config.createdAt, document: config.body.document },
    action: orNull(body.action),
    reason,
    inputValues,
    outputValues,
    project: body.stack_user_project_id || null,
    updatedTime: null,
    openedAt: now,
    metadataAt: now,
    deadlineSeconds: orNull(body.deadline_seconds),
    run: { id: runId, count: 1 },
    history: [{ at: now, by: byKey(call), from: null, to: runsFor.status, why: 'created' }],
  };
};

const file = async (world: World, call: Create): Promise<Deployment | Refusal> => {
  const { ids, principal, request } = call;
  const { organization } = principal;
  const config = await find(world, organization, 'config', call.body.config_id);
  if (config === undefined) return noSuchConfig(call.body.config_id);
  const createdAt = world.clock.now();
  const body = await bodyOf(world, call, config, createdAt);
  const pointers = pointersTo(organization, ids[0], body);
  await Promise.all(pointers.map((pointer) => savePointer(world, pointer, createdAt)));
  return create(world)({ organization, kind: 'deployment', ids, body, createdAt, request });
};

export const createDeployment = async (world: World, call: Create): Promise<Deployment | Refusal> => {
  const { ids, principal, request } = call;
  const earlier = await madeBefore(world)(principal.organization, 'deployment', ids, request);
  if (isRefusal(earlier)) return earlier;
  if (earlier !== undefined) return withRun(world, await settle(world, earlier), byKey(call));
  const filed = await file(world, call);
  if (isRefusal(filed)) return filed;
  // Its server may have become a thing meanwhile.
  const begin = filed.body.run.id === null ? ensureRun : startRun;
  return begin(world, filed, byKey(call));
};
