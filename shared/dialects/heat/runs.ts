// Where a deployment meets the engine: on a server that is a thing of ours, what is IN_PROGRESS runs.
import { createHash } from 'node:crypto';
import { type Run, result as resultSchema, runFormat, runPath } from '#device/result';
import { protocolVersion } from '#device/shadow';
import type { Phase } from '#domain/phase';
import { isRefusal } from '#domain/refusal';
import { createDeployment } from '#engine/create-deployment';
import type { DeploymentView } from '#engine/find-deployment';
import { listDeployments } from '#engine/list-deployments';
import { archiveDeployment } from '#engine/move-deployment';
import type { Thing, World } from '#engine/ports';
import { canonicalJson, type ManifestItem, sealContent } from '#engine/seal';
import { change, type Deployment } from './catalog.ts';
import { failed, isOpen, type Outcome, outcomeOfSignal } from './changes.ts';
import { type ConfigDocument, documentOf } from './config-document.ts';
import { unkeep } from './kept.ts';

export const channel = 'software';

/** As Heat gives a whole stack: an hour. */
const runSecondsMax = 60 * 60;

const digits = 40;

/** Longer than any name of another dialect's things can be, so that no two mean the same thing. */
export const labelOf = (serverId: unknown): string => {
  const text = String(serverId);
  return `server:${text}:${createHash('sha256').update(text).digest('hex').slice(0, digits)}`;
};

export const thingOfServer = async (
  { things }: Pick<World, 'things'>,
  organization: string,
  serverId: unknown,
): Promise<Thing | undefined> => things.byLabel(organization, labelOf(serverId));

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? null);

const scriptOf = (config: unknown): string => (config === null ? '' : textOf(config));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The config's own value; where it has none, the deployment's, and then the default. */
const inputsOf = ({ inputs }: ConfigDocument, given: unknown): Record<string, string> => {
  const own = (name: string): unknown =>
    isObject(given) && Object.hasOwn(given, name) ? given[name] : undefined;
  return Object.fromEntries(
    inputs.map((input) => [input.name, textOf(input.value ?? own(input.name) ?? input.default ?? '')]),
  );
};

const runOf = (document: ConfigDocument, given: unknown, deadlineSeconds: number | null): Run => ({
  v: protocolVersion,
  name: scriptOf(document.name),
  group: scriptOf(document.group),
  config: scriptOf(document.config),
  inputs: inputsOf(document, given),
  outputs: document.outputs.map(({ name, error_output }) => ({ name, error_output })),
  options: document.options,
  timeout_seconds: Math.min(deadlineSeconds ?? runSecondsMax, runSecondsMax),
});

const itemOf = async (world: World, { organization, body }: Deployment): Promise<ManifestItem> => {
  const document = await documentOf(world, organization, body.config.document);
  const given = await unkeep(world, organization, body.inputValues);
  const bytes = Buffer.from(canonicalJson(runOf(document, given, body.deadlineSeconds)));
  const digest = await sealContent(world.contents, organization, bytes);
  return { id: body.config.id, path: runPath, digest, size: bytes.length, format: runFormat };
};

/** What the engine's record says of where it comes from. */
const aboutOf = ({ id, body }: Deployment) => ({ deployment: id, attempt: body.run.count });

const deadlineOf = ({ body }: Deployment): number | null =>
  body.deadlineSeconds === null ? null : body.openedAt + body.deadlineSeconds * 1000;

/** Days later the engine's own memory of a repeat is over: then its records say whether this was started before. */
const startedBefore = async (
  world: World,
  thing: Thing,
  deployment: Deployment,
): Promise<DeploymentView | undefined> => {
  const about = aboutOf(deployment);
  const { items } = await listDeployments(world)({
    organization: deployment.organization,
    channel,
    order: 'newest first',
    things: [thing.name],
    offset: 0,
    limit: 1,
    counted: false,
    matches: ({ record }) =>
      record.about.deployment === about.deployment && record.about.attempt === about.attempt,
  });
  return items[0];
};

const hour = 60 * 60 * 1000;

const start = async (world: World, thing: Thing, deployment: Deployment, by: string) => {
  const isLate = world.clock.now() - deployment.body.openedAt > hour;
  const earlier = isLate ? await startedBefore(world, thing, deployment) : undefined;
  if (earlier !== undefined) return earlier;
  const about = aboutOf(deployment);
  const deadline = deadlineOf(deployment);
  return createDeployment(world)({
    organization: deployment.organization,
    by,
    slot: { thing: thing.name, channel },
    idPrefix: '',
    wanted: 'deployed',
    items: [await itemOf(world, deployment)],
    track: null,
    ...(deadline === null ? {} : { deadline }),
    about,
    request: about,
    idempotency: { route: 'run of a software deployment', key: canonicalJson(about) },
  });
};

