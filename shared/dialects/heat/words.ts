// How this dialect says no: Heat's faults, in the names of Heat's policies, and Keystone's errors where Keystone is asked.
import { type Refusal, refuse } from '#domain/refusal';
import type { HttpRequest, HttpResponse } from '../http.ts';
import { fault, faultOf, keystoneError } from './faults.ts';
import type { RouteName } from './operations/types.ts';
import { baseUrlOf } from './versions.ts';

/** What a route is called in Heat's policies; ours in the same manner. */
const policies: Readonly<Record<RouteName, string>> = {
  'GET /': 'versions:index',
  'GET /v1': 'versions:index',
  'GET /v1/openapi.json': 'versions:document',
  'POST /v1/{tenant_id}/validate': 'stacks:validate_template',
  'POST /v1/{tenant_id}/software_configs': 'software_configs:create',
  'GET /v1/{tenant_id}/software_configs': 'software_configs:index',
  'GET /v1/{tenant_id}/software_configs/{id}': 'software_configs:show',
  'DELETE /v1/{tenant_id}/software_configs/{id}': 'software_configs:delete',
  'GET /v1/{tenant_id}/software_deployments/metadata/{server_id}': 'software_deployments:metadata',
  'POST /v1/{tenant_id}/software_deployments': 'software_deployments:create',
  'GET /v1/{tenant_id}/software_deployments': 'software_deployments:index',
  'GET /v1/{tenant_id}/software_deployments/{id}': 'software_deployments:show',
  'PUT /v1/{tenant_id}/software_deployments/{id}': 'software_deployments:update',
  'DELETE /v1/{tenant_id}/software_deployments/{id}': 'software_deployments:delete',
  'GET /v1/{tenant_id}/deployments/{id}/history': 'software_deployments:history',
  'GET /v1/{tenant_id}/deployments/{id}/why': 'software_deployments:why',
  'GET /v1/{tenant_id}/deployments/{id}/signal_url': 'software_deployments:signal_url',
  'POST /v1/{tenant_id}/deployments/{id}/signal': 'software_deployments:signal',
  'PUT /v1/{tenant_id}/deployments/{id}/signal': 'software_deployments:signal',
  'POST /v1/{tenant_id}/servers/{server_id}/activation_token': 'servers:activation_token',
  'GET /v1/{tenant_id}/servers/{server_id}/metadata_url': 'servers:metadata_url',
  'POST /v1/{tenant_id}/servers/{server_id}/metadata_url': 'servers:metadata_url',
  'GET /v1/{tenant_id}/servers/{server_id}/metadata': 'servers:metadata',
  'HEAD /v1/{tenant_id}/servers/{server_id}/metadata': 'servers:metadata',
  'GET /v1/{tenant_id}/audit-events': 'audit:events',
  'GET /v3': 'identity:versions',
  'POST /v3/auth/tokens': 'identity:authenticate',
  'GET /v3/auth/tokens': 'identity:validate_token',
  'HEAD /v3/auth/tokens': 'identity:check_token',
  'GET /v3/auth/catalog': 'identity:get_auth_catalog',
};

/** A URL of another project: the one thing that is refused before anything is looked at. */
export const otherProject = (): Refusal =>
  refuse('forbidden', 'Access was denied to this resource.', { fault: 'HTTPForbidden' });

const messageOf = ({ refused, message, params }: Refusal, { route }: HttpRequest): string => {
  if (refused === 'forbidden' && 'scope' in params)
    return `You are not authorized to use ${policies[route as RouteName]}. ${message}`;
  return refused === 'body_too_large' ? `Request limit exceeded: ${message}` : message;
};

/** Heat gives no message with a bare ValueError; what is wrong stands in the explanation, for whoever reads that. */
const silent: ReadonlySet<unknown> = new Set(['ValueError']);

export const tellRefusal = (refusal: Refusal, request: HttpRequest): HttpResponse => {
  const { status, type } = faultOf[refusal.refused];
  const isKeystone = request.path === '/v3' || request.path.startsWith('/v3/');
  if (isKeystone || status === 401) return keystoneError(status, refusal.message, baseUrlOf(request));
  const name = refusal.params.fault ?? type;
  return silent.has(name)
    ? fault(status, String(name), undefined, refusal.message)
    : fault(status, String(name), messageOf(refusal, request));
};
