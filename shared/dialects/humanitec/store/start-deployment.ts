// Starting a deployment: compose the set, and let one conditional save make the environment's entry name it.
//
// That entry is the point of truth. Of many who start at the same time one save succeeds; the others see on their next look that
// somebody was faster, and are told whom. Nothing is written before that save but content, which nobody needs to take away, so a
// request that dies before it leaves nothing behind. One that dies after it leaves a deployment that its environment names in full: it
// is found, its rollout is set going by whoever looks next, and it is filed when the next one takes its place.
import { isRefusal, type Refusal } from '#domain/refusal';
import { idempotentUids } from '#engine/ids';
import type { World } from '#engine/ports';
import { rolloutOf, stateOf } from '../rollout.ts';
import { announce, announcerOf } from '../webhooks/announce.ts';
import { conflict } from '../words.ts';
import { deploymentId, file, historyOf, newDeploymentId } from './deployments.ts';
import { load, loadMany, type Of, save } from './entries.ts';
import type { Deployment } from './kinds.ts';
import { type FoundEnv, notFound } from './paths.ts';
import { type Made, repeatOf } from './repeats.ts';

export interface StartDeployment {
  readonly env: FoundEnv;
  readonly by: string;
  readonly comment: string;
  readonly mode: Deployment['mode'];
  readonly pipeline: Deployment['pipeline'];
  readonly deltaId: string | null;
  readonly valueSetVersionId: string | null;
  /** Composes and stores the set, on top of the base. */
  readonly setOn: (base: Deployment | null) => Promise<string | Refusal>;
  readonly made: Made | null;
  readonly idempotencyKey: string | undefined;
  readonly route: string;
}

const busy = (running: Deployment, message: string): Refusal =>
  conflict('environment_busy', `Deployment ${running.id} ${message}.`, {
    deployment_id: running.id,
    env_id: running.envId,
    created_by: running.createdBy,
  });

const paused = ({ item: { id } }: FoundEnv): Refusal =>
  conflict('environment_paused', `Environment ${id} is paused: resume it to deploy.`, { env_id: id });

const idsFor = (world: World, { env, idempotencyKey, route }: StartDeployment): [string, ...string[]] => {
  const { uid } = env.item;
  if (idempotencyKey === undefined) return [newDeploymentId(world, uid)];
  const idempotency = { route, key: idempotencyKey };
  const [earlier, now] = idempotentUids(world.clock, env.app.organization, idempotency);
  return [deploymentId(uid, now), deploymentId(uid, earlier)];
};

/** What an equal request has started, if this one is a repeat. */
const earlierOf = async (
  world: World,
  { env, made }: StartDeployment,
  entry: Of<'env'>,
  ids: readonly string[],
): Promise<Deployment | Refusal | undefined> => {
  if (made === null) return undefined;
  const filed = await loadMany(world, historyOf(entry.organization, env.item.uid), ids);
  const started = [...filed.values()].map(({ body }) => body);
  const { last } = entry.body;
  const all = last !== null && ids.includes(last.id) ? [last, ...started] : started;
  const repeatable = all.map((deployment) => ({
    deployment,
    createdAt: deployment.createdAt,
    made: { key: made.key, request: deployment.request },
  }));
  const repeat = repeatOf(repeatable, made, world.clock.now());
  return repeat === undefined || isRefusal(repeat) ? repeat : repeat.deployment;
};

const deploymentOf = (
  world: World,
  intent: StartDeployment,
  { last, base }: Of<'env'>['body'],
  id: string,
  setId: string,
): Deployment => ({
  id,
  envUid: intent.env.item.uid,
  envId: intent.env.item.id,
  fromId: (base ?? last)?.id ?? '',
  setId,
  deltaId: intent.deltaId,
  comment: intent.comment,
  // After the one before it, even in the same millisecond: the list has an order.
  createdAt: Math.max(world.clock.now(), (last?.createdAt ?? 0) + 1),
  createdBy: intent.by,
  valueSetVersionId: intent.valueSetVersionId,
  mode: intent.mode,
  pipeline: intent.pipeline,
  request: intent.made?.request ?? '',
  ended: null,
});

/** The one before is over: its end goes on record before its place is taken. */
const fileEnded = async (
  world: World,
  organization: string,
  last: Deployment | null,
): Promise<Refusal | undefined> => {
  if (last === null) return undefined;
  const state = await stateOf(world, last);
  if (state.status === 'in progress') return busy(last, 'is running in this environment');
  await file(world, organization, { ...last, ended: state });
  return undefined;
};

/** Answers the deployment, started now or by an equal request before. */
export const startDeployment =
  (world: World) =>
  async (intent: StartDeployment): Promise<Deployment | Refusal> => {
    const { env } = intent;
    const ids = idsFor(world, intent);
    let { entry } = env;
    const seen = entry.body.last?.id;
    for (;;) {
      const { last, base } = entry.body;
      const earlier = await earlierOf(world, intent, entry, ids);
      if (earlier !== undefined) return earlier;
      if (last !== null && last.id !== seen) return busy(last, 'was started at the same time');
      if (entry.body.paused) return paused(env);
      const refused = await fileEnded(world, entry.organization, last);
      if (refused !== undefined) return refused;
      const setId = await intent.setOn(base ?? last);
      if (isRefusal(setId)) return setId;
      const deployment = deploymentOf(world, intent, entry.body, ids[0], setId);
      const body = { ...entry.body, last: deployment, base: null };
      const next = { ...entry, body, updatedAt: world.clock.now(), version: entry.version + 1 };
      await announce(world)(announcerOf(env.app), deployment, 'deployment_started', 'deployment_finished');
      if ((await save(world, next)).saved) {
        await file(world, entry.organization, deployment);
        await rolloutOf(world).start(deployment);
        return deployment;
      }
      const again = await load(world, entry.place, entry.id);
      if (again === undefined) return notFound('environment', env.item.id);
      entry = again;
    }
  };
