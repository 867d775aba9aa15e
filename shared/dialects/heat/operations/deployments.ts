// Deployments: a config, on a server, with a status that is Heat's own record.
import { isRefusal } from '#domain/refusal';
import { findRunning } from '../deployment-records.ts';
import { tellDeployment } from '../tell.ts';
import { asked } from './by-key.ts';
import { createDeployment } from './create-deployment.ts';
import { listDeployments, type Page } from './list-deployments.ts';
import { removeDeployment } from './remove-deployment.ts';
import type { CallOf, Operations } from './types.ts';
import { updateDeployment } from './update-deployment.ts';

const nextOf = (
  { told, isAll }: Page,
  { baseUrl, params, query }: CallOf<'GET /v1/{tenant_id}/software_deployments'>,
) => {
  const last = told.at(-1);
  if (isAll || last === undefined) return {};
  const next = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, marker: last.id }))
    if (value !== undefined) next.set(name, String(value));
  const path = `/v1/${encodeURIComponent(params.tenant_id ?? '')}/software_deployments`;
  return { software_deployments_links: [{ rel: 'next', href: `${baseUrl}${path}?${next}` }] };
};

export const deployments: Operations<
  | 'POST /v1/{tenant_id}/software_deployments'
  | 'GET /v1/{tenant_id}/software_deployments'
  | 'GET /v1/{tenant_id}/software_deployments/{id}'
  | 'PUT /v1/{tenant_id}/software_deployments/{id}'
  | 'DELETE /v1/{tenant_id}/software_deployments/{id}'
> = {
  'POST /v1/{tenant_id}/software_deployments': (world) => async (call) => {
    const created = await createDeployment(world, call);
    return isRefusal(created)
      ? created
      : { body: { software_deployment: await tellDeployment(world, created) } };
  },

  'GET /v1/{tenant_id}/software_deployments': (world) => async (call) => {
    const page = await listDeployments(world, call);
    return { body: { software_deployments: [...page.told], ...nextOf(page, call) } };
  },

  'GET /v1/{tenant_id}/software_deployments/{id}': (world) => async (call) => {
    const found = await findRunning(world, asked(call));
    return isRefusal(found) ? found : { body: { software_deployment: await tellDeployment(world, found) } };
  },

  'PUT /v1/{tenant_id}/software_deployments/{id}': (world) => async (call) => {
    const updated = await updateDeployment(world, call);
    return isRefusal(updated)
      ? updated
      : { body: { software_deployment: await tellDeployment(world, updated) } };
  },

  'DELETE /v1/{tenant_id}/software_deployments/{id}': (world) => async (call) => {
    const refused = await removeDeployment(world, call);
    return refused ?? { body: undefined };
  },
};
