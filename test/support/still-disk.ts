// A disk of which a test knows whether anything is under way on it: time passes only when nothing is.
import type { Disk } from '#device/agent/files/disk';
import { hastyDisk } from '../device/support/failing-disk.ts';

type Step = (...args: never[]) => Promise<unknown>;

export const stillDisk = () => {
  const underWay = new Set<Promise<unknown>>();
  let steps = 0;
  const watched =
    (step: Step): Step =>
    (...args) => {
      steps += 1;
      const work = step(...args).finally(() => underWay.delete(work));
      underWay.add(work);
      return work;
    };
  const disk = Object.fromEntries(
    Object.entries(hastyDisk).map(([name, step]) => [name, watched(step as Step)]),
  ) as unknown as Disk;
  return {
    disk,
    steps: (): number => steps,
    /** Until what is under way now has ended, well or badly. */
    ended: async (): Promise<void> => {
      await Promise.allSettled(underWay);
    },
  };
};

/** Until neither the cloud nor the disk moves any more: each may give the other something to do. */
export const untilStill = async (
  quiet: () => Promise<void>,
  { steps, ended }: ReturnType<typeof stillDisk>,
): Promise<void> => {
  for (let seen = -1; seen !== steps(); ) {
    seen = steps();
    await ended();
    await quiet();
  }
};
