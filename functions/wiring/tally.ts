// Numbers that have been measured and not yet told. What is taken is gone, so that nothing is told twice.
import { type MetricName, metrics } from '#operations/metrics';
import type { Measured } from './emf.ts';

export interface Tally {
  readonly add: (measured: Measured) => void;
  readonly take: () => Measured;
}

type Values = number | readonly number[];

/** Counts add up; of times each is kept. */
const joined = (name: MetricName, one: Values, other: Values): Values =>
  metrics[name].unit === 'Count' ? Number(one) + Number(other) : [one, other].flat();

export const tally = (): Tally => {
  const sofar = new Map<MetricName, Values>();
  return {
    add: (measured) => {
      for (const [name, values] of Object.entries(measured) as [MetricName, Values][])
        sofar.set(name, joined(name, sofar.get(name) ?? (metrics[name].unit === 'Count' ? 0 : []), values));
    },
    take: () => {
      const taken = Object.fromEntries(sofar);
      sofar.clear();
      return taken;
    },
  };
};
