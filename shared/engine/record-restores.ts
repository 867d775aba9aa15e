// A deployment that we make ourselves gets a record as any other, in the words of the one that it brings back.
import type { Deployment } from '#domain/deployment';
import type { Decision } from '#domain/event';
import type { DeploymentRecord, World } from './ports.ts';

const restored = (made: Deployment, of: DeploymentRecord): DeploymentRecord => ({
  id: made.id,
  organization: of.organization,
  slot: of.slot,
  revision: made.revision,
  track: made.track,
  restores: made.restores,
  createdAt: made.createdAt,
  createdBy: 'engine',
  about: of.about,
  request: '',
});

/** Filed before the slot is saved, so that whatever a slot names can be read. Repeats find it there. */
export const recordRestores = async (
  { records }: Pick<World, 'records'>,
  { slot, made }: Decision,
): Promise<void> => {
  await Promise.all(
    made.map(async (one) => {
      const of = one.restores === null ? undefined : await records.load(slot.id.thing, one.restores);
      if (of === undefined)
        throw new Error(`Deployment ${one.restores} of slot ${slot.id.thing} has no record.`);
      await records.file(restored(one, of));
    }),
  );
};
