// The objects of Humanitec's API, as clients send and read them.
import * as z from 'zod';
import { isTooDeep, type Json, type JsonObject } from './json.ts';

const time = z.iso.datetime().meta({ examples: ['2020-06-22T09:37:23.523Z'] });
const text = (max: number) => z.string().max(max);
const name = z.string().min(1).max(256);

export const id = z
  .string()
  .max(50)
  .regex(/^[a-z0-9](?:-?[a-z0-9]+)+$/, 'must be lower-case letters, digits and single hyphens, two at least');

export const error = z.object({
  error: z.string().meta({ examples: ['API-400'] }),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).optional(),
});

export const auditLogEntry = z.object({
  at: time,
  org_id: z.string(),
  user_id: z.string(),
  request_method: z.string(),
  request_path: z.string(),
  response_status: z.int(),
});

// ---- documents

const record = z.record(z.string(), z.unknown()) as unknown as z.ZodType<JsonObject, JsonObject>;

const plain = <Schema extends z.ZodType>(schema: Schema): Schema =>
  schema.refine((value) => !isTooDeep(value), { path: ['modules'], message: 'is nested too deep' });

const anything = z.unknown() as unknown as z.ZodType<Json | undefined, Json | undefined>;

const action = z.object({
  op: z.enum(['add', 'remove', 'replace']),
  path: z.string(),
  value: anything.optional(),
  from: z.string().optional(),
});

const actions = z.array(action);
const externals = z.record(z.string(), z.unknown()).nullable().optional();

const moduleRequest = z
  .looseObject({
    profile: z.string().optional(),
    spec: z.record(z.string(), z.unknown()).nullable().optional(),
    externals,
  })
  .nullable() as unknown as z.ZodType<JsonObject | null, JsonObject | null>;

const changesRequest = z.object({
  add: z
    .record(z.string().min(1), moduleRequest)
    .nullish()
    .transform((it) => it ?? undefined),
  remove: z
    .array(z.string())
    .nullish()
    .transform((it) => it ?? undefined),
  update: z
    .record(z.string().min(1), actions)
    .nullish()
    .transform((it) => it ?? undefined),
});

const changes = z.object({
  add: z.record(z.string(), record),
  remove: z.array(z.string()),
  update: z.record(z.string(), actions),
});

// ---- deltas and sets

const delta = z.object({
  id: z.string().optional(),
  metadata: z
    .object({ env_id: id.or(z.literal('')).optional(), name: text(256).optional() })
    .nullish()
    .transform((it) => it ?? undefined),
  modules: changesRequest.optional(),
  shared: actions.nullish().transform((it) => it ?? undefined),
  workloads: changesRequest.optional(),
});

export const envIdOfDelta = id.or(z.literal(''));
export const nameOfDelta = text(256);
export const deltaRequest = plain(delta);
export const deltaRequests = plain(z.array(delta));

export const plainDelta = z.object({ modules: changes, shared: actions, workloads: changes.optional() });

export const deltaResponse = z.object({
  id: z.string(),
  metadata: z.object({
    env_id: z.string().optional(),
    name: z.string().optional(),
    archived: z.boolean(),
    contributers: z.array(z.string()),
    created_at: time,
    created_by: z.string(),
    last_modified_at: time,
  }),
  ...plainDelta.shape,
});

export const deploymentSet = z.object({
  id: z.string(),
  version: z.literal(0),
  modules: z.record(z.string(), record),
  shared: record,
  workloads: z.record(z.string(), record).optional(),
});

export const setResource = z.object({
  id: z.string(),
  type: z.string(),
  class: z.string(),
  resource: z.record(z.string(), z.unknown()),
});

// ---- deployments

const pipelineRequest = z.object({
  id: text(256).optional(),
  run_id: text(256).optional(),
  job_id: text(256).optional(),
  step_index: z.int().optional(),
});

// ---- rollouts: Shadowcast's own part of a deployment

