// What a rollout's end means for its environment: it is free, it knows what it has, and goes back to what it had if it was asked to.
import { allAtOnce, type Plan } from '#domain/plan';
import { isRefusal, type Refusal, refuse } from '#domain/refusal';
import { isRunning, type Rollout } from '#domain/rollout';
import { changeRollout } from '#engine/fleet/change-rollout';
import type { RolloutOwner } from '#engine/fleet/look-at-rollout';
import type { World } from '#engine/ports';
import { deploymentsOf, file, historyOf } from '../store/deployments.ts';
import { load, type Of, revise } from '../store/entries.ts';
import type { Body, Deployment } from '../store/kinds.ts';
import { envPlace, type FoundEnv } from '../store/paths.ts';
import { startDeployment } from '../store/start-deployment.ts';
import { announce, announcerOf } from '../webhooks/announce.ts';
import { withEnd } from './ends.ts';
import { stateOfRollout } from './state.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const appOf = async (world: World, { organization, about }: Rollout): Promise<Of<'app'> | undefined> =>
  load(world, { organization, kind: 'app' }, textOf(about.app));

const envOf = async (world: World, rollout: Rollout): Promise<FoundEnv | undefined> => {
  const app = await appOf(world, rollout);
  const item = app?.body.envs.find(({ uid }) => uid === rollout.group);
  if (app === undefined || item === undefined) return undefined;
  const entry = await load(world, envPlace(app), item.uid);
  return entry && { app, item, entry };
};

const names = ({ last }: Body<'env'>, { id }: Rollout): boolean => last?.rollout?.id === id;

const settle = async (world: World, env: FoundEnv, rollout: Rollout): Promise<void> => {
  const state = stateOfRollout(rollout);
  if (state.status === 'in progress') return;
  await announce(world)(
    announcerOf(env.app),
    { id: textOf(rollout.about.deployment) },
    'deployment_finished',
  );
  const changed = await revise(world)(env.entry.place, env.entry.id, ({ body }) =>
    names(body, rollout) && body.last?.ended === null ? withEnd(body, { ...body.last, ended: state }) : body,
  );
  if (changed === undefined || isRefusal(changed) || !names(changed.body, rollout)) return;
  if (changed.body.last !== null) await file(world, rollout.organization, changed.body.last);
};

/** All at once, whatever fails: nothing better is left to go back to. */
const rollbackPlan: Plan = { ...allAtOnce, failuresMax: { percent: 100 } };

/** As a person would do it: what had succeeded, deployed anew. Refused where somebody is at it already, or has paused the environment. */
const deployAgain = (
  world: World,
  env: FoundEnv,
  { about }: Rollout,
  good: Deployment,
  by: string,
): Promise<Deployment | Refusal> =>
  startDeployment(world)({
    env,
    by,
    comment: `Rolls back ${textOf(about.deployment)} to ${good.id}.`,
    mode: null,
    pipeline: null,
    deltaId: null,
    valueSetVersionId: good.valueSetVersionId,
    setOn: async () => good.setId,
    plan: rollbackPlan,
    made: null,
    idempotencyKey: undefined,
    route: '',
  });

const rollBack = async (world: World, env: FoundEnv, rollout: Rollout): Promise<void> => {
  const { good } = env.entry.body;
  if (good !== null) await deployAgain(world, env, rollout, good, 'engine');
};

const isSettled = ({ entry: { body } }: FoundEnv, rollout: Rollout): boolean =>
  !names(body, rollout) || body.last?.ended !== null;

export const ownerOf = (world: World): RolloutOwner => ({
  stands: async (rollout) => {
    const env = await envOf(world, rollout);
    return env !== undefined && names(env.entry.body, rollout);
  },
  ended: async (rollout) => {
    const env = await envOf(world, rollout);
    if (env === undefined || isRunning(rollout)) return;
    if (!isSettled(env, rollout)) await settle(world, env, rollout);
    if (!rollout.plan.rollsBack || rollout.end?.status !== 'failed') return;
    const now = await envOf(world, rollout);
    // Only from the failed one itself: whatever came after it was somebody's wish.
    if (now !== undefined && names(now.entry.body, rollout)) await rollBack(world, now, rollout);
  },
});

/** A deployment that can still be looked at shows how its rollout went. */
export const isToldRollout =
  (world: World) =>
  async (rollout: Rollout): Promise<boolean> => {
    const { organization, group, about } = rollout;
    const filed = await load(world, historyOf(organization, group), textOf(about.deployment));
    if (filed !== undefined) return true;
    const env = await envOf(world, rollout);
    return env !== undefined && names(env.entry.body, rollout);
  };

/** The newest that succeeded before this one. */
const goodBefore = async (world: World, env: FoundEnv, rollout: Rollout): Promise<Deployment | null> => {
  const { good } = env.entry.body;
  if (good !== null && good.createdAt < rollout.createdAt) return good;
  for await (const earlier of deploymentsOf(world, env))
    if (earlier.createdAt < rollout.createdAt && earlier.ended?.status === 'succeeded') return earlier;
  return null;
};

/** What an operator asks for: whether it still runs, has failed or has succeeded, its environment goes back to what it had before. */
export const rollBackFrom = async (
  world: World,
  { id }: Rollout,
  by: string,
): Promise<Deployment | Refusal> => {
  const changed = await changeRollout(world)(id, { type: 'cancel' }, by);
  const rollout =
    changed === undefined || isRefusal(changed) ? await world.rollouts.load(id) : changed.rollout;
  if (rollout === undefined) return refuse('not_found', `There is no rollout ${id}.`, { id });
  await ownerOf(world).ended(rollout);
  const env = await envOf(world, rollout);
  if (env === undefined) return refuse('not_found', 'Its environment is gone.', { id });
  const good = await goodBefore(world, env, rollout);
  return good === null
    ? refuse('invalid', 'Nothing has succeeded before it: there is nothing to go back to.', { id })
    : deployAgain(world, env, rollout, good, by);
};
