// The objects of Miru's Platform API 2026-03-09.tetons, as clients send and read them.
import * as z from 'zod';

const time = z.iso.datetime().meta({ examples: ['2024-01-01T00:00:00.000Z'] });
const id = z.string();
const name = z.string().min(1).max(48);

export const slug = z
  .string()
  .min(1)
  .max(48)
  .regex(/^[a-z0-9-]+$/, 'must be lower-case letters, digits and hyphens');

/** Semver-like: `v1.2.3`, `1.2`, `1.2.3-rc.1`. */
const releaseVersion = z
  .string()
  .max(64)
  .regex(/^v?\d+(\.\d+){0,2}([-+][0-9A-Za-z.-]+)?$/, 'must be like v1.2.3');

export const principal = z.object({ object: z.literal('principal'), id, name: z.string() });

// ---- git commits

export const gitCommit = z.object({
  object: z.literal('git_commit'),
  id,
  sha: z.string(),
  message: z.string(),
  repository_owner: z.string(),
  repository_name: z.string(),
  repository_type: z.enum(['github', 'gitlab', 'bitbucket']),
  repository_url: z.string(),
  commit_url: z.string(),
  created_at: time,
});

/** Between letters: half a surrogate pair is no text. */
const cutTo = (text: string, max: number): string => {
  const cut = text.slice(0, max);
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
};

export const createGitCommit = z.object({
  sha: z.string().regex(/^[0-9a-f]{7,64}$/, 'must be a commit hash'),
  message: z.string().transform((text) => cutTo(text, 2048)),
  origin: z.string().min(1).max(512).meta({ description: 'URL of the repository, https or ssh.' }),
});

const gitCommitRef = z
  .object({ id: z.string().optional(), sha: z.string().optional() })
  .refine((ref) => ref.id !== undefined || ref.sha !== undefined, 'needs an id or a sha');

// ---- config types

export const configType = z.object({
  object: z.literal('config_type'),
  id,
  name: z.string(),
  slug: z.string(),
  created_at: time,
  updated_at: time,
});

export const createConfigType = z.object({ name, slug });
export const updateConfigType = z.object({ name: name.optional(), slug: slug.optional() });

// ---- config schemas

export const schemaDocument = z.object({ id, name: z.string(), data: z.string() });

export const configSchema = z.object({
  object: z.literal('config_schema'),
  id,
  digest: z.string(),
  config_type_name: z.string(),
  instance_filepath: z.string(),
  config_type_id: id,
  language: z.enum(['jsonschema', 'cue']),
  format: z.enum(['json', 'yaml', 'cue']),
  created_at: time,
  updated_at: time,
  documents: z.array(schemaDocument).optional(),
  config_type: configType.optional(),
});

const configTypeRef = z
  .object({ id: z.string().optional(), slug: z.string().optional() })
  .refine((ref) => ref.id !== undefined || ref.slug !== undefined, 'needs an id or a slug');

export const createConfigSchema = z.object({
  config_type_ref: configTypeRef,
  language: z.enum(['jsonschema', 'cue']),
  format: z.enum(['json', 'yaml', 'cue']),
  documents: z
    .array(z.object({ name: z.string().min(1).max(256), data: z.string() }))
    .min(1)
    .max(100),
  instance_filepath: z.string().min(1).max(1024).optional(),
  git_commit: z
    .object({ commit_ref: gitCommitRef, schema_filepaths: z.array(z.string().max(1024)).max(100) })
    .optional(),
});

// ---- config instances

export const instanceContent = z.object({
  format: z.enum(['json', 'yaml']),
  data: z.string().meta({ description: 'The text, kept byte for byte.' }),
});

export const configInstance = z.object({
  object: z.literal('config_instance'),
  id,
  config_type_name: z.string(),
  filepath: z.string(),
  config_schema_id: id,
  config_type_id: id,
  created_at: time,
  content: instanceContent.optional(),
  config_schema: configSchema.optional(),
  config_type: configType.optional(),
});

export const createConfigInstance = z.object({ config_schema_id: z.string(), content: instanceContent });

// ---- releases

