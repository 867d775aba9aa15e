// Devices with what they have now: their current release and deployment, or null where there is none.
import type * as z from 'zod';
import { headOf } from '#domain/slot';
import { type DeploymentView, viewOf } from '#engine/find-deployment';
import type { Thing, World } from '#engine/ports';
import type * as is from '../objects.ts';
import { tellDevice } from '../tell.ts';
import { expandDeployments } from './expand.ts';

const headsOf = async ({ slots, records }: World, things: readonly Thing[]): Promise<DeploymentView[]> => {
  const found = await slots.loadMany(things.map(({ name }) => ({ thing: name, channel: 'release' })));
  const heads = found.flatMap((slot) => {
    const head = headOf(slot);
    return head === undefined ? [] : [{ slot, key: { thing: slot.id.thing, id: head.id } }];
  });
  const filed = await records.loadMany(heads.map(({ key }) => key));
  return heads.flatMap(({ slot, key }) => {
    const record = filed.find(({ id }) => id === key.id);
    return (record && viewOf(record, slot)) ?? [];
  });
};

export const expandDevices = async (
  world: World,
  organization: string,
  things: readonly Thing[],
  expand: readonly string[],
  edition: string,
): Promise<z.infer<typeof is.expandedDevice>[]> => {
  const isWanted = expand.includes('current_release') || expand.includes('current_deployment');
  if (!isWanted) return things.map(tellDevice);
  const heads = await headsOf(world, things);
  const told = await expandDeployments(world, organization, heads, ['release'], edition);
  const byThing = new Map(heads.map((head, at) => [head.record.slot.thing, told[at]]));
  return things.map((thing) => {
    const { release, ...current } = byThing.get(thing.name) ?? {};
    const deployment = 'id' in current ? current : null;
    return {
      ...tellDevice(thing),
      ...(expand.includes('current_release') ? { current_release: release ?? null } : {}),
      ...(expand.includes('current_deployment') ? { current_deployment: deployment } : {}),
    };
  });
};
