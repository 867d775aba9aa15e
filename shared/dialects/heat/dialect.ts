// The Heat dialect: who is let in, what each route does, and how no is said.
import type { Dialect } from '../dialect.ts';
import { contract } from './contract.ts';
import { document } from './document.ts';
import { fault } from './faults.ts';
import { openstackRequestId } from './ids.ts';
import { auditEvents } from './operations/audit-events.ts';
import { configs } from './operations/configs.ts';
import { deployments } from './operations/deployments.ts';
import { insight } from './operations/insight.ts';
import { keystone } from './operations/keystone.ts';
import { metadata } from './operations/metadata.ts';
import { servers } from './operations/servers.ts';
import { signals } from './operations/signals.ts';
import type { Operations, RouteName } from './operations/types.ts';
import { readBody } from './read-body.ts';
import { tellUnknownRoute } from './unknown.ts';
import { versionsAt } from './versions.ts';
import { otherProject, tellRefusal } from './words.ts';

const operations: Operations<RouteName> = {
  'GET /':
    () =>
    async ({ baseUrl }) => ({ body: versionsAt(baseUrl) }),
  'GET /v1':
    () =>
    async ({ baseUrl }) => ({ body: versionsAt(baseUrl) }),
  'GET /v1/openapi.json': () => async () => ({ body: document() }),
  'POST /v1/{tenant_id}/validate': () => async () => ({
    body: { Description: 'No description', Parameters: {}, Environment: {} },
  }),
  ...configs,
  ...deployments,
  ...insight,
  ...signals,
  ...metadata,
  ...servers,
  ...keystone,
  ...auditEvents,
};

const requestIdHeader = 'x-openstack-request-id';

export const heat: Dialect = {
  name: 'heat',
  contract,
  operations,
  bodyBytesMax: 1024 * 1024,
  keyOf: ({ headers }) => headers['x-auth-token'],
  admit: ({ params }, { organization }) =>
    params.tenant_id === undefined || params.tenant_id === organization ? undefined : otherProject(),
  editionOf: () => 'v1.0',
  readBody,
  headersOf: ({ requestId }) => ({ [requestIdHeader]: openstackRequestId(requestId) }),
  tellRefusal,
  tellUnknownRoute,
  tellFault: (requestId) => {
    const { headers, ...response } = fault(500, 'RemoteError');
    return { ...response, headers: { ...headers, [requestIdHeader]: openstackRequestId(requestId) } };
  },
};