const size = z.union([
  z.strictObject({ percent: z.number().min(0).max(100) }).meta({ examples: [{ percent: 5 }] }),
  z.strictObject({ count: z.int().min(0) }).meta({ examples: [{ count: 10 }] }),
]);
const weekSeconds = 7 * 24 * 60 * 60;
const alarmName = z.string().min(1).max(255);

export const rolloutRequest = z
  .strictObject({
    waves: z.array(size).max(50).optional().meta({
      description:
        'How many devices have it once each wave is through, the smallest first. All of them is the last wave.',
    }),
    bake_seconds: z.number().min(0).max(weekSeconds).optional().meta({
      description: 'Pause between two waves, in which failures still count.',
    }),
    failure_threshold: size.optional().meta({
      description:
        'More failures than this, of the devices that were given it, end the rollout. Absent: none may fail.',
    }),
    deadline_seconds: z
      .number()
      .min(10)
      .max(52 * weekSeconds)
      .optional()
      .meta({
        description:
          'Devices that were reachable have applied it by then, or it fails. Absent: an hour, and the pauses.',
      }),
    alarms: z.array(alarmName).max(20).optional().meta({
      description: 'Names of CloudWatch alarms that halt it.',
    }),
    rollback_on_failure: z.boolean().optional().meta({
      description: 'If it fails, what succeeded last is deployed again, as a deployment of its own.',
    }),
  })
  .meta({ description: 'How the deployment reaches the devices of the environment. Absent: all at once.' });

export const rolloutPlan = z.object({
  waves: z.array(size),
  bake_seconds: z.number(),
  failure_threshold: size,
  deadline_seconds: z.number(),
  alarms: z.array(z.string()),
  rollback_on_failure: z.boolean(),
});

export const rolloutState = z.object({
  ...rolloutPlan.shape,
  phase: z.enum(['reserved', 'sealing', 'rolling', 'baking', 'ending', 'over']),
  paused: z
    .object({ at: time, by: z.string(), reason: z.string() })
    .nullable()
    .meta({ description: 'Who has stopped it, for now.' }),
  exposed: z.int().meta({ description: 'How many devices may have it so far.' }),
  deadline: time,
});

export const progress = z.object({
  total: z.int(),
  applied: z.int(),
  failed: z.int(),
  waiting: z.int().meta({ description: 'Reachable when it began, and not done.' }),
  offline: z.int().meta({ description: 'Not reachable when it began, and not done: they catch up later.' }),
  withdrawn: z.int().meta({ description: 'Left the environment, were retired, or called back.' }),
});

export const device = z.object({
  id: z.string().meta({ description: 'What its owner calls it.', examples: ['robot-7'] }),
  thing: z.string().meta({ description: 'What it is called in IoT Core.' }),
  status: z.enum(['online', 'offline']),
  activated: z.boolean().meta({ description: 'It has a certificate.' }),
  manifest: z.string().nullable().meta({ description: 'Digest of what it has, or is being brought.' }),
  delivery: z
    .string()
    .nullable()
    .meta({ examples: ['queued', 'deployed'] }),
  waiting_for: z.string().nullable(),
  created_at: time,
});
export const activationRequest = z.object({ allow_reactivation: z.boolean().optional() }).default({});
export const activation = z.object({ token: z.string(), expires_at: time });

