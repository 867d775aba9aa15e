// Deployments as they are kept: who sees them, and what time and the engine have made of them since.
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import { change, type Deployment, type DeploymentBody, find, findMany, notFound } from './catalog.ts';
import { failed, isOpen, type Outcome, withEvent } from './changes.ts';
import { keep } from './kept.ts';
import { type Ref, sharedRef } from './pointers.ts';
import { deadlineReason, type Ended, endOfRun } from './run-ends.ts';
import { viewsOfRuns } from './runs.ts';

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

/** A body after an outcome; the record's own status, once it is no longer IN_PROGRESS, has the last word. */
export const closed = async (
  world: Pick<World, 'contents'>,
  { organization, body }: Deployment,
  { status, reason, outputs }: Outcome,
  { at, by, why }: { at: number; by: string; why: string },
): Promise<DeploymentBody> => ({
  ...body,
  status,
  reason: await keep(world, organization, reason),
  outputValues: outputs === undefined ? body.outputValues : await keep(world, organization, outputs),
  updatedTime: at,
  history: withEvent(body, { at, by, from: body.status, to: status, why }),
});

const deadlineOf = ({ body }: Deployment): number =>
  body.deadlineSeconds === null ? Number.POSITIVE_INFINITY : body.openedAt + body.deadlineSeconds * 1000;

const late = (deployment: Deployment, now: number): Ended | undefined => {
  const at = deadlineOf(deployment);
  const reason = deadlineReason(deployment.body.deadlineSeconds);
  return now < at ? undefined : { at, status: failed, reason, why: reason, startedAt: null };
};

/** Only these can have ended without anybody writing it here. */
const mayHaveEnded = ({ body }: Deployment): boolean =>
  isOpen(body) && (body.run.id !== null || body.deadlineSeconds !== null);

const settleOne = async (world: World, deployment: Deployment, ended: Ended): Promise<Deployment> => {
  const run = deployment.body.run.id;
  const settled = await change(world)('deployment', deployment.organization, deployment.id, (now) =>
    isOpen(now.body) && now.body.run.id === run
      ? closed(world, now, ended, { at: ended.at, by: run === null ? 'engine' : 'thing', why: ended.why })
      : undefined,
  );
  return settled ?? deployment;
};

/** Writes what has happened meanwhile into the records, and answers them as they are now. */
export const settle = async (
  world: World,
  deployments: readonly Deployment[],
): Promise<readonly Deployment[]> => {
  const open = deployments.filter(mayHaveEnded);
  if (open.length === 0) return deployments;
  const views = new Map(
    (
      await Promise.all(
        [...new Set(open.map(({ organization }) => organization))].map(async (owner) => [
          ...(await viewsOfRuns(
            world,
            owner,
            open.filter(({ organization }) => organization === owner),
          )),
        ]),
      )
    ).flat(),
  );
  const now = world.clock.now();
  return Promise.all(
    deployments.map(async (one) => {
      if (!mayHaveEnded(one)) return one;
      const view = one.body.run.id === null ? undefined : views.get(one.body.run.id);
      const ended = view === undefined ? late(one, now) : await endOfRun(world, one, view);
      return ended === undefined ? one : settleOne(world, one, ended);
    }),
  );
};

/** One that the tenant sees, as it is now. */
export const findSettled = async (
  world: World,
  tenant: string,
  id: string,
): Promise<Deployment | Refusal> => {
  const found = await findVisible(world, tenant, id);
  if (isRefusal(found)) return found;
  const [settled = found] = await settle(world, [found]);
  return settled;
};
