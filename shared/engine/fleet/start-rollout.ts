// Starting a rollout in two steps, around the moment in which its group names it: whoever dies in between leaves one that is found.
import { isRefusal } from '#domain/refusal';
import { type NewRollout, newRollout } from '#domain/rollout';
import { deliveriesMs } from '#operations/retention';
import type { World } from '../ports.ts';
import { changeRollout } from './change-rollout.ts';

/** Before the group names it. Again is fine: the first one stays. */
export const reserveRollout =
  ({ rollouts }: Pick<World, 'rollouts'>) =>
  async (wanted: NewRollout): Promise<void> => {
    await rollouts.save(newRollout({ ...wanted, deliveriesUntil: wanted.createdAt + deliveriesMs }));
  };

/** After it. Should this never be called, the rollout's own look asks whether it is named, and begins. */
export const beginRollout =
  (world: Pick<World, 'clock' | 'rollouts' | 'fanOut'>) =>
  async (id: string): Promise<void> => {
    const begun = await changeRollout(world)(id, { type: 'begin' }, 'engine');
    if (begun === undefined || isRefusal(begun))
      throw new Error(`Rollout ${id} was reserved and cannot begin.`);
  };
