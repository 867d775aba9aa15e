// Our things in Humanitec's words. What is unknown is absent; lists are never null.
import type * as z from 'zod';
import { type DeploymentView, tellProgress, tellRollout } from './fleet/view.ts';
import type * as is from './objects.ts';
import type { Delta } from './sets/delta.ts';
import type { DeploymentSet } from './sets/set.ts';
import type { Of } from './store/entries.ts';
import type { EnvItem } from './store/kinds.ts';
import { time } from './time.ts';

export const tellDeployment = ({
  deployment,
  state,
  rollout,
}: DeploymentView): z.infer<typeof is.deployment> => ({
  id: deployment.id,
  env_id: deployment.envId,
  from_id: deployment.fromId,
  set_id: deployment.setId,
  ...(deployment.deltaId === null ? {} : { delta_id: deployment.deltaId }),
  comment: deployment.comment,
  status: state.status,
  status_changed_at: time('at' in state ? state.at : deployment.createdAt),
  created_at: time(deployment.createdAt),
  created_by: deployment.createdBy,
  export_status: '',
  export_file: '',
  value_set_version_id: deployment.valueSetVersionId,
  ...(deployment.mode === null ? {} : { mode: deployment.mode }),
  ...(deployment.pipeline === null ? {} : { pipeline: deployment.pipeline }),
  ...(rollout === undefined ? {} : { rollout: tellRollout(rollout), progress: tellProgress(rollout) }),
});

export const tellApplication = ({
  organization,
  createdAt,
  body,
}: Of<'app'>): z.infer<typeof is.application> => ({
  id: body.id,
  name: body.name,
  org_id: organization,
  created_at: time(createdAt),
  created_by: body.createdBy,
  envs: body.envs.map(({ id, name, type }) => ({ id, name, type })),
  status: body.status,
  status_changed_at: time(body.statusChangedAt),
});

export interface EnvironmentDeployments {
  readonly from: DeploymentView | undefined;
  readonly last: DeploymentView | undefined;
}

export const tellEnvironment = (
  { id, name, type, createdAt, createdBy, status, statusChangedAt }: EnvItem,
  { from, last }: EnvironmentDeployments,
): z.infer<typeof is.environment> => ({
  id,
  name,
  type,
  created_at: time(createdAt),
  created_by: createdBy,
  status,
  status_changed_at: time(statusChangedAt),
  ...(from === undefined ? {} : { from_deploy: tellDeployment(from) }),
  ...(last === undefined ? {} : { last_deploy: tellDeployment(last) }),
});

const copy = <Value>(value: unknown): Value => structuredClone(value) as Value;

/** The wire's arrays are ours to give away; what we hold is read only. */
export const tellPlainDelta = ({ modules, shared, workloads }: Delta): z.infer<typeof is.plainDelta> =>
  copy({ modules, shared, ...(workloads === undefined ? {} : { workloads }) });

export const tellDelta = (
  { id, createdAt, updatedAt, body }: Of<'delta'>,
  delta: Delta,
): z.infer<typeof is.deltaResponse> => ({
  id,
  metadata: {
    ...(body.envId === null ? {} : { env_id: body.envId }),
    ...(body.name === null ? {} : { name: body.name }),
    archived: body.archived,
    contributers: body.contributers,
    created_at: time(createdAt),
    created_by: body.createdBy,
    last_modified_at: time(updatedAt),
  },
  ...tellPlainDelta(delta),
});

export const tellSet = (id: string, set: DeploymentSet): z.infer<typeof is.deploymentSet> => ({
  id,
  version: 0,
  ...copy<DeploymentSet>(set),
});
