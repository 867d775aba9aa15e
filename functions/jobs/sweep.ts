// What is done every minute: look at rollouts and slots that are overdue, until nothing is or there is no time left.
import { sweepRollouts } from '#engine/fleet/sweep-rollouts';
import type { World } from '#engine/ports';
import { type SweepFailure, sweepOverdue } from '#engine/sweep-overdue';
import type { Facts } from '../wiring/facts.ts';
import type { Log } from '../wiring/log.ts';

/** What is left when there is no time left is found by the next minute's run. */
const reserveMs = 10_000;

const placeOf = (failure: SweepFailure): Facts =>
  'id' in failure ? { ...failure.id } : { shard: failure.shard };

export const sweep =
  (world: World) =>
  async (remainingMs: () => number, log: Log): Promise<void> => {
    const rollouts = await sweepRollouts(world)();
    for (const { id, cause } of rollouts.failed) log.fault({ code: 'sweep.slot_failed', rollout: id }, cause);
    let looked = 0;
    for (;;) {
      const swept = await sweepOverdue(world)();
      looked += swept.looked;
      for (const failure of swept.failed)
        log.fault({ code: 'sweep.slot_failed', ...placeOf(failure) }, failure.cause);
      const isDone = swept.looked === 0 || remainingMs() < reserveMs;
      if (!isDone) continue;
      const { rested, failed } = swept;
      return log.line(
        { code: 'sweep.done', failed: failed.length, rested, rollouts: rollouts.looked },
        { OverdueSlots: looked },
      );
    }
  };
