// Starting a deployment: compose the set, and let one conditional save make the environment's entry name it.
//
// That entry is the point of truth. Of many who start at the same time one save succeeds; the others see on their next look that
// somebody was faster, and are told whom. Nothing is written before that save but content, which nobody needs to take away, so a
// request that dies before it leaves nothing behind. One that dies after it leaves a deployment that its environment names in full: it
// is found, its rollout is set going by whoever looks next, and it is filed when the next one takes its place.
import type { Plan } from '#domain/plan';
import { isRefusal, type Refusal } from '#domain/refusal';
import { idempotentUids, newUid } from '#engine/ids';
import type { World } from '#engine/ports';
import { begin, reserve } from '../fleet/begin.ts';
import { withEnd } from '../fleet/ends.ts';
import { revisionFor, type What } from '../fleet/revision.ts';
import { stateOf } from '../fleet/state.ts';
import { announce, announcerOf } from '../webhooks/announce.ts';
import type { EventType } from '../webhooks/events.ts';
import { conflict } from '../words.ts';
import { deploymentId, file, historyOf, newDeploymentId } from './deployments.ts';
import { load, loadMany, type Of, save } from './entries.ts';
import type { Body, Deployment } from './kinds.ts';
import { type FoundEnv, notFound } from './paths.ts';
import { type Made, repeatOf } from './repeats.ts';

export interface StartDeployment {
  readonly env: FoundEnv;
  readonly by: string;
  readonly comment: string;
  readonly mode: Deployment['mode'];
  readonly plan: Plan;
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

/** One without devices has finished in the moment that it starts. */
const newsOf = ({ rollout }: Deployment): EventType[] =>
  rollout === null ? ['deployment_started', 'deployment_finished'] : ['deployment_started'];

const deploymentOf = (
  world: World,
  intent: StartDeployment,
  { last, base }: Of<'env'>['body'],
  id: string,
  setId: string,
  rollout: Deployment['rollout'],
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
  rollout,
  ended: null,
});

/** The one before is over: its end goes on record before its place is taken. */
const fileEnded = async (world: World, app: Of<'app'>, body: Body<'env'>): Promise<Body<'env'> | Refusal> => {
  const { last } = body;
  if (last === null) return body;
  const state = await stateOf(world, last);
  if (state.status === 'in progress') return busy(last, 'is running in this environment');
  // Whoever looks at its rollout would have said so, and now finds that somebody else has put it on record.
  if (last.ended === null && last.rollout !== null)
    await announce(world)(announcerOf(app), last, 'deployment_finished');
  const ended = { ...last, ended: state };
  await file(world, app.organization, ended);
  return withEnd(body, ended);
};

/** Only where there is somebody to bring it to: nothing is rendered for nobody. */
const rolloutIn = async (
  world: World,
  { app, item }: FoundEnv,
  { isFleet }: Body<'env'>,
  what: What,
): Promise<Deployment['rollout'] | Refusal> => {
  if (!isFleet) return null;
  const revision = await revisionFor(world, { app, envUid: item.uid }, what);
  // Anew for each try: one that lost its race is named by nobody, and dropped.
  return isRefusal(revision) ? revision : { id: newUid(world.chance), revision };
};

/** Composed, and whatever it needs is stored; nothing names it yet. */
const compose = async (
  world: World,
  intent: StartDeployment,
  body: Body<'env'>,
  id: string,
): Promise<Deployment | Refusal> => {
  const setId = await intent.setOn(body.base ?? body.last);
  if (isRefusal(setId)) return setId;
  const what = { setId, valueSetVersionId: intent.valueSetVersionId };
  const rollout = await rolloutIn(world, intent.env, body, what);
  return isRefusal(rollout) ? rollout : deploymentOf(world, intent, body, id, setId, rollout);
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
      const { last } = entry.body;
      const earlier = await earlierOf(world, intent, entry, ids);
      if (earlier !== undefined) return earlier;
      if (last !== null && last.id !== seen) return busy(last, 'was started at the same time');
      if (entry.body.paused) return paused(env);
      const before = await fileEnded(world, env.app, entry.body);
      if (isRefusal(before)) return before;
      const deployment = await compose(world, intent, before, ids[0]);
      if (isRefusal(deployment)) return deployment;
      const named = { ...entry, body: { ...before, last: deployment, base: null } };
      await reserve(world, { ...env, entry: named }, deployment, intent.plan);
      await announce(world)(announcerOf(env.app), deployment, ...newsOf(deployment));
      const next = { ...named, updatedAt: world.clock.now(), version: entry.version + 1 };
      if ((await save(world, next)).saved) {
        await file(world, entry.organization, deployment);
        await begin(world, deployment);
        return deployment;
      }
      const again = await load(world, entry.place, entry.id);
      if (again === undefined) return notFound('environment', env.item.id);
      entry = again;
    }
  };
