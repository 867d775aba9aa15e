// Deployments as they are kept: who sees them, and what time and the engine have made of them since.
import { isRefusal, type Refusal } from '#domain/refusal';
import { type DeploymentView, mayBeForgotten } from '#engine/find-deployment';
import type { World } from '#engine/ports';
import { change, type Deployment, type DeploymentBody, find, findMany, notFound } from './catalog.ts';
import { deadlineOf, failed, isOpen, type Outcome, withEvent } from './changes.ts';
import { keep } from './kept.ts';
import { type Ref, sharedRef } from './pointers.ts';
import { deadlineReason, type Ended, endOfRun } from './run-ends.ts';
import { cancelRun, ensureRun, viewsOfRuns } from './runs.ts';

const sees = (tenant: string, { organization, body }: Deployment): boolean =>
  organization === tenant || body.project === tenant;

/** Own ones, and those of others that name this tenant. */
export const findVisible = async (
  world: World,
  tenant: string,
  id: string,
): Promise<Deployment | Refusal> => {
  const own = await find(world, tenant, 'deployment', id);
  if (own !== undefined) return own;
  const ref = await sharedRef(world, tenant, id);
  const shared = ref && (await find(world, ref.owner, 'deployment', id));
  return shared !== undefined && sees(tenant, shared) ? shared : notFound('Deployment', id);
};

/** In the order of the refs; what is gone is left out. */
export const findAll = async (
  world: World,
  tenant: string,
  refs: readonly Ref[],
): Promise<readonly Deployment[]> => {
  const owners = [...new Set(refs.map(({ owner }) => owner))];
  const found = new Map<string, Deployment>();
  for (const owner of owners) {
    const ids = refs.filter((ref) => ref.owner === owner).map(({ id }) => id);
    for (const [id, one] of await findMany(world, owner, 'deployment', ids)) found.set(id, one);
  }
  return refs.flatMap(({ id }) => {
    const one = found.get(id);
    return one !== undefined && sees(tenant, one) ? [one] : [];
  });
};

/**
 * A body after an outcome; the record's own status, once it is no longer IN_PROGRESS, has the last word. Whoever ends it without a
 * run that has ended leaves behind that there may be one.
 */
export const closed = async (
  world: Pick<World, 'contents'>,
  { organization, body }: Deployment,
  { status, reason, outputs }: Outcome,
  { at, by, why }: { at: number; by: 'thing' | 'engine' | 'signal'; why: string },
): Promise<DeploymentBody> => ({
  ...body,
  status,
  reason: await keep(world, organization, reason),
  outputValues: outputs === undefined ? body.outputValues : await keep(world, organization, outputs),
  updatedTime: at,
  run: by === 'thing' ? body.run : { ...body.run, mustNotRun: true },
  history: withEvent(body, { at, by, from: body.status, to: status, why }),
});

const late = ({ body }: Deployment, now: number): Ended | undefined => {
  const at = deadlineOf(body);
  const reason = deadlineReason(body.deadlineSeconds);
  return at === null || now < at ? undefined : { at, status: failed, reason, why: reason, startedAt: null };
};

const forgotten =
  'It has no run: it never began, or what came of it is no longer known, since it was removed for its age.';

/** That it has no run means that it never had one, until runs of its time are removed for their age. */
const withoutRun = (deployment: Deployment, now: number): Ended | undefined => {
  const { run, openedAt } = deployment.body;
  const isForgotten = run.id !== null && mayBeForgotten(run.namedAt ?? openedAt, now);
  return isForgotten
    ? { at: now, status: failed, reason: forgotten, why: forgotten, startedAt: null }
    : late(deployment, now);
};

/** Only these can have ended without anybody writing it here. */
const mayHaveEnded = ({ body }: Deployment): boolean =>
  isOpen(body) && (body.run.id !== null || body.deadlineSeconds !== null);

const writeEnd = async (
  world: World,
  deployment: Deployment,
  ended: Ended,
  by: 'thing' | 'engine',
): Promise<Deployment> => {
  const run = deployment.body.run.id;
  const settled = await change(world)('deployment', deployment.organization, deployment.id, (now) =>
    isOpen(now.body) && now.body.run.id === run
      ? closed(world, now, ended, { at: ended.at, by, why: ended.why })
      : undefined,
  );
  return settled ?? deployment;
};

const viewsOf = async (
  world: World,
  open: readonly Deployment[],
): Promise<ReadonlyMap<string, DeploymentView>> => {
  const byOwner = Map.groupBy(open, ({ organization }) => organization);
  const views = await Promise.all([...byOwner].map(([owner, theirs]) => viewsOfRuns(world, owner, theirs)));
  return new Map(views.flatMap((ofOwner) => [...ofOwner]));
};

export interface Settled {
  readonly deployment: Deployment;
  /** It is to run, and nothing runs: its server only polls, its queue is full, or whoever was to start it has died. */
  readonly lacksRun: boolean;
}

const settleOne = async (
  world: World,
  deployment: Deployment,
  view: DeploymentView | undefined,
): Promise<Settled> => {
  const ended =
    view === undefined ? withoutRun(deployment, world.clock.now()) : await endOfRun(world, deployment, view);
  if (ended === undefined) return { deployment, lacksRun: view === undefined };
  const after = await writeEnd(world, deployment, ended, view === undefined ? 'engine' : 'thing');
  return { deployment: after, lacksRun: false };
};

/** Whoever ended it may have died before its run was cancelled, and whoever started one before it looked whether it was still wanted. */
const seeToItsEnd = async (world: World, deployment: Deployment): Promise<void> => {
  if (!isOpen(deployment.body) && deployment.body.run.mustNotRun)
    await cancelRun(world, deployment, 'engine');
};

const settleAmong =
  (world: World, views: ReadonlyMap<string, DeploymentView>) =>
  async (one: Deployment): Promise<Settled> => {
    const settled = mayHaveEnded(one)
      ? await settleOne(world, one, views.get(one.body.run.id ?? ''))
      : { deployment: one, lacksRun: isOpen(one.body) };
    await seeToItsEnd(world, settled.deployment);
    return settled;
  };

/** Writes what has happened meanwhile into the records, and answers them as they are now. */
export const settleAll = async (
  world: World,
  deployments: readonly Deployment[],
): Promise<readonly Settled[]> =>
  Promise.all(deployments.map(settleAmong(world, await viewsOf(world, deployments.filter(mayHaveEnded)))));

/** The same of one. */
export const settle = async (world: World, one: Deployment): Promise<Settled> =>
  settleAmong(world, await viewsOf(world, [one].filter(mayHaveEnded)))(one);

/** Whoever asks makes up for a request that died before its run was started. */
export const withRun = async (
  world: World,
  { deployment, lacksRun }: Settled,
  by: string,
): Promise<Deployment> => (lacksRun ? ensureRun(world, deployment, by) : deployment);

/** One that the tenant sees, as it is now. */
export const findSettled = async (world: World, tenant: string, id: string): Promise<Settled | Refusal> => {
  const found = await findVisible(world, tenant, id);
  return isRefusal(found) ? found : settle(world, found);
};

/** The same, and running if it is to run. */
export const findRunning = async (
  world: World,
  { tenant, id, by }: { readonly tenant: string; readonly id: string; readonly by: string },
): Promise<Deployment | Refusal> => {
  const found = await findSettled(world, tenant, id);
  return isRefusal(found) ? found : withRun(world, found, by);
};