export const deliveryState = z.enum(['applied', 'failed', 'waiting', 'offline', 'withdrawn']);
export const deviceDelivery = z.object({
  id: z.string(),
  thing: z.string(),
  state: deliveryState,
  exposed: z.boolean().meta({ description: 'Its wave has been opened.' }),
  attempts: z.int(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  changed_at: time.nullable(),
});

export const why = z.object({
  phase: z.enum(['reserved', 'sealing', 'rolling', 'baking', 'ending', 'over']),
  waiting_for: z.string().nullable(),
  since: time,
  until: time.nullable(),
  ended_by: z.string().nullable().meta({ description: 'Who ends the wait.' }),
  consequence: z.string().nullable().meta({ description: 'What happens when the time is up.' }),
  reason: z.string().nullable(),
});

export const deploymentRequest = z.object({
  delta_id: z.string().optional(),
  set_id: z.string().optional(),
  comment: text(10_000).optional(),
  value_set_version_id: z.string().nullable().optional(),
  mode: z.enum(['full', 'incremental']).optional(),
  pipeline: pipelineRequest.optional(),
  rollout: rolloutRequest.optional(),
});

export const deployment = z.object({
  id: z.string(),
  env_id: z.string(),
  from_id: z.string(),
  set_id: z.string(),
  delta_id: z.string().optional(),
  comment: z.string(),
  status: z.enum(['pending', 'in progress', 'succeeded', 'failed']),
  status_changed_at: time,
  created_at: time,
  created_by: z.string(),
  export_status: z.literal(''),
  export_file: z.literal(''),
  value_set_version_id: z.string().nullable(),
  mode: z.enum(['full', 'incremental']).optional(),
  pipeline: z
    .object({ id: z.string(), run_id: z.string(), job_id: z.string(), step_index: z.int() })
    .optional(),
  rollout: rolloutState.optional().meta({ description: 'Where the environment has devices.' }),
  progress: progress.optional().meta({ description: 'Where the environment has devices.' }),
});

export const deploymentError = z.object({
  scope: z.string(),
  object_id: z.string(),
  code: z.string(),
  error_type: z.string(),
  summary: z.string(),
  message: z.string(),
});

// ---- applications, environments, environment types

const lifeStatus = z.enum(['active', 'deleting']);

const environmentBase = z.object({ id, name, type: id.optional() });

export const applicationRequest = z.object({
  id,
  name,
  env: environmentBase.nullish().transform((it) => it ?? undefined),
  skip_environment_creation: z.boolean().optional(),
});

export const applicationChange = z
  .looseObject({ name })
  .refine((change) => Object.keys(change).length === 1, {
    path: ['name'],
    message: 'is all that can be changed',
  });

export const application = z.object({
  id: z.string(),
  name: z.string(),
  org_id: z.string(),
  created_at: time,
  created_by: z.string(),
  envs: z.array(z.object({ id: z.string(), name: z.string(), type: z.string() })),
  status: lifeStatus,
  status_changed_at: time,
});

export const environmentRequest = environmentBase.extend({ from_deploy_id: z.string().nullish() });
export const environmentChange = z.object({ name: name.optional() });

export const environment = z.object({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  created_at: time,
  created_by: z.string(),
  status: lifeStatus,
  status_changed_at: time,
  from_deploy: deployment.optional(),
  last_deploy: deployment.optional(),
});

const typeDescription = text(1024);

export const environmentTypeRequest = z.object({ id, description: typeDescription.optional() });
export const environmentTypeChange = z.object({ description: typeDescription.optional() });
export const environmentType = z.object({ id: z.string(), description: z.string() });

// ---- values

export const valueKey = z
  .string()
  .max(255)
  .regex(
    /^[A-Za-z_.-][A-Za-z0-9_.-]*$/,
    'must be letters, digits, "_", "." and "-", and not begin with a digit',
  );

/** As many bytes as the usual secret stores keep. */
export const valueBytesMax = 64 * 1024;

const valueText = z
  .string()
  .refine((value) => Buffer.byteLength(value) <= valueBytesMax, `must be at most ${valueBytesMax} bytes`);

const description = text(1024).nullable();

const secretRef = z
  .object({
    store: text(256).optional(),
    ref: text(1024).optional(),
    version: text(256).optional(),
    value: valueText.optional(),
  })
  .superRefine(({ store, ref, version, value }, { addIssue }) => {
    const wrong = (message: string) => addIssue({ code: 'custom', message });
    if (value !== undefined && (ref ?? store ?? version) !== undefined) wrong('has either a value or a ref');
    if (value === undefined && ref === undefined) wrong('needs a ref or a value');
    if (ref !== undefined && store === undefined) wrong('needs the store of its ref');
    if (store === 'humanitec') wrong('cannot refer to the store "humanitec"');
  })
  .nullish()
  .transform((it) => it ?? undefined);

export const valueRequest = z.object({
  key: valueKey,
  description,
  value: valueText.nullish(),
  is_secret: z.boolean().nullish(),
  secret_ref: secretRef,
});

export const valueEdit = z.object({ description, value: valueText.nullish(), secret_ref: secretRef });

export const valuePatch = z.object({
  description: description.optional(),
  value: valueText.nullish(),
  secret_ref: secretRef,
});

export const value = z.object({
  key: z.string(),
  value: z.string(),
  description: z.string(),
  is_secret: z.boolean(),
  source: z.enum(['app', 'env']),
  created_at: time,
  updated_at: time,
  secret_key: z.string().nullable(),
  secret_store_id: z.string().nullable(),
  secret_version: z.string().nullable(),
});

export const versionAction = z.object({ comment: text(10_000).nullish() });

export const valueSetVersion = z.object({
  id: z.uuid(),
  created_at: time,
  updated_at: time,
  created_by: z.string(),
  comment: z.string(),
  change: z.array(z.object({ op: z.string(), path: z.string(), value: z.unknown().optional() })),
  values: z.record(z.string(), value),
  source_value_set_version_id: z.uuid().nullable(),
  result_of: z.string().nullable(),
});

// ---- what dashboards ask for

export const organization = z.object({
  id: z.string(),
  name: z.string(),
  created_at: time.nullable(),
  created_by: z.string(),
  trial_expires_at: time.nullable(),
  logo: z.object({}),
});

export const currentUser = z.object({
  id: z.string(),
  name: z.string(),
  type: z.literal('service'),
  created_at: time,
  properties: z.record(z.string(), z.unknown()),
  roles: z.record(z.string(), z.string()),
});

export const runtime = z.object({ namespace: z.string(), modules: z.object({}) });

export const environmentRuntime = z.object({ id: z.string(), paused: z.boolean(), status: z.string() });

const modulesMax = 1000;

export const replicas = z
  .record(z.string().max(256), z.int().min(0).max(1000))
  .refine((all) => Object.keys(all).length <= modulesMax, `names more than ${modulesMax} modules`);

// ---- pipeline runs

export const pipelineRunRequest = z.object({
  trigger: z.literal('deployment_request'),
  env_id: z.string().optional(),
  environment: z.string().optional().meta({ deprecated: true }),
  delta_id: z.string().optional(),
  set_id: z.string().optional(),
  deployment_id: z.string().optional(),
  value_set_version_id: z.string().nullable().optional(),
  comment: text(10_000).optional(),
  mode: z.enum(['full', 'incremental']).optional(),
});

export const pipelineRun = z.object({
  id: z.string(),
  etag: z.string(),
  org_id: z.string(),
  app_id: z.string(),
  env_ids: z.array(z.string()),
  pipeline_id: z.string(),
  pipeline_version: z.string(),
  status: z.enum(['executing', 'succeeded', 'failed']),
  status_message: z.string(),
  created_at: time,
  created_by: z.string(),
  executing_at: time,
  completed_at: time.optional(),
  timeout_seconds: z.int(),
  trigger: z.literal('deployment_request'),
  inputs: z.record(z.string(), z.unknown()),
  run_as: z.string(),
  waiting_for: z.record(z.string(), z.string()),
});

// ---- logs

export const logEntry = z.object({
  timestamp: time,
  level: z.enum(['INFO', 'ERROR']),
  payload: z.string(),
  workload_id: z.string(),
  container_id: z.string(),
});

// ---- webhooks

const webhookId = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]*)$/, 'must be letters, digits, "_", "." and "-"');

