// A disk of which a test knows whether anything is under way on it: time passes only when nothing is.
import type { Disk } from '#device/agent/files/disk';
import { hastyDisk } from '../device/support/failing-disk.ts';
import type { SmallSystem } from './small-system.ts';

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
const untilStill = async (
  quiet: () => Promise<void>,
  { steps, ended }: ReturnType<typeof stillDisk>,
): Promise<void> => {
  for (let seen = -1; seen !== steps(); ) {
    seen = steps();
    await ended();
    await quiet();
  }
};

interface Ends {
  readonly system: Pick<SmallSystem, 'clock' | 'sweep'>;
  readonly cloud: { readonly quiet: () => Promise<void> };
  readonly clock: { readonly advance: (ms: number) => void };
  readonly still: ReturnType<typeof stillDisk>;
}

/** Time that passes for the cloud and for its device, and never while one of them is at work. */
export const bothEnds = ({ system, cloud, clock, still }: Ends) => {
  const quiet = () => untilStill(cloud.quiet, still);
  const pass = async (ms: number): Promise<void> => {
    await quiet();
    system.clock.pass(ms);
    clock.advance(ms);
    await system.sweep();
    await quiet();
  };
  return { quiet, pass };
};
