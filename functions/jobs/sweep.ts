// What is done every minute: look at what is overdue, until nothing is or there is no time left.
import type { World } from '#engine/ports';
import { sweepOverdue } from '#engine/sweep-overdue';
import type { Log } from '../wiring/log.ts';

/** What is left when there is no time left is found by the next minute's run. */
const reserveMs = 10_000;

export const sweep =
  (world: World, log: Log) =>
  async (remainingMs: () => number): Promise<void> => {
    let looked = 0;
    for (;;) {
      const swept = await sweepOverdue(world)();
      looked += swept.looked;
      for (const { cause, ...where } of swept.failed)
        log.fault({ code: 'sweep.slot_failed', ...('id' in where ? where.id : where) }, cause);
      const isDone = swept.looked === 0 || remainingMs() < reserveMs;
      if (isDone)
        return log.line({ code: 'sweep.done', looked, failed: swept.failed.length, rested: swept.rested });
    }
  };
