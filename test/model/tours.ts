// What `npm run model` goes through: some small worlds to their end, and the largest as far as there is room.
import { type Bounds, bounds } from './bounds.ts';

export interface Tour {
  readonly bounds: Bounds;
  readonly statesMax: number;
}

const toTheEnd = 100_000_000;

const tour = (over: Partial<Bounds>, statesMax = toTheEnd): Tour => ({ bounds: bounds(over), statesMax });

const everything = { devices: 2, deployments: 3, workers: 2 } as const;

/** Seconds: part of `npm test`. */
export const quick: readonly Tour[] = [
  tour({ name: 'one deployment', deployments: 1, outages: true, givesUp: true, wordsMax: 1 }),
  tour({
    name: 'one deployment in a queue',
    deployments: 1,
    channel: 'software',
    outages: true,
    givesUp: true,
  }),
  tour({
    name: 'a group: one rollout',
    deployments: 1,
    channel: 'environment',
    group: true,
    wordsMax: 1,
  }),
  tour({ name: 'two at once', deployments: 2, failures: false, wordsMax: 1, repeats: false }),
];

/** About a minute. */
export const standard: readonly Tour[] = [
  ...quick,
  tour({ name: 'one deployment, two processes', deployments: 1, workers: 2 }),
  tour({ name: 'one deployment, a device that is lost', deployments: 1, losses: 2, wordsMax: 1 }),
  tour({
    name: 'a deadline, and staging',
    deployments: 2,
    stages: true,
    deadlines: true,
    wordsMax: 1,
    failures: false,
    repeats: false,
  }),
  tour({
    name: 'a group: two rollouts',
    deployments: 2,
    channel: 'environment',
    group: true,
    wordsMax: 1,
    failures: false,
  }),
  tour({
    name: 'a group: one rollout, two processes',
    deployments: 1,
    workers: 2,
    channel: 'environment',
    group: true,
    wordsMax: 1,
    failures: false,
  }),
  tour({ name: 'a queue of two', deployments: 2, channel: 'software' }),
  tour({ name: 'two devices, three deployments, two processes', ...everything }, 1_000_000),
];

/** Ten times as much. */
export const long: readonly Tour[] = [
  ...standard.slice(0, -1),
  tour({ name: 'two deployments', deployments: 2 }),
  tour(
    {
      name: 'a queue of two, two processes',
      deployments: 2,
      workers: 2,
      channel: 'software',
      failures: false,
      wordsMax: 1,
    },
    4_000_000,
  ),
  tour(
    {
      name: 'two deployments, two processes',
      deployments: 2,
      workers: 2,
      outages: true,
      givesUp: true,
      losses: 1,
    },
    3_000_000,
  ),
  tour({ name: 'two devices, three deployments, two processes', ...everything }, 5_000_000),
];
