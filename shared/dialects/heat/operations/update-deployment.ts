// PUT: what is absent or empty stays, the rest is replaced whole, and being IN_PROGRESS anew means running anew.
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import { change, type Deployment, type DeploymentBody, find, notFound, type Of } from '../catalog.ts';
import { isOpen, withEvent } from '../changes.ts';
import { findSettled } from '../deployment-records.ts';
import { type Kept, keep } from '../kept.ts';
import { savePointer, usePointer } from '../pointers.ts';
import { isEmpty, pythonText } from '../python.ts';
import { cancelRun, ensureRun, runOf } from '../runs.ts';
import { noSuchConfig } from './create-deployment.ts';
import { byKey } from './creating.ts';
import type { CallOf } from './types.ts';

type Update = CallOf<'PUT /v1/{tenant_id}/software_deployments/{id}'>;

type Word = DeploymentBody['status'];

const wordOr = (sent: unknown, before: Word): Word => (isEmpty(sent) ? before : (sent as Word));

const isNewlyOpen = (before: DeploymentBody, after: DeploymentBody): boolean =>
  isOpen(after) && (!isOpen(before) || after.config.id !== before.config.id);

/** A new config or a new beginning: the server has something new to do, and a new place to say so. */
const reopened = async (world: World, before: Deployment, after: DeploymentBody): Promise<DeploymentBody> => {
  const now = world.clock.now();
  const hasNewConfig = after.config.id !== before.body.config.id;
  const beginsAnew = isNewlyOpen(before.body, after);
  return {
    ...after,
    ...(hasNewConfig || beginsAnew ? { metadataAt: now } : {}),
    ...(beginsAnew
      ? { openedAt: now, run: await runOf(world, { ...before, body: after }, before.body.run.count + 1) }
      : {}),
  };
};

const whyOf = (reason: unknown): string => (isEmpty(reason) ? 'updated' : pythonText(reason));

const updated = async (
  world: World,
  entry: Deployment,
  call: Update,
  config: Of<'config'> | undefined,
): Promise<DeploymentBody> => {
  const { organization, body: before } = entry;
  const sent = call.body;
  const now = world.clock.now();
  const keptOr = async (value: unknown, earlier: Kept): Promise<Kept> =>
    isEmpty(value) ? earlier : keep(world, organization, value);
  const status = wordOr(sent.status, before.status);
  const after: DeploymentBody = {
    ...before,
    ...(config && { config: { id: config.id, createdAt: config.createdAt, document: config.body.document } }),
    action: wordOr(sent.action, before.action),
    status,
    inputValues: await keptOr(sent.input_values, before.inputValues),
    outputValues: await keptOr(sent.output_values, before.outputValues),
    reason: isEmpty(sent.status_reason)
      ? before.reason
      : await keep(world, organization, pythonText(sent.status_reason)),
    updatedTime: now,
    history: withEvent(before, {
      at: now,
      by: byKey(call),
      from: before.status,
      to: status,
      why: whyOf(sent.status_reason),
    }),
  };
  return reopened(world, entry, after);
};

const wantedConfig = async (
  world: World,
  { organization }: Deployment,
  { body: { config_id } }: Update,
): Promise<Of<'config'> | Refusal | undefined> => {
  if (isEmpty(config_id)) return undefined;
  const id = pythonText(config_id);
  return (await find(world, organization, 'config', id)) ?? noSuchConfig(id);
};

/** What ran for an earlier state of affairs, or for one that is over, shall not run any more. */
const cancelOld = async (world: World, before: Deployment, after: Deployment, by: string): Promise<void> => {
  const isOld = before.body.run.id !== after.body.run.id || !isOpen(after.body);
  if (isOld) await cancelRun(world, before, by);
};

export const updateDeployment = async (world: World, call: Update): Promise<Deployment | Refusal> => {
  const { id = '' } = call.params;
  const settled = await findSettled(world, call.principal.organization, id);
  if (isRefusal(settled)) return settled;
  const { deployment: found } = settled;
  const config = await wantedConfig(world, found, call);
  if (isRefusal(config)) return config;
  const { organization } = found;
  if (config !== undefined)
    await savePointer(world, usePointer(organization, config.id, id), found.createdAt);
  let before = found;
  const after = await change(world)('deployment', organization, id, (now) => {
    before = now;
    return updated(world, now, call, config);
  });
  if (after === undefined) return notFound('Deployment', id);
  await cancelOld(world, before, after, byKey(call));
  return ensureRun(world, after, byKey(call));
};