/** What the connection needs for itself, and what proves that a message is ours. */
const ownHeaders =
  /^(?:webhook-.*|host|content-(?:length|type|encoding)|connection|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-.*|user-agent)$/;

const headerName = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be the name of a header')
  .refine((header) => !ownHeaders.test(header.toLowerCase()), 'is set by us');

const headerValue = text(4096).regex(/^[\t\x20-\x7e]*$/, 'must be printable ASCII');

const webhookHeaders = z
  .record(headerName, headerValue)
  .refine((headers) => Object.keys(headers).length <= 20, 'must be at most 20');

const payloadBytesMax = 16 * 1024;

const webhookPayload = record
  .refine((payload) => !isTooDeep(payload), 'is nested too deep')
  .refine(
    (payload) => Buffer.byteLength(JSON.stringify(payload)) <= payloadBytesMax,
    `must be at most ${payloadBytesMax} bytes`,
  );

const trigger = z.object({ scope: z.literal('deployment'), type: z.enum(['started', 'finished']) });

const webhookSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, 'must be "whsec_" and 24 to 64 bytes in base64')
  .refine((secret) => {
    const { length } = Buffer.from(secret.slice('whsec_'.length), 'base64');
    return length >= 24 && length <= 64 && secret.length % 4 === 'whsec_'.length % 4;
  }, 'must be "whsec_" and 24 to 64 bytes in base64');

