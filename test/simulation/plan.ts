// What a simulation is told: how long, how many, how bad; and how the trouble is counted.
import { type Dice, dice } from '#test/model/random';

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;

export const sabotages = ['words without a fence', 'saves without a condition'] as const;
/** Of fleets: one device alone does not show them. */
export const fleetSabotages = ['rollouts saved without a condition'] as const;
export type Sabotage = (typeof sabotages | typeof fleetSabotages)[number];

export interface Plan {
  readonly seed: number;
  readonly days: number;
  readonly devices: number;
  /** Only these devices take part; absent: all. What each does is the same with and without the others. */
  readonly only?: readonly number[];
  /** Wishes that are not made, by device and number: `3/7`. */
  readonly without?: ReadonlySet<string>;
  /** Takes something out, to see the simulation fail. */
  readonly sabotage?: Sabotage;
}

/** Of each message or call. */
export const odds = {
  doubled: 0.2,
  lost: 0.05,
  late: 0.1,
  throttled: 0.01,
  /** Before or after a call of the world. */
  crashed: 0.002,
  paused: 0.0005,
  slow: 0.03,
} as const;

/** Of a thousand messages so many fail on each delivery. */
export const poisoned = 0.002;

export const lateMaxMs = 15 * minute;
export const pauseMaxMs = 6 * hour;

export const troubles = [
  'messages doubled',
  'messages lost',
  'messages late',
  'calls throttled',
  'processes crashed',
  'processes paused',
  'requests repeated',
  'requests without an answer',
  'devices offline',
  'devices offline for weeks',
  'devices that lost everything',
  'attempts that failed',
  'digests that were wrong',
  'messages given up',
  'alarms',
] as const;

export type Trouble = (typeof troubles)[number];

export const tally = () => {
  const counts = new Map<Trouble, number>(troubles.map((name) => [name, 0]));
  return {
    add: (name: Trouble): void => {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    counts: (): ReadonlyMap<Trouble, number> => counts,
  };
};

export type Tally = ReturnType<typeof tally>;

/** Each device has its own chance: leaving others out changes nothing for it. */
export const diceOf = ({ seed }: Plan, number: number): Dice =>
  dice(Math.imul(seed, 7_919) + number * 104_729);
