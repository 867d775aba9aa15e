// What a notice is about, read from where it is kept: undefined while it has not come to be.
import type { Notice, World } from '#engine/ports';
import { viewOf } from '../fleet/view.ts';
import { historyOf } from '../store/deployments.ts';
import { load } from '../store/entries.ts';
import type { Deployment } from '../store/kinds.ts';
import type { Happening } from './compose.ts';
import { type EventType, isEventType } from './events.ts';

const envUidOf = (deployment: string): string => deployment.slice(0, 16);

const deploymentOf = async (
  world: World,
  { organization, app, deployment: id }: Notice,
): Promise<Deployment | undefined> => {
  const envUid = envUidOf(id);
  const [env, filed] = await Promise.all([
    load(world, { organization, kind: 'env', owner: app }, envUid),
    load(world, historyOf(organization, envUid), id),
  ]);
  return env?.body.last?.id === id ? env.body.last : filed?.body;
};

const hasHappened: Readonly<Record<EventType, (happening: Happening) => boolean>> = {
  deployment_started: () => true,
  deployment_finished: ({ state: { status } }) => status !== 'in progress',
};

export const readHappening = async (world: World, notice: Notice): Promise<Happening | undefined> => {
  const { organization, type } = notice;
  if (!isEventType(type)) return undefined;
  const deployment = await deploymentOf(world, notice);
  if (deployment === undefined) return undefined;
  const { state } = await viewOf(world, deployment);
  const happening = { event: type, organization, deployment, state };
  return hasHappened[type](happening) ? happening : undefined;
};
