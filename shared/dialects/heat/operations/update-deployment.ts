// PUT: what is absent or empty stays, the rest is replaced whole, and being IN_PROGRESS anew means running anew.
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import { change, type Deployment, type DeploymentBody, find, notFound, type Of } from '../catalog.ts';
import { isOpen, withEvent } from '../changes.ts';
import { findSettled, type Settled, withRun } from '../deployment-records.ts';
import { type Kept, keep } from '../kept.ts';
import { savePointer, usePointer } from '../pointers.ts';
import { isEmpty, pythonText } from '../python.ts';
import { cancelRun, runIdOf } from '../runs.ts';
import { byKey } from './by-key.ts';
import { noSuchConfig } from './create-deployment.ts';
import type { CallOf } from './types.ts';

type Update = CallOf<'PUT /v1/{tenant_id}/software_deployments/{id}'>;

type Word = DeploymentBody['status'];

const wordOr = (sent: unknown, before: Word): Word => (isEmpty(sent) ? before : (sent as Word));

const isNewlyOpen = (before: DeploymentBody, after: DeploymentBody): boolean =>
  isOpen(after) && (!isOpen(before) || after.config.id !== before.config.id);

/** One that lacks its run, or was begun by somebody else meanwhile, may not have cancelled those before it. */
const mayRun = ({ deployment, lacksRun }: Settled, { run }: DeploymentBody): readonly string[] => {
  const isKnown = !lacksRun && run.id === deployment.body.run.id;
  return [...(isKnown ? [] : (run.replaces ?? [])), ...(run.id === null ? [] : [run.id])];
};

/** A new config or a new beginning: the server has something new to do, and a new place to say so. */
const reopened = async (
  world: World,
  settled: Settled,
  before: Deployment,
  after: DeploymentBody,
  now: number,
): Promise<DeploymentBody> => {
  const hasNewConfig = after.config.id !== before.body.config.id;
  const beginsAnew = isNewlyOpen(before.body, after);
  const metadata = hasNewConfig || beginsAnew ? { metadataAt: now } : {};
  if (!beginsAnew) return { ...after, ...metadata };
  const count = before.body.run.count + 1;
  const id = await runIdOf(world, { ...before, body: after }, count);
  return {
    ...after,
    ...metadata,
    openedAt: now,
    run: { id, count, replaces: [...mayRun(settled, before.body)] },
  };
};

const whyOf = (reason: unknown): string => (isEmpty(reason) ? 'updated' : pythonText(reason));

const updated = async (
  world: World,
  settled: Settled,
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
    run: isOpen(before) && !isOpen({ status }) ? { ...before.run, mustNotRun: true } : before.run,
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
  return reopened(world, settled, entry, after, now);
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

export const updateDeployment = async (world: World, call: Update): Promise<Deployment | Refusal> => {
  const { id = '' } = call.params;
  const settled = await findSettled(world, call.principal.organization, id);
  if (isRefusal(settled)) return settled;
  const { organization, createdAt, body } = settled.deployment;
  const config = await wantedConfig(world, settled.deployment, call);
  if (isRefusal(config)) return config;
  if (config !== undefined) await savePointer(world, usePointer(organization, config.id, id), createdAt);
  const after = await change(world)('deployment', organization, id, (now) =>
    updated(world, settled, now, call, config),
  );
  if (after === undefined) return notFound('Deployment', id);
  const by = byKey(call);
  if (!isOpen(after.body)) await cancelRun(world, after, by);
  const lacksRun = settled.lacksRun || after.body.run.count !== body.run.count;
  return withRun(world, { deployment: after, lacksRun }, by);
};
