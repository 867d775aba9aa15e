// Section: how long a fleet takes, simulated with the counts of a life against AWS's quotas.
import { tableOf } from '../markdown.ts';
import { section } from '../section.ts';
import { type Costs, type Outcome, type Surroundings, scenarios, simulate } from './scenarios.ts';

export interface Simulated {
  readonly name: string;
  readonly around: Surroundings;
  readonly outcome: Outcome;
}

/** As the section `counts` finds them, whose test holds them to this; a presence is one save of a thing. */
export const counted: Costs = { createWriteUnits: 4, reportWriteUnits: 3, presenceWriteUnits: 1 };

const minutes = (seconds: number): string =>
  seconds < 60 ? `${seconds.toFixed(1)} s` : `${(seconds / 60).toFixed(1)} min`;

const render = (simulated: readonly Simulated[]): string =>
  [
    `A discrete-event simulation, the same in every run: making a deployment takes ${counted.createWriteUnits} write units, delivering it one shadow operation, its report another one and ${counted.reportWriteUnits} write units, in batches of 10. Limits: shadow operations 4,000/s (400/s in small regions); a new table 4,000 write units/s, doubling every 30 minutes; functions from 5 on, 300 more a minute, up to the event source's maximum of 50; 500 connects/s. The limit is what two shadow operations a device take at that rate: nobody can be faster.`,
    '',
    tableOf(
      [
        'what happens',
        'all confirmed after',
        'limit',
        'ratio',
        'longest queue',
        'p50',
        'p99',
        '<held back by',
      ],
      simulated.map(({ name, outcome }) => [
        name,
        minutes(outcome.finishedSeconds),
        minutes(outcome.limitSeconds),
        outcome.finishedSeconds / outcome.limitSeconds,
        outcome.longestQueue,
        minutes(outcome.p50Seconds),
        minutes(outcome.p99Seconds),
        outcome.boundBy,
      ]),
    ),
  ].join('\n');

export const scale = section(
  'scale',
  'A million devices, simulated',
  async ({ say }) =>
    Object.entries(scenarios).map(([name, around]) => {
      say(`scale: ${name}`);
      return { name, around, outcome: simulate(counted, around) };
    }),
  render,
);
