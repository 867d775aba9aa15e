// DELETE: the run before its record and again after it, so that nothing runs for a record that is gone; then what pointed to it.
import { isRefusal, type Refusal } from '#domain/refusal';
import type { World } from '#engine/ports';
import { read, removeEntry } from '../catalog.ts';
import { findVisible } from '../deployment-records.ts';
import { cancelRun } from '../runs.ts';
import { noteRemoval } from '../server-records.ts';
import { byKey } from './by-key.ts';
import { pointersTo } from './create-deployment.ts';
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
  const removed = await removeEntry(world, { organization, kind, id });
  // Somebody may have started one, or another, before there was nothing left to start it for.
  if (removed !== undefined) await cancelRun(world, read('deployment', removed), byKey(call));
  await Promise.all(pointersTo(organization, id, body).map((pointer) => removeEntry(world, pointer)));
  return undefined;
};
