// Rollouts whose look did not happen in time: their messages are sent again.
import { isLate } from '#domain/decide-rollout';
import type { Rollout } from '#domain/rollout';
import type { World } from '../ports.ts';
import { changeRollout, lookMessage } from './change-rollout.ts';

/** A message on its way is given this long. */
const graceMs = 30_000;
const foundMax = 500;

type Needs = Pick<World, 'clock' | 'rollouts' | 'fanOut'>;

const isDue = ({ lookAt }: Rollout, now: number): boolean => lookAt !== null && lookAt <= now;

export interface SweptRollouts {
  readonly looked: number;
  /** They stay due, and the others do not wait for them. */
  readonly failed: readonly { readonly id: string; readonly cause: unknown }[];
}

/**
 * What has a deadline behind it ends here. Of everything else only the message is sent again, and its `lookAt` stays: were it moved, a
 * message that is late each time would find each time that there is nothing to do yet.
 */
const remind = async (world: Needs, id: string): Promise<boolean> => {
  const rollout = await world.rollouts.load(id);
  if (rollout === undefined || !isDue(rollout, world.clock.now())) return false;
  if (isLate(rollout, world.clock.now())) await changeRollout(world)(id, { type: 'look' }, 'engine');
  else await world.fanOut.send([lookMessage(rollout)]);
  return true;
};

export const sweepRollouts = (world: Needs) => async (): Promise<SweptRollouts> => {
  const failed: { id: string; cause: unknown }[] = [];
  let looked = 0;
  for (const id of await world.rollouts.due(world.clock.now() - graceMs, foundMax)) {
    try {
      if (await remind(world, id)) looked += 1;
    } catch (cause) {
      failed.push({ id, cause });
    }
  }
  return { looked, failed };
};