const archive = async (world: World, organization: string, id: string, by: string): Promise<void> => {
  await archiveDeployment(world)({ organization, channel, id, by });
};

/** Whoever finished first has won: what still waits for the server must not run. Doing it again changes nothing. */
export const cancelRun = async (
  world: World,
  { organization, body: { run } }: Deployment,
  by: string,
): Promise<void> => {
  if (run.id !== null) await archive(world, organization, run.id, by);
};

/**
 * Starts what is IN_PROGRESS and has no run, if its server is a thing. Its id is put on record afterwards: whoever dies in
 * between is made up for by the next who looks, since the engine makes the same run of the same request. A queue that is full
 * refuses it, and it is tried again in the same way.
 */
export const ensureRun = async (world: World, deployment: Deployment, by: string): Promise<Deployment> => {
  const { organization, id, body } = deployment;
  if (!isOpen(body) || body.run.id !== null) return deployment;
  const thing = await thingOfServer(world, organization, body.serverId);
  if (thing === undefined) return deployment;
  const view = await start(world, thing, deployment, by);
  if (isRefusal(view)) return deployment;
  const { count } = body.run;
  const changed = await change(world)('deployment', organization, id, ({ body: now }) =>
    isOpen(now) && now.run.count === count ? { ...now, run: { id: view.record.id, count } } : undefined,
  );
  if (changed?.body.run.id !== view.record.id) await archive(world, organization, view.record.id, by);
  return changed ?? deployment;
};

/** The engine's views of these deployments' runs, by the id of the run. */
export const viewsOfRuns = async (
  world: World,
  organization: string,
  deployments: readonly Deployment[],
): Promise<ReadonlyMap<string, DeploymentView>> => {
  const ids = deployments.flatMap(({ body }) => (body.run.id === null ? [] : [body.run.id]));
  if (ids.length === 0) return new Map();
  const page = { offset: 0, limit: ids.length, counted: false };
  const { items } = await listDeployments(world)({
    organization,
    channel,
    order: 'oldest first',
    ids,
    ...page,
  });
  return new Map(items.map((view) => [view.record.id, view]));
};

const resultOf = async (world: World, organization: string, { state }: DeploymentView) => {
  const bytes = state.result === null ? undefined : await world.contents.get(organization, state.result);
  return bytes && resultSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
};

export interface Ended extends Outcome {
  readonly at: number;
  readonly why: string;
  readonly startedAt: string | null;
}

/** Which phases of a run are its end. */
const isTheEnd: Readonly<Record<Phase, boolean>> = {
  staged: false,
  drifted: false,
  queued: false,
  retrying: false,
  deployed: true,
  superseded: true,
  removing: true,
  archived: true,
  failed: true,
};

const reasonWithoutResult = ({ state }: DeploymentView, { body }: Deployment): string => {
  if (state.failure === null) return 'Deployment cancelled.';
  if (state.failure.code === 'deadline_passed') return deadlineReason(body.deadlineSeconds);
  return `${state.failure.code} : ${state.failure.message}`;
};

export const deadlineReason = (seconds: number | null): string =>
  `Deadline passed: no result came within ${seconds} seconds.`;

/** How a run ended, in Heat's words; undefined while it has not. */
export const endOfRun = async (
  world: World,
  deployment: Deployment,
  view: DeploymentView,
): Promise<Ended | undefined> => {
  if (!isTheEnd[view.state.phase]) return undefined;
  const { organization, body } = deployment;
  const at = view.state.updatedAt;
  const result = await resultOf(world, organization, view);
  if (result === undefined) {
    const reason = reasonWithoutResult(view, deployment);
    return { at, status: failed, reason, why: reason, startedAt: null };
  }
  const [document, before] = await Promise.all([
    documentOf(world, organization, body.config.document),
    unkeep(world, organization, body.outputValues),
  ]);
  const outcome = outcomeOfSignal(document, before, {
    ...result.outputs,
    deploy_stdout: result.stdout,
    deploy_stderr: result.stderr,
    deploy_status_code: result.status_code,
  });
  const trimmed = result.trimmed.length === 0 ? '' : `; trimmed from the left: ${result.trimmed.join(', ')}`;
  return { at, ...outcome, why: `${outcome.reason}${trimmed}`, startedAt: result.started_at };
};
