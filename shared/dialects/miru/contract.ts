// Miru's Platform API, version 2026-03-09.tetons: every route, what it takes and what it answers.
import * as z from 'zod';
import { defineContract } from '../contract.ts';
import { clamped, listOf, single } from '../query.ts';
import { idOf } from './ids.ts';
import * as is from './objects.ts';

const orders = ['id:asc', 'id:desc', 'created_at:asc', 'created_at:desc'] as const;
const ids = listOf(z.string()).optional();

const expandable = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.object({ expand: listOf(z.enum(names)).default([]) });

const page = <const Names extends readonly string[]>(...expansions: Names) =>
  z.object({
    limit: clamped(1, 100, 10),
    offset: clamped(0, 1_000_000, 0),
    // A list in the document; the first decides, and the id settles what is left.
    order_by: listOf(z.enum(orders))
      .transform(([first]) => first ?? 'created_at:desc')
      .default('created_at:desc'),
    expand: listOf(z.enum(['total_count', ...expansions])).default([]),
    id: ids,
  });

export const contract = defineContract({
  'GET /beta/openapi.json': {
    summary: 'This document.',
    scopes: 'public',
    answer: z.record(z.string(), z.unknown()),
  },
  'GET /docs': { summary: 'This API for people.', scopes: 'public' },
  'GET /beta/principal': { summary: 'Who the key belongs to.', scopes: [], answer: is.principal },

  'POST /beta/git_commits': {
    summary: 'Make a git commit known.',
    scopes: ['git_commits:write'],
    body: is.createGitCommit,
    makes: idOf('git_commit'),
    answer: is.gitCommit,
  },
  'GET /beta/git_commits': {
    summary: 'List git commits.',
    scopes: ['git_commits:read'],
    query: page().extend({ sha: ids }),
    answer: is.listOfObjects(is.gitCommit),
  },
  'GET /beta/git_commits/{id}': {
    summary: 'Get a git commit.',
    scopes: ['git_commits:read'],
    answer: is.gitCommit,
  },

  'POST /beta/config_types': {
    summary: 'Create a config type.',
    scopes: ['config_types:write'],
    body: is.createConfigType,
    makes: idOf('config_type'),
    answer: is.configType,
  },
  'GET /beta/config_types': {
    summary: 'List config types.',
    scopes: ['config_types:read'],
    query: page().extend({ name: ids, slug: ids }),
    answer: is.listOfObjects(is.configType),
  },
  'GET /beta/config_types/{id}': {
    summary: 'Get a config type.',
    scopes: ['config_types:read'],
    answer: is.configType,
  },
  'PATCH /beta/config_types/{id}': {
    summary: 'Change a config type.',
    scopes: ['config_types:write'],
    body: is.updateConfigType,
    answer: is.configType,
  },

  'POST /beta/config_schemas': {
    summary: 'Create a config schema (JSON Schema 2020-12).',
    scopes: ['config_schemas:write'],
    query: expandable(['documents', 'config_type']),
    body: is.createConfigSchema,
    makes: idOf('config_schema'),
    answer: is.configSchema,
  },
  'GET /beta/config_schemas': {
    summary: 'List config schemas.',
    scopes: ['config_schemas:read'],
    query: page('documents', 'config_type').extend({ config_type_id: ids }),
    answer: is.listOfObjects(is.configSchema),
  },
  'GET /beta/config_schemas/{id}': {
    summary: 'Get a config schema.',
    scopes: ['config_schemas:read'],
    query: expandable(['documents', 'config_type']),
    answer: is.configSchema,
  },

  'POST /beta/config_instances': {
    summary: 'Create a config instance; its content must satisfy its schema.',
    scopes: ['config_instances:write'],
    query: expandable(['content', 'config_schema', 'config_type']),
    body: is.createConfigInstance,
    makes: idOf('config_instance'),
    answer: is.configInstance,
  },
  'GET /beta/config_instances': {
    summary: 'List config instances.',
    scopes: ['config_instances:read'],
    query: page('content', 'config_schema', 'config_type').extend({
      config_schema_id: ids,
      config_type_id: ids,
    }),
    answer: is.listOfObjects(is.configInstance),
  },
  'GET /beta/config_instances/{id}': {
    summary: 'Get a config instance.',
    scopes: ['config_instances:read'],
    query: expandable(['content', 'config_schema', 'config_type']),
    answer: is.configInstance,
  },
  'GET /beta/config_instances/{id}/content': {
    summary: 'Download the content, byte for byte.',
    scopes: ['config_instances:read'],
    query: z.object({ disposition: single(z.enum(['inline', 'attachment'])).default('inline') }),
  },

  'POST /beta/releases': {
    summary: 'Create a release.',
    scopes: ['releases:write'],
    query: expandable(['config_schemas']),
    body: is.createRelease,
    makes: idOf('release'),
    answer: is.release,
  },
  'GET /beta/releases': {
    summary: 'List releases.',
    scopes: ['releases:read'],
    query: page('config_schemas').extend({ version: ids }),
    answer: is.listOfObjects(is.release),
  },
  'GET /beta/releases/{id}': {
    summary: 'Get a release.',
    scopes: ['releases:read'],
    query: expandable(['config_schemas']),
    answer: is.release,
  },

  'POST /beta/devices': {
    summary: 'Create a device.',
    scopes: ['devices:write'],
    body: is.createDevice,
    makes: idOf('device'),
    answer: is.device,
  },
  'GET /beta/devices': {
    summary: 'List devices.',
    scopes: ['devices:read'],
    query: page('current_release', 'current_deployment').extend({
      name: ids,
      agent_version: ids,
      current_release_id: ids,
    }),
    answer: is.listOfObjects(is.expandedDevice),
  },
  'GET /beta/devices/{id}': {
    summary: 'Get a device.',
    scopes: ['devices:read'],
    query: expandable(['current_release', 'current_deployment']),
    answer: is.expandedDevice,
  },
  'PATCH /beta/devices/{id}': {
    summary: 'Rename a device.',
    scopes: ['devices:write'],
    body: is.updateDevice,
    answer: is.device,
  },
  'DELETE /beta/devices/{id}': {
    summary:
      'Decommission a device: its certificate stops working, its deployments are archived. An addition to Miru.',
    scopes: ['devices:delete'],
    answer: is.device,
  },
  'POST /beta/devices/{id}/activation_token': {
    summary: 'Issue a single-use token with which the device gets its certificate.',
    scopes: ['devices:provision'],
    body: is.issueActivationToken,
    answer: is.token,
  },
  'POST /beta/devices/{id}/revoke': {
    summary:
      'Revoke the certificate of a stolen device; its deployments wait until it is activated again. An addition to Miru.',
    scopes: ['devices:provision'],
    answer: is.device,
  },
  'POST /beta/devices/{id}/ping': {
    summary: 'Ask a device for a sign of life.',
    scopes: ['devices:read'],
    body: is.pingDevice,
    answer: is.pingResult,
  },
  'POST /beta/provisioning_tokens': {
    summary: 'Issue a single-use token with which a device brings itself in.',
    scopes: ['devices:provision', 'provisioning_tokens:write'],
    answer: is.token,
  },

  'POST /beta/deployments': {
    summary:
      'Stage or deploy config instances to a device. Needs deployments:stage or deployments:deploy too.',
    scopes: ['deployments:write'],
    query: expandable(['device', 'release', 'config_instances']),
    body: is.createDeployment,
    answer: is.deployment,
  },
  'GET /beta/deployments': {
    summary: 'List deployments.',
    scopes: ['deployments:read'],
    query: page('device', 'release', 'config_instances').extend({
      target_status: listOf(is.targetStatus).optional(),
      activity_status: listOf(is.activityStatus).optional(),
      error_status: listOf(is.errorStatus).optional(),
      device_id: ids,
      release_id: ids,
    }),
    answer: is.listOfObjects(is.deployment),
  },
  'GET /beta/deployments/{id}': {
    summary: 'Get a deployment.',
    scopes: ['deployments:read'],
    query: expandable(['device', 'release', 'config_instances']),
    answer: is.deployment,
  },
  'POST /beta/deployments/{id}/deploy': {
    summary: 'Deploy what was staged.',
    scopes: ['deployments:deploy'],
    query: expandable(['device', 'release', 'config_instances']),
    answer: is.deployment,
  },
  'POST /beta/deployments/{id}/archive': {
    summary: 'Archive a deployment: discard it, cancel it, or take it off the device.',
    scopes: ['deployments:archive'],
    query: expandable(['device', 'release', 'config_instances']),
    answer: is.deployment,
  },
  'GET /beta/deployments/{id}/drifts': {
    summary: 'What was deployed to the device since this deployment was staged.',
    scopes: ['deployments:read'],
    query: expandable(['device', 'release', 'config_instances']),
    answer: is.listOfObjects(is.deployment),
  },
  'GET /beta/deployments/{id}/history': {
    summary: 'Every transition: who, when, from, to, why. An addition to Miru.',
    scopes: ['deployments:read'],
    answer: is.listOfObjects(is.deploymentEvent),
  },
  'GET /beta/deployments/{id}/why': {
    summary: 'What a deployment waits for, since when and until when. An addition to Miru.',
    scopes: ['deployments:read'],
    answer: is.deploymentWait,
  },

  'GET /beta/audit_events': {
    summary: 'Who changed what, or tried to: by key, newest first. An addition to Miru.',
    scopes: ['audit:read'],
    query: z.object({
      limit: clamped(1, 100, 10),
      offset: clamped(0, 1_000_000, 0),
      from: single(z.iso.datetime({ offset: true })).optional(),
      to: single(z.iso.datetime({ offset: true })).optional(),
    }),
    answer: is.listOfObjects(is.auditEvent),
  },
});

export type MiruContract = typeof contract;