export const webhookRequest = z.object({
  id: webhookId.optional(),
  disabled: z.boolean().nullish(),
  url: z.string().min(1).max(2048).nullish(),
  triggers: z.array(trigger).max(20).nullish(),
  headers: webhookHeaders.nullish(),
  payload: webhookPayload.nullish(),
  secret: webhookSecret
    .optional()
    .meta({ description: 'Signs what is sent; absent: we make one and tell it once.' }),
});

const webhookDelivery = z.object({
  event_id: z.string().meta({ description: 'The header webhook-id of what was sent.' }),
  event: z.string(),
  deploy_id: z.string(),
  attempt: z.int(),
  at: time,
  outcome: z.enum(['delivered', 'retrying', 'given_up']),
  reason: z.string().nullable(),
  next_attempt_at: time.nullable(),
});

export const event = z.object({ scope: z.string(), type: z.string(), properties: z.array(z.string()) });

export const webhook = z.object({
  id: z.string(),
  disabled: z.boolean(),
  url: z.string(),
  triggers: z.array(z.object({ scope: z.string(), type: z.string() })),
  headers: z.record(z.string(), z.string()),
  payload: record,
  created_at: time,
  created_by: z.string(),
  last_delivery: webhookDelivery.nullable(),
  last_given_up: webhookDelivery.nullable(),
});

export const newWebhook = webhook.extend({
  secret: z.string().optional().meta({ description: 'Told here and never again.' }),
});

// ---- automation rules

export const ruleRequest = z.object({
  type: z.literal('update'),
  active: z.boolean().optional(),
  artefacts_filter: z.array(text(512)).max(100).optional(),
  exclude_artefacts_filter: z.boolean().optional(),
  images_filter: z.array(text(512)).max(100).optional(),
  exclude_images_filter: z.boolean().optional(),
  match_ref: text(512).optional(),
  match: text(512).optional(),
  update_to: z.enum(['branch', 'tag']).or(z.literal('')).optional(),
});

export const rule = z.object({
  id: z.string(),
  type: z.literal('update'),
  active: z.boolean(),
  artefacts_filter: z.array(z.string()),
  exclude_artefacts_filter: z.boolean(),
  images_filter: z.array(z.string()),
  exclude_images_filter: z.boolean(),
  match_ref: z.string(),
  match: z.string(),
  update_to: z.string(),
  created_at: time,
  updated_at: time,
});

/** What a deployment would be, had it not been a preview. */
export const preview = z.object({
  dry_run: z.literal(true),
  env_id: z.string(),
  from_id: z.string(),
  set_id: z.string(),
  diff: plainDelta.meta({
    description: 'Applied to the set that there is, it gives the one that there would be.',
  }),
  devices: z.int().meta({ description: 'How many devices it would reach.' }),
});
