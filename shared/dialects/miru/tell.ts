// Our things in Miru's words. Unexpanded fields are absent; nullable ones are null.
import type * as z from 'zod';
import { waits } from '#domain/waiting';
import type { DeploymentView } from '#engine/find-deployment';
import type { Thing } from '#engine/ports';
import type { Of } from './catalog.ts';
import { deviceId } from './ids.ts';
import type * as is from './objects.ts';
import { deviceStatusOf, mergedStatus, statusOf } from './words.ts';

export const time = (ms: number): string => new Date(ms).toISOString();
const timeOrNull = (ms: number | null): string | null => (ms === null ? null : time(ms));

const deviceStatus = ({ certificate, activation, presence }: Thing): z.infer<typeof is.device>['status'] => {
  if (certificate !== null) return deviceStatusOf[presence.state];
  return activation?.csrHash == null ? 'inactive' : 'activating';
};

export const tellDevice = (thing: Thing): z.infer<typeof is.device> => ({
  object: 'device',
  id: deviceId(thing.name),
  name: thing.label,
  status: deviceStatus(thing),
  agent_version: thing.agentVersion,
  last_connected_at: timeOrNull(thing.presence.connectedAt),
  last_disconnected_at: timeOrNull(thing.presence.disconnectedAt),
  created_at: time(thing.createdAt),
  updated_at: time(thing.updatedAt),
});

export const tellGitCommit = ({ id, createdAt, body }: Of<'git_commit'>): z.infer<typeof is.gitCommit> => ({
  object: 'git_commit',
  id,
  sha: body.sha,
  message: body.message,
  repository_owner: body.owner,
  repository_name: body.repository,
  repository_type: body.host,
  repository_url: body.repositoryUrl,
  commit_url: body.commitUrl,
  created_at: time(createdAt),
});

export const tellConfigType = (entry: Of<'config_type'>): z.infer<typeof is.configType> => ({
  object: 'config_type',
  id: entry.id,
  name: entry.body.name,
  slug: entry.body.slug,
  created_at: time(entry.createdAt),
  updated_at: time(entry.updatedAt),
});

export const tellConfigSchema = (
  { id, body, createdAt, updatedAt }: Of<'config_schema'>,
  type: Of<'config_type'>,
): z.infer<typeof is.configSchema> => ({
  object: 'config_schema',
  id,
  digest: body.documents[0]?.digest ?? '',
  config_type_name: type.body.name,
  instance_filepath: body.filepath,
  config_type_id: body.typeId,
  language: 'jsonschema',
  format: body.format,
  created_at: time(createdAt),
  updated_at: time(updatedAt),
});

export const tellConfigInstance = (
  { id, body, createdAt }: Of<'config_instance'>,
  type: Of<'config_type'>,
): z.infer<typeof is.configInstance> => ({
  object: 'config_instance',
  id,
  config_type_name: type.body.name,
  filepath: body.filepath,
  config_schema_id: body.schemaId,
  config_type_id: body.typeId,
  created_at: time(createdAt),
});

export const tellRelease = ({
  id,
  body,
  createdAt,
  updatedAt,
}: Of<'release'>): z.infer<typeof is.release> => ({
  object: 'release',
  id,
  version: body.version,
  git_commit_id: body.gitCommitId,
  created_at: time(createdAt),
  updated_at: time(updatedAt),
});

/** What Miru says of a deployment beside its states; kept in its record. */
export interface About {
  readonly description: string;
  readonly releaseId: string;
  readonly configInstanceIds: readonly string[];
}

export const aboutOf = ({ record }: DeploymentView): About => record.about as unknown as About;

export const tellDeployment = (view: DeploymentView, edition: string): z.infer<typeof is.deployment> => {
  const words = statusOf(view.state.phase, edition);
  const about = aboutOf(view);
  return {
    object: 'deployment',
    id: view.record.id,
    description: about.description,
    status: mergedStatus(words),
    activity_status: words.activity,
    error_status: words.error,
    target_status: words.target,
    device_id: deviceId(view.record.slot.thing),
    release_id: about.releaseId,
    created_at: time(view.record.createdAt),
    updated_at: time(view.state.updatedAt),
  };
};

export const tellHistory = ({ state }: DeploymentView): z.infer<typeof is.deploymentEvent>[] =>
  state.history.map(({ at, by, from, to, why }) => ({
    object: 'deployment_event',
    at: time(at),
    by,
    from,
    to,
    why,
  }));

export const tellWhy = (
  { record, state, wait }: DeploymentView,
  edition: string,
): z.infer<typeof is.deploymentWait> => ({
  object: 'deployment_wait',
  deployment_id: record.id,
  status: mergedStatus(statusOf(state.phase, edition)),
  waiting_for: wait?.for ?? null,
  ended_by: wait === null ? null : waits[wait.for].endedBy,
  since: timeOrNull(wait?.since ?? null),
  until: timeOrNull(wait?.until ?? null),
  consequence: wait === null ? null : waits[wait.for].consequence,
  attempts: state.attempts,
  error: state.failure,
});

export const etagOf = (version: number): Readonly<Record<string, string>> => ({ etag: `"${version}"` });
