// What becomes of all values of a period: one number, by the statistic's name.
import { PlainError } from '../plain-error.ts';

/** Each value, and how often it was reported. */
export type Values = ReadonlyMap<number, number>;

/** Of at least one value. */
export type Statistic = (values: Values) => number;

const total = (values: Values, of: (value: number, count: number) => number): number =>
  [...values].reduce((sum, [value, count]) => sum + of(value, count), 0);

const count: Statistic = (values) => total(values, (_value, count) => count);
const sum: Statistic = (values) => total(values, (value, count) => value * count);

const named: Readonly<Record<string, Statistic>> = {
  SampleCount: count,
  Sum: sum,
  Average: (values) => sum(values) / count(values),
  // Not by Math.min(...values): a busy minute has more values than a call may have arguments.
  Minimum: (values) => [...values.keys()].reduce((least, value) => Math.min(least, value)),
  Maximum: (values) => [...values.keys()].reduce((most, value) => Math.max(most, value)),
};

const percentileName = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/;

/** The nearest rank: CloudWatch's own is an estimate, too. */
const percentile =
  (percent: number): Statistic =>
  (values) => {
    const rank = Math.max(1, Math.ceil((percent / 100) * count(values)));
    const sorted = [...values].sort(([left], [right]) => left - right);
    let seen = 0;
    for (const [value, times] of sorted) {
      seen += times;
      if (seen >= rank) return value;
    }
    return Number.NaN;
  };

export const statisticNamed = (name: string): Statistic => {
  const percent = percentileName.exec(name)?.[1];
  const found = percent === undefined ? named[name] : percentile(Number(percent));
  if (found !== undefined) return found;
  throw new PlainError(`the statistic ${name} is not supported by the local cloud`);
};
