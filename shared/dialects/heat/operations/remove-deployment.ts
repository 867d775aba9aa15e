// DELETE: first the run, so that nothing runs for a record that is gone; then the record; then what pointed to it.
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import { removeEntry } from '../catalog.ts';
import { findVisible } from '../deployment-records.ts';
import { cancelRun } from '../runs.ts';
import { noteRemoval } from '../server-records.ts';
import { pointersTo } from './create-deployment.ts';
import { byKey } from './creating.ts';
import type { CallOf } from './types.ts';

export const removeDeployment = async (
  world: World,
  call: CallOf<'DELETE /v1/{tenant_id}/software_deployments/{id}'>,
): Promise<Refusal | undefined> => {
  const found = await findVisible(world, call.principal.organization, call.params.id ?? '');
  if (isRefusal(found)) return found;
  const { organization, kind, id, body } = found;
  const viewers = [...new Set([organization, body.project ?? organization])];
  await Promise.all(viewers.map((viewer) => noteRemoval(world, viewer, String(body.serverId))));
  await cancelRun(world, found, byKey(call));
  await removeEntry(world, { organization, kind, id });
  await Promise.all(pointersTo(organization, id, body).map((pointer) => removeEntry(world, pointer)));
  return undefined;
};
