// How a rollout shall go: in which waves, how many failures it bears, and when it is late. Pure arithmetic on numbers of things.

/** Of all things of the rollout. Percentages are rounded down: a wave never exposes more than it says. */
export type Size = { readonly percent: number } | { readonly count: number };

export interface Plan {
  /** How many have it once a wave is through, the smallest first. Everything is the last wave, said or not. */
  readonly waves: readonly Size[];
  /** Pause between two waves, in ms, in which failures still count. */
  readonly bakeMs: number;
  /** More failures than this among those that have been exposed end it. */
  readonly failuresMax: Size;
  /** From its creation, in ms, pauses not counted. */
  readonly deadlineMs: number;
  /** Names of CloudWatch alarms that halt it. */
  readonly alarms: readonly string[];
  /** Should it fail, what the group had before is deployed again, to all, as a rollout of its own. */
  readonly rollsBack: boolean;
}

const hourMs = 60 * 60 * 1000;

/** All at once, and nothing may fail. */
export const allAtOnce: Plan = {
  waves: [],
  bakeMs: 0,
  failuresMax: { count: 0 },
  deadlineMs: hourMs,
  alarms: [],
  rollsBack: false,
};

/** Percentages of whole numbers may come out as 2.9999999999999996. */
const hair = 1e-9;

export const sizeOf = (size: Size, of: number): number =>
  'count' in size ? Math.min(size.count, of) : Math.min(Math.floor((size.percent * of) / 100 + hair), of);

/** How many of `total` have been exposed when each wave is open; waves that would add nobody are left out. */
export const boundsOf = ({ waves }: Plan, total: number): readonly number[] => {
  const bounds = [...waves.map((wave) => sizeOf(wave, total)), total];
  return bounds.filter((bound, at) => bound > Math.max(0, ...bounds.slice(0, at)));
};

/** The next bound above what is exposed; undefined when everything is. */
export const nextBound = (plan: Plan, total: number, exposed: number): number | undefined =>
  boundsOf(plan, total).find((bound) => bound > exposed);

export const toleratedFailures = ({ failuresMax }: Plan, exposed: number): number => {
  if ('count' in failuresMax) return failuresMax.count;
  return sizeOf(failuresMax, exposed);
};
