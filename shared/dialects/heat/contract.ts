// Heat's software configuration API, what it has beside it here, and as much of Keystone as its clients log in with.
import * as z from 'zod';
import { defineContract } from '../contract.ts';
import { single } from '../query.ts';
import { derivedUuid } from './ids.ts';
import * as is from './objects.ts';

const text = single(z.string()).optional();

/** Heat ignores what it does not know, and it knows no paging of deployments: what makes no sense is ignored here too. */
const lenientLimit = single(z.string().regex(/^\d+$/).transform(Number)).optional().catch(undefined);

const limit = single(
  z.string().regex(/^\d+$/, 'must be a non-negative integer').transform(Number),
).optional();

const signature = z.object({ expires: text, signature: text });

export const contract = defineContract({
  'GET /': { summary: 'The versions of this API.', scopes: 'public', status: 300, answer: is.versions },
  'GET /v1': { summary: 'The versions of this API.', scopes: 'public', status: 300, answer: is.versions },
  'GET /v1/openapi.json': {
    summary: 'This document.',
    scopes: 'public',
    answer: z.record(z.string(), z.unknown()),
  },

  'POST /v1/{tenant_id}/validate': {
    summary: 'Find nothing wrong with a template: clients ask before they create a config.',
    scopes: [],
    body: is.anyObject,
    answer: is.validated,
  },

  'POST /v1/{tenant_id}/software_configs': {
    summary: 'Create a config.',
    scopes: ['software_configs:write'],
    body: is.createConfig,
    makes: derivedUuid,
    answer: z.object({ software_config: is.config }),
  },
  'GET /v1/{tenant_id}/software_configs': {
    summary: 'List configs, newest first.',
    scopes: ['software_configs:read'],
    query: z.object({
      limit,
      marker: text,
      global_tenant: single(z.enum(['true', 'false'], 'must be true or false')).optional(),
    }),
    answer: z.object({ software_configs: z.array(is.configSummary) }),
  },
  'GET /v1/{tenant_id}/software_configs/{id}': {
    summary: 'Get a config.',
    scopes: ['software_configs:read'],
    answer: z.object({ software_config: is.config }),
  },
  'DELETE /v1/{tenant_id}/software_configs/{id}': {
    summary: 'Delete a config that no deployment uses.',
    scopes: ['software_configs:write'],
    status: 204,
  },

  'GET /v1/{tenant_id}/software_deployments/metadata/{server_id}': {
    summary: 'The configs of all deployments to a server, by the name of the config.',
    scopes: ['software_deployments:read'],
    answer: z.object({ metadata: z.array(is.config) }),
  },
  'POST /v1/{tenant_id}/software_deployments': {
    summary: 'Create a deployment.',
    scopes: ['software_deployments:write'],
    body: is.createDeployment,
    makes: derivedUuid,
    answer: z.object({ software_deployment: is.deployment }),
  },
  'GET /v1/{tenant_id}/software_deployments': {
    summary:
      'List deployments, oldest first. Filters other than server_id, and pages, are additions to Heat.',
    scopes: ['software_deployments:read'],
    query: z.object({
      server_id: text,
      config_id: text,
      status: text,
      action: text,
      limit: lenientLimit,
      marker: text,
    }),
    answer: is.deploymentList,
  },
  'GET /v1/{tenant_id}/software_deployments/{id}': {
    summary: 'Get a deployment.',
    scopes: ['software_deployments:read'],
    answer: z.object({ software_deployment: is.deployment }),
  },
  'PUT /v1/{tenant_id}/software_deployments/{id}': {
    summary: 'Change a deployment; what is absent or empty stays as it is.',
    scopes: ['software_deployments:write'],
    body: is.updateDeployment,
    answer: z.object({ software_deployment: is.deployment }),
  },
  'DELETE /v1/{tenant_id}/software_deployments/{id}': {
    summary: 'Delete a deployment; its config stays, and what has not run yet never will.',
    scopes: ['software_deployments:write'],
    status: 204,
  },

  'GET /v1/{tenant_id}/deployments/{id}/history': {
    summary: 'Every change of a deployment: who, when, from, to, why. An addition to Heat.',
    scopes: ['software_deployments:read'],
    answer: z.object({ events: z.array(is.event) }),
  },
  'GET /v1/{tenant_id}/deployments/{id}/why': {
    summary: 'What a deployment waits for, since when and until when. An addition to Heat.',
    scopes: ['software_deployments:read'],
    answer: is.why,
  },
  'GET /v1/{tenant_id}/deployments/{id}/signal_url': {
    summary: 'The URL at which the server reports its result; it needs no token. An addition to Heat.',
    scopes: ['software_deployments:write'],
    answer: is.signedUrl,
  },
  'POST /v1/{tenant_id}/deployments/{id}/signal': {
    summary: 'Report a result. The signature in the URL is the credential.',
    scopes: 'public',
    query: signature,
    body: is.anyObject,
    answer: z.object({}),
  },
  'PUT /v1/{tenant_id}/deployments/{id}/signal': {
    summary: 'Report a result. The signature in the URL is the credential.',
    scopes: 'public',
    query: signature,
    body: is.anyObject,
    answer: z.object({}),
  },

  'POST /v1/{tenant_id}/servers/{server_id}/activation_token': {
    summary:
      'Issue a single-use token with which the server connects: its deployments are pushed from then on.',
    scopes: ['software_deployments:write', 'servers:provision'],
    body: is.issueActivationToken,
    answer: is.activationToken,
  },
  'GET /v1/{tenant_id}/servers/{server_id}/metadata_url': {
    summary: 'The URL at which the server polls its metadata without a token.',
    scopes: ['software_deployments:write', 'servers:provision'],
    answer: is.signedUrl,
  },
  'POST /v1/{tenant_id}/servers/{server_id}/metadata_url': {
    summary: 'A new URL for the metadata; the old one stops working.',
    scopes: ['software_deployments:write', 'servers:provision'],
    answer: is.signedUrl,
  },
  'GET /v1/{tenant_id}/servers/{server_id}/metadata': {
    summary: 'The metadata of a server. The signature in the URL is the credential.',
    scopes: 'public',
    query: signature,
    answer: z.object({ metadata: z.array(is.config) }),
  },
  'HEAD /v1/{tenant_id}/servers/{server_id}/metadata': {
    summary: 'Whether the metadata of a server has changed.',
    scopes: 'public',
    query: signature,
  },

  'GET /v1/{tenant_id}/audit-events': {
    summary: 'Who changed what, or tried to: by key, newest first. An addition to Heat.',
    scopes: ['audit:read'],
    query: z.object({
      limit,
      marker: text,
      from: single(z.iso.datetime({ offset: true, error: 'must be a time' })).optional(),
      to: single(z.iso.datetime({ offset: true, error: 'must be a time' })).optional(),
    }),
    answer: z.object({ audit_events: z.array(is.auditEvent) }),
  },

  'GET /v3': { summary: 'The version of the identity API.', scopes: 'public', answer: is.identityVersion },
  'POST /v3/auth/tokens': {
    summary: 'Log in with an application credential: the id of an API key, and the key as its secret.',
    scopes: 'public',
    status: 201,
    body: is.authenticate,
    answer: is.token,
  },
  'GET /v3/auth/tokens': { summary: 'What a token is good for.', scopes: [], answer: is.token },
  'HEAD /v3/auth/tokens': { summary: 'Whether a token is good.', scopes: [] },
  'GET /v3/auth/catalog': { summary: 'Where the services are.', scopes: [], answer: is.catalog },
});

export type HeatContract = typeof contract;
