// Records in Heat's words, in Heat's order of keys, with times in whole seconds.
import type * as z from 'zod';
import type { World } from '#engine/ports';
import type { Deployment, Of } from './catalog.ts';
import { type ConfigDocument, documentOf } from './config-document.ts';
import { unkeep } from './kept.ts';
import type * as is from './objects.ts';

export const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
export const exactTime = (ms: number): string => new Date(ms).toISOString();

export const tellDocument = (
  id: string,
  createdAt: number,
  { name, group, config, inputs, outputs, options }: ConfigDocument,
): z.infer<typeof is.config> => ({
  name,
  group,
  config,
  id,
  creation_time: time(createdAt),
  inputs: [...inputs],
  outputs: [...outputs],
  options,
});

export const tellConfig = async (
  world: Pick<World, 'contents'>,
  { id, organization, createdAt, body }: Of<'config'>,
) => tellDocument(id, createdAt, await documentOf(world, organization, body.document));

export const tellSummary = ({ id, createdAt, body }: Of<'config'>): z.infer<typeof is.configSummary> => ({
  id,
  name: body.name,
  group: body.group,
  creation_time: time(createdAt),
});

export const tellDeployment = async (
  world: Pick<World, 'contents'>,
  { id, organization, createdAt, body }: Deployment,
): Promise<z.infer<typeof is.deployment>> => {
  const [inputs, outputs, reason] = await Promise.all(
    [body.inputValues, body.outputValues, body.reason].map((kept) => unkeep(world, organization, kept)),
  );
  return {
    id,
    server_id: body.serverId,
    input_values: inputs,
    output_values: outputs,
    action: body.action,
    status: body.status,
    status_reason: String(reason),
    config_id: body.config.id,
    creation_time: time(createdAt),
    ...(body.updatedTime === null ? {} : { updated_time: time(body.updatedTime) }),
  };
};
