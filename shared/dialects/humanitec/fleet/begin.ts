// A deployment of an environment that has devices: its rollout is reserved before the environment names it, and begins after.

import type { Plan } from '#domain/plan';
import type { NewRollout } from '#domain/rollout';
import { beginRollout, reserveRollout } from '#engine/fleet/start-rollout';
import type { World } from '#engine/ports';
import type { Deployment } from '../store/kinds.ts';
import type { FoundEnv } from '../store/paths.ts';
import { revisionOfGood } from './revision.ts';

/** Devices keep an environment's files on a channel of their own. */
export const channel = 'environment';

/** What a rollout says of itself, for whoever looks after it without the request that made it. */
export const aboutOf = ({ app, item }: FoundEnv, { id, comment }: Pick<Deployment, 'id' | 'comment'>) => ({
  app: app.id,
  app_id: app.body.id,
  env: item.uid,
  env_id: item.id,
  deployment: id,
  comment,
});

const rolloutOf = async (
  world: World,
  env: FoundEnv,
  deployment: Deployment,
  { id, revision }: NonNullable<Deployment['rollout']>,
  plan: Plan,
): Promise<NewRollout> => ({
  id,
  organization: env.app.organization,
  channel,
  group: env.item.uid,
  generation: deployment.createdAt,
  revision,
  fallback: await revisionOfGood(world, { app: env.app, envUid: env.item.uid }, env.entry.body.good),
  plan,
  createdAt: deployment.createdAt,
  createdBy: deployment.createdBy,
  about: aboutOf(env, deployment),
});

export const reserve = async (
  world: World,
  env: FoundEnv,
  deployment: Deployment,
  plan: Plan,
): Promise<void> => {
  if (deployment.rollout === null) return;
  await reserveRollout(world)(await rolloutOf(world, env, deployment, deployment.rollout, plan));
};

/** It has been accepted: should this fail, the rollout's own look begins it within a minute. */
export const begin = async (world: World, { rollout }: Deployment): Promise<void> => {
  if (rollout !== null) await beginRollout(world)(rollout.id).catch(() => undefined);
};
