// Humanitec's API: every route, what it takes and what it answers.
import * as z from 'zod';
import { defineContract, itself } from '../contract.ts';
import { clamped, single } from '../query.ts';
import * as is from './objects.ts';
import { pageQuery } from './operations/pages.ts';

const listOf = <Item extends z.ZodType>(item: Item) => z.array(item);
const trueOrFalse = single(z.enum(['true', 'false'])).optional();
const moment = single(z.iso.datetime({ offset: true })).optional();
const keyChanged = z.object({ key_changed: single(z.string()).optional() });

export const contract = defineContract({
  'GET /orgs/openapi.json': {
    summary: 'This document.',
    scopes: 'public',
    answer: z.record(z.string(), z.unknown()),
  },
  'GET /current-user': { summary: 'Who the key stands for.', scopes: [], answer: is.currentUser },
  'GET /orgs': { summary: 'The organization of the key.', scopes: [], answer: listOf(is.organization) },
  'GET /orgs/{orgId}': { summary: 'Get an organization.', scopes: [], answer: is.organization },

  'GET /orgs/{orgId}/audit-logs': {
    summary:
      'Who changed what, newest first, in pages of at most 32 days that the header Link names; one of them may be empty.',
    scopes: ['audit:read'],
    query: z.object({
      per_page: single(z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(1).max(100))).default(50),
      page: single(z.string()).optional(),
      from: single(z.iso.datetime({ offset: true })).optional(),
      to: single(z.iso.datetime({ offset: true })).optional(),
    }),
    answer: listOf(is.auditLogEntry),
  },

  // ---- environment types

  'GET /orgs/{orgId}/env-types': {
    summary: 'List environment types.',
    scopes: ['environment_types:read'],
    answer: listOf(is.environmentType),
  },
  'POST /orgs/{orgId}/env-types': {
    summary: 'Create an environment type.',
    scopes: ['environment_types:write'],
    body: is.environmentTypeRequest,
    status: 201,
    answer: is.environmentType,
  },
  'GET /orgs/{orgId}/env-types/{envTypeId}': {
    summary: 'Get an environment type.',
    scopes: ['environment_types:read'],
    answer: is.environmentType,
  },
  'PATCH /orgs/{orgId}/env-types/{envTypeId}': {
    summary: 'Change an environment type.',
    scopes: ['environment_types:write'],
    body: is.environmentTypeChange,
    answer: is.environmentType,
  },
  'DELETE /orgs/{orgId}/env-types/{envTypeId}': {
    summary: 'Delete an environment type that no environment has.',
    scopes: ['environment_types:write'],
    status: 204,
  },

  // ---- applications

  'GET /orgs/{orgId}/apps': {
    summary: 'List applications.',
    scopes: ['applications:read'],
    answer: listOf(is.application),
  },
  'POST /orgs/{orgId}/apps': {
    summary: 'Create an application, and with it an environment.',
    scopes: ['applications:write'],
    body: is.applicationRequest,
    status: 201,
    answer: is.application,
  },
  'GET /orgs/{orgId}/apps/{appId}': {
    summary: 'Get an application.',
    scopes: ['applications:read'],
    answer: is.application,
  },
  'PATCH /orgs/{orgId}/apps/{appId}': {
    summary: 'Rename an application.',
    scopes: ['applications:write'],
    body: is.applicationChange,
    answer: is.application,
  },
  'DELETE /orgs/{orgId}/apps/{appId}': {
    summary:
      'Delete an application with all that is in it; 202 when there is more to do than one request can.',
    scopes: ['applications:write'],
    status: 204,
  },

  // ---- environments

  'GET /orgs/{orgId}/apps/{appId}/envs': {
    summary: 'List environments by time of creation.',
    scopes: ['environments:read'],
    answer: listOf(is.environment),
  },
  'POST /orgs/{orgId}/apps/{appId}/envs': {
    summary: 'Create an environment.',
    scopes: ['environments:write'],
    body: is.environmentRequest,
    status: 201,
    answer: is.environment,
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}': {
    summary: 'Get an environment.',
    scopes: ['environments:read'],
    answer: is.environment,
  },
  'PATCH /orgs/{orgId}/apps/{appId}/envs/{envId}': {
    summary: 'Rename an environment.',
    scopes: ['environments:write'],
    body: is.environmentChange,
    answer: is.environment,
  },
  'DELETE /orgs/{orgId}/apps/{appId}/envs/{envId}': {
    summary: 'Delete an environment with its history; 202 when there is more to do than one request can.',
    scopes: ['environments:write'],
    status: 204,
  },
  'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/from_deploy_id': {
    summary: 'Rebase: the next deployment starts from this one.',
    scopes: ['environments:write'],
    body: z.string(),
    status: 204,
  },

  // ---- deployments

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys': {
    summary: 'List deployments, newest first.',
    scopes: ['deployments:read'],
    query: z.object({
      pipelineRunId: single(z.string()).optional().meta({ description: 'Pipeline id, a comma, run id.' }),
    }),
    answer: listOf(is.deployment),
  },
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys': {
    summary:
      'Start a deployment; with dry_run only say (200) what it would change, and for how many devices.',
    scopes: ['deployments:write', 'deployments:deploy'],
    query: z.object({ dry_run: single(z.enum(['true', 'false'])).optional() }),
    body: is.deploymentRequest,
    status: 201,
    answer: z.union([is.deployment, is.preview]),
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}': {
    summary: 'Get a deployment.',
    scopes: ['deployments:read'],
    answer: is.deployment,
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/errors': {
    summary: 'What went wrong in a deployment.',
    scopes: ['deployments:read'],
    answer: listOf(is.deploymentError),
  },
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/pause': {
    summary: 'No further device gets it, until it is resumed or cancelled. The deadline waits.',
    scopes: ['deployments:write', 'deployments:deploy'],
    answer: is.deployment,
  },
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/resume': {
    summary: 'It goes on where it was paused, by a person or an alarm.',
    scopes: ['deployments:write', 'deployments:deploy'],
    answer: is.deployment,
  },
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/cancel': {
    summary:
      'It has failed, the environment is free at once, and devices that have not applied it never will.',
    scopes: ['deployments:write', 'deployments:archive'],
    answer: is.deployment,
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/why': {
    summary: 'Whom it waits for, since when and until when.',
    scopes: ['deployments:read'],
    answer: is.why,
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/deploys/{deployId}/devices': {
    summary:
      'What became of it on each device, in the order in which they get it; 404 when that is not kept any more.',
    scopes: ['deployments:read'],
    query: z.object({ ...pageQuery, state: single(is.deliveryState).optional() }),
    answer: listOf(is.deviceDelivery),
  },

  // ---- devices

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/devices': {
    summary: 'List the devices of an environment.',
    scopes: ['devices:read'],
    query: z.object(pageQuery),
    answer: listOf(is.device),
  },
  'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/devices/{deviceId}': {
    summary:
      'Bring a device into the environment, and make it known if it is not; 200 when it was there already.',
    scopes: ['devices:write'],
    status: 201,
    answer: is.device,
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/devices/{deviceId}': {
    summary: 'Get a device of an environment.',
    scopes: ['devices:read'],
    answer: is.device,
  },
  'DELETE /orgs/{orgId}/apps/{appId}/envs/{envId}/devices/{deviceId}': {
    summary: 'Take a device out: the environment’s files are removed from it. The device itself stays known.',
    scopes: ['devices:write'],
    status: 204,
  },
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/devices/{deviceId}/activation-token': {
    summary: 'A token with which the device gets its certificate, once.',
    scopes: ['devices:provision'],
    body: is.activationRequest,
    status: 201,
    answer: is.activation,
  },

  'POST /orgs/{orgId}/apps/{appId}/pipeline-runs': {
    summary: 'Start a deployment as a run of the one pipeline that there is: it deploys. 204 with `dry_run`.',
    scopes: ['deployments:write', 'deployments:deploy'],
    query: z.object({ dry_run: trueOrFalse }),
    body: is.pipelineRunRequest,
    status: 201,
    answer: is.pipelineRun,
  },
  'GET /orgs/{orgId}/apps/{appId}/pipelines/{pipelineId}/runs/{runId}': {
    summary: 'What has become of the deployment that a run has started.',
    scopes: ['deployments:read'],
    answer: is.pipelineRun,
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/logs': {
    summary: 'What is known of an environment’s deployments, as a log: the newest first.',
    scopes: ['deployments:read'],
    query: z.object({
      workload_id: single(z.string()).optional(),
      container_id: single(z.string()).optional(),
      deployment_id: single(z.string()).optional(),
      timestamp_from: moment,
      timestamp_to: moment,
      limit: clamped(1, 1000, 100),
      asc: trueOrFalse,
      invert: trueOrFalse,
    }),
    answer: listOf(is.logEntry),
  },

  // ---- deltas

  'GET /orgs/{orgId}/apps/{appId}/deltas': {
    summary: 'List deltas: those that are not archived, or those that are.',
    scopes: ['deltas:read'],
    query: z.object({
      env: single(z.string()).optional(),
      archived: single(z.enum(['true', 'false'])).optional(),
    }),
    answer: listOf(is.deltaResponse),
  },
  'POST /orgs/{orgId}/apps/{appId}/deltas': {
    summary: 'Create a delta.',
    scopes: ['deltas:write'],
    body: is.deltaRequest,
    makes: itself,
    answer: is.deltaResponse,
  },
  'GET /orgs/{orgId}/apps/{appId}/deltas/{deltaId}': {
    summary: 'Get a delta.',
    scopes: ['deltas:read'],
    answer: is.deltaResponse,
  },
  'PATCH /orgs/{orgId}/apps/{appId}/deltas/{deltaId}': {
    summary: 'Merge deltas into this one, in order.',
    scopes: ['deltas:write'],
    body: is.deltaRequests,
    answer: is.deltaResponse,
  },
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}': {
    summary: 'Replace what a delta says.',
    scopes: ['deltas:write'],
    body: is.deltaRequest,
    status: 204,
  },
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/metadata/archived': {
    summary: 'Archive a delta, or take it out of the archive.',
    scopes: ['deltas:write'],
    body: z.boolean(),
    status: 204,
  },
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/metadata/env_id': {
    summary: 'Say which environment a delta is for.',
    scopes: ['deltas:write'],
    body: is.envIdOfDelta,
    status: 204,
  },
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/metadata/name': {
    summary: 'Name a delta.',
    scopes: ['deltas:write'],
    body: is.nameOfDelta,
    status: 204,
  },
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/archived': {
    summary: 'As metadata/archived; the path of older clients.',
    scopes: ['deltas:write'],
    body: z.boolean(),
    status: 204,
  },
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/env_id': {
    summary: 'As metadata/env_id; the path of older clients.',
    scopes: ['deltas:write'],
    body: is.envIdOfDelta,
    status: 204,
  },
  'PUT /orgs/{orgId}/apps/{appId}/deltas/{deltaId}/name': {
    summary: 'As metadata/name; the path of older clients.',
    scopes: ['deltas:write'],
    body: is.nameOfDelta,
    status: 204,
  },

  // ---- sets

  'GET /orgs/{orgId}/apps/{appId}/sets': {
    summary: 'List sets, newest first.',
    scopes: ['sets:read'],
    answer: listOf(is.deploymentSet),
  },
  'GET /orgs/{orgId}/apps/{appId}/sets/{setId}': {
    summary: 'Get a set, or with `diff` the delta that makes it of another one.',
    scopes: ['sets:read'],
    query: z.object({ diff: single(z.string()).optional() }),
    answer: z.union([is.deploymentSet, is.plainDelta]),
  },
  'POST /orgs/{orgId}/apps/{appId}/sets/{setId}': {
    summary: 'Apply a delta to a set; answers the id of the set that this makes.',
    scopes: ['sets:write'],
    body: is.deltaRequest,
    answer: z.string(),
  },
  'GET /orgs/{orgId}/apps/{appId}/sets/{setId}/diff/{sourceSetId}': {
    summary: 'The delta that makes the first set of the second.',
    scopes: ['sets:read'],
    answer: is.plainDelta,
  },
  'GET /orgs/{orgId}/apps/{appId}/sets/{setId}/resources': {
    summary: 'The resources that a set asks for.',
    scopes: ['sets:read'],
    answer: listOf(is.setResource),
  },

  // ---- values of an application

  'GET /orgs/{orgId}/apps/{appId}/values': {
    summary: 'List values.',
    scopes: ['values:read'],
    answer: listOf(is.value),
  },
  'POST /orgs/{orgId}/apps/{appId}/values': {
    summary: 'Create a value.',
    scopes: ['values:write'],
    body: is.valueRequest,
    status: 201,
    answer: is.value,
  },
  'DELETE /orgs/{orgId}/apps/{appId}/values': {
    summary: 'Delete all values.',
    scopes: ['values:write'],
    status: 204,
  },
  'PUT /orgs/{orgId}/apps/{appId}/values/{key}': {
    summary: 'Replace a value and its description.',
    scopes: ['values:write'],
    body: is.valueEdit,
    answer: is.value,
  },
  'PATCH /orgs/{orgId}/apps/{appId}/values/{key}': {
    summary: 'Change a value or its description.',
    scopes: ['values:write'],
    body: is.valuePatch,
    answer: is.value,
  },
  'DELETE /orgs/{orgId}/apps/{appId}/values/{key}': {
    summary: 'Delete a value.',
    scopes: ['values:write'],
    status: 204,
  },

  // ---- values of an environment

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/values': {
    summary: 'List values: the application’s, where the environment has none of its own.',
    scopes: ['values:read'],
    answer: listOf(is.value),
  },
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/values': {
    summary: 'Create a value of the environment’s own.',
    scopes: ['values:write'],
    body: is.valueRequest,
    status: 201,
    answer: is.value,
  },
  'DELETE /orgs/{orgId}/apps/{appId}/envs/{envId}/values': {
    summary: 'Delete all values of the environment’s own.',
    scopes: ['values:write'],
    status: 204,
  },
  'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/values/{key}': {
    summary: 'Replace a value of the environment’s own, and its description.',
    scopes: ['values:write'],
    body: is.valueEdit,
    answer: is.value,
  },
  'PATCH /orgs/{orgId}/apps/{appId}/envs/{envId}/values/{key}': {
    summary: 'Change a value of the environment’s own, or its description.',
    scopes: ['values:write'],
    body: is.valuePatch,
    answer: is.value,
  },
  'DELETE /orgs/{orgId}/apps/{appId}/envs/{envId}/values/{key}': {
    summary: 'Delete a value of the environment’s own.',
    scopes: ['values:write'],
    status: 204,
  },

  // ---- value set versions

  'GET /orgs/{orgId}/apps/{appId}/value-set-versions': {
    summary: 'List versions of the values, newest first.',
    scopes: ['values:read'],
    query: keyChanged,
    answer: listOf(is.valueSetVersion),
  },
  'GET /orgs/{orgId}/apps/{appId}/value-set-versions/{versionId}': {
    summary: 'Get a version of the values; the zero UUID is the newest.',
    scopes: ['values:read'],
    answer: is.valueSetVersion,
  },
  'POST /orgs/{orgId}/apps/{appId}/value-set-versions/{versionId}/restore': {
    summary: 'Make all values what they were in a version.',
    scopes: ['values:write'],
    body: is.versionAction,
    answer: is.valueSetVersion,
  },
  'POST /orgs/{orgId}/apps/{appId}/value-set-versions/{versionId}/restore/{key}': {
    summary: 'Make one value what it was in a version.',
    scopes: ['values:write'],
    body: is.versionAction,
    answer: is.valueSetVersion,
  },
  'POST /orgs/{orgId}/apps/{appId}/value-set-versions/{versionId}/purge/{key}': {
    summary: 'Destroy the text that a value had in a version.',
    scopes: ['values:write'],
    body: is.versionAction,
    status: 204,
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/value-set-versions': {
    summary: 'List versions of the values, newest first.',
    scopes: ['values:read'],
    query: keyChanged,
    answer: listOf(is.valueSetVersion),
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/value-set-versions/{versionId}': {
    summary: 'Get a version of the values; the zero UUID is the newest.',
    scopes: ['values:read'],
    answer: is.valueSetVersion,
  },
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/value-set-versions/{versionId}/restore': {
    summary: 'Make all values of the environment’s own what they were in a version.',
    scopes: ['values:write'],
    body: is.versionAction,
    answer: is.valueSetVersion,
  },
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/value-set-versions/{versionId}/restore/{key}': {
    summary: 'Make one value of the environment’s own what it was in a version.',
    scopes: ['values:write'],
    body: is.versionAction,
    answer: is.valueSetVersion,
  },
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/value-set-versions/{versionId}/purge/{key}': {
    summary: 'Destroy the text that a value of the environment’s own had in a version.',
    scopes: ['values:write'],
    body: is.versionAction,
    status: 204,
  },

  // ---- what dashboards ask for

  'GET /orgs/{orgId}/apps/{appId}/runtime': {
    summary: 'Which environments are paused.',
    scopes: ['environments:read'],
    query: z.object({ id: z.array(z.string()).max(5).optional() }),
    answer: listOf(is.environmentRuntime),
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/runtime': {
    summary: 'What runs in an environment’s cluster: nothing, it has none.',
    scopes: ['environments:read'],
    answer: is.runtime,
  },
  'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/runtime/paused': {
    summary: 'Pause an environment: no deployment starts in it until it is resumed.',
    scopes: ['environments:write'],
    body: z.boolean(),
    status: 204,
  },
  'PATCH /orgs/{orgId}/apps/{appId}/envs/{envId}/runtime/replicas': {
    summary: 'Note how many of a module are wanted.',
    scopes: ['environments:write'],
    body: is.replicas,
    status: 204,
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/resources': {
    summary: 'Active resources: none, nothing is provisioned here.',
    scopes: ['environments:read'],
    answer: listOf(z.object({})),
  },

  // ---- webhooks

  'GET /orgs/{orgId}/events': {
    summary: 'What webhooks can be told of, and what they can say about it.',
    scopes: ['webhooks:read'],
    answer: listOf(is.event),
  },
  'DELETE /orgs/{orgId}/apps/{appId}/jobs': {
    summary: 'Delete all webhooks of an application.',
    scopes: ['webhooks:write'],
    status: 204,
  },
  'GET /orgs/{orgId}/apps/{appId}/webhooks': {
    summary: 'List webhooks.',
    scopes: ['webhooks:read'],
    answer: listOf(is.webhook),
  },
  'POST /orgs/{orgId}/apps/{appId}/webhooks': {
    summary: 'Create a webhook: signed messages when deployments start and finish.',
    scopes: ['webhooks:write'],
    body: is.webhookRequest,
    status: 201,
    answer: is.newWebhook,
  },
  'GET /orgs/{orgId}/apps/{appId}/webhooks/{jobId}': {
    summary: 'Get a webhook, and how its last delivery went.',
    scopes: ['webhooks:read'],
    answer: is.webhook,
  },
  'PATCH /orgs/{orgId}/apps/{appId}/webhooks/{jobId}': {
    summary: 'Change a webhook; what is absent stays.',
    scopes: ['webhooks:write'],
    body: is.webhookRequest,
    answer: is.webhook,
  },
  'DELETE /orgs/{orgId}/apps/{appId}/webhooks/{jobId}': {
    summary: 'Delete a webhook; what it has not delivered is not delivered any more.',
    scopes: ['webhooks:write'],
    status: 204,
  },

  // ---- automation rules

  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/rules': {
    summary: 'List automation rules.',
    scopes: ['rules:read'],
    answer: listOf(is.rule),
  },
  'POST /orgs/{orgId}/apps/{appId}/envs/{envId}/rules': {
    summary: 'Create an automation rule.',
    scopes: ['rules:write'],
    body: is.ruleRequest,
    status: 201,
    makes: itself,
    answer: is.rule,
  },
  'GET /orgs/{orgId}/apps/{appId}/envs/{envId}/rules/{ruleId}': {
    summary: 'Get an automation rule.',
    scopes: ['rules:read'],
    answer: is.rule,
  },
  'PUT /orgs/{orgId}/apps/{appId}/envs/{envId}/rules/{ruleId}': {
    summary: 'Replace an automation rule.',
    scopes: ['rules:write'],
    body: is.ruleRequest,
    answer: is.rule,
  },
  'DELETE /orgs/{orgId}/apps/{appId}/envs/{envId}/rules/{ruleId}': {
    summary: 'Delete an automation rule.',
    scopes: ['rules:write'],
    status: 204,
  },
});

export type HumanitecContract = typeof contract;