export const release = z.object({
  object: z.literal('release'),
  id,
  version: z.string(),
  git_commit_id: z.string().nullable(),
  created_at: time,
  updated_at: time,
  config_schemas: z.array(configSchema).optional(),
});

export const createRelease = z.object({
  version: releaseVersion,
  config_schema_ids: z.array(z.string()).min(1).max(100),
  git_commit_ref: gitCommitRef.optional(),
});

// ---- devices

export const device = z.object({
  object: z.literal('device'),
  id,
  name: z.string(),
  status: z.enum(['inactive', 'activating', 'online', 'offline']),
  agent_version: z.string().nullable(),
  last_connected_at: time.nullable(),
  last_disconnected_at: time.nullable(),
  created_at: time,
  updated_at: time,
});

export const pingDevice = z
  .object({ timeout_nanos: z.int().min(0).max(10_000_000_000).default(10_000_000_000) })
  .default({ timeout_nanos: 10_000_000_000 });
export const pingResult = z.object({
  code: z.enum(['success', 'timeout']),
  round_trip_nanos: z.int().optional(),
});

export const createDevice = z.object({ name });
export const updateDevice = z.object({ name: name.optional() });
export const issueActivationToken = z
  .object({ allow_reactivation: z.boolean().default(false) })
  .default({ allow_reactivation: false });
export const token = z.object({ token: z.string(), expires_at: time });

// ---- deployments

export const activityStatus = z.enum(['drifted', 'staged', 'queued', 'deployed', 'removing', 'archived']);
export const errorStatus = z.enum(['none', 'failed', 'retrying']);
export const targetStatus = z.enum(['staged', 'deployed', 'archived']);
export const status = z.enum([
  'drifted',
  'staged',
  'queued',
  'deployed',
  'removing',
  'archived',
  'failed',
  'retrying',
]);

export const deployment = z.object({
  object: z.literal('deployment'),
  id,
  description: z.string(),
  status,
  activity_status: activityStatus,
  error_status: errorStatus,
  target_status: targetStatus,
  device_id: id,
  release_id: id,
  created_at: time,
  updated_at: time,
  device: device.optional(),
  release: release.optional(),
  config_instances: z.array(configInstance).optional(),
});

export const createDeployment = z.object({
  target_status: z.enum(['staged', 'deployed']),
  description: z.string().max(2048),
  release_id: z.string(),
  device_id: z.string(),
  config_instance_ids: z.array(z.string()).max(100),
  parent_id: z.string().optional(),
});

/** Ours, beside Miru's: every transition that a deployment went through. */
export const deploymentEvent = z.object({
  object: z.literal('deployment_event'),
  at: time,
  by: z.string().meta({ description: 'An API key, `thing` for the device, `engine` for ourselves.' }),
  from: z.string().nullable(),
  to: z.string(),
  why: z.string(),
});

/** Ours, beside Miru's: what a deployment waits for. */
export const deploymentWait = z.object({
  object: z.literal('deployment_wait'),
  deployment_id: id,
  status,
  waiting_for: z.string().nullable(),
  ended_by: z.string().nullable(),
  since: time.nullable(),
  until: time.nullable(),
  consequence: z.string().nullable(),
  attempts: z.int(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

/** Ours, beside Miru's: one attempt to change something. */
export const auditEvent = z.object({
  object: z.literal('audit_event'),
  id,
  at: time,
  api_key_id: id,
  method: z.string(),
  route: z.string(),
  path: z.string(),
  target_id: z.string().nullable(),
  outcome: z.string().meta({ description: '`granted`, `failed`, or why it was refused.' }),
  status: z.int(),
});

// ---- envelopes

export const listOfObjects = <Item extends z.ZodType>(item: Item) =>
  z.object({
    object: z.literal('list'),
    limit: z.int(),
    offset: z.int(),
    has_more: z.boolean(),
    total_count: z.int().optional(),
    data: z.array(item),
  });

/** From rainier on: a device with what it has now. */
export const expandedDevice = device.extend({
  current_release: release.nullable().optional(),
  current_deployment: deployment.nullable().optional(),
});

export const error = z.object({
  error: z.object({ code: z.string(), message: z.string(), params: z.record(z.string(), z.unknown()) }),
});
