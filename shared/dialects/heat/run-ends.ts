// How a run ended, in Heat's words.
import { result as resultSchema } from '#device/result';
import type { Phase } from '#domain/phase';
import type { DeploymentView } from '#engine/find-deployment';
import type { World } from '#engine/ports';
import type { Deployment } from './catalog.ts';
import { failed, type Outcome, outcomeOfSignal } from './changes.ts';
import { documentOf } from './config-document.ts';
import { unkeep } from './kept.ts';

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
