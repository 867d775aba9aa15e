// A drill: what is broken on purpose so that one alarm goes off, and what then puts it right, as its runbook says.
import type { Ground } from './ground.ts';

export type Drill = {
  /** A sentence: what is broken. */
  readonly fault: string;
  /** A sentence: what the runbook says to do. */
  readonly repair: string;
  /** Whatever must stand and be well before; resolves to what breaks it. */
  readonly prepare: (ground: Ground) => Promise<() => Promise<Begun>>;
};

export type Begun = {
  /** What goes on in each minute, broken or not: people ask, devices answer. */
  readonly minute: () => Promise<void>;
  /** What the system itself has made of the alarm, in a sentence, if it does anything. */
  readonly answer?: () => Promise<string>;
  /** May say in a sentence what has become of it. */
  readonly repair: () => Promise<string | undefined>;
};

type Parts<Broken> = Pick<Drill, 'fault' | 'repair'> & {
  readonly inject: (ground: Ground) => Promise<Broken>;
  readonly mend: (ground: Ground, broken: Broken) => Promise<void>;
  readonly minute?: (ground: Ground, broken: Broken) => Promise<void>;
};

/** What was broken is handed to whoever mends it. */
export const drill = <Broken>({ fault, repair, inject, mend, minute }: Parts<Broken>): Drill => ({
  fault,
  repair,
  prepare: async (ground) => async () => {
    const broken = await inject(ground);
    return {
      minute: async () => minute?.(ground, broken),
      repair: async () => {
        await mend(ground, broken);
        return undefined;
      },
    };
  },
});
