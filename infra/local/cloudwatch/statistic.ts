// What becomes of all values of a period: one number, by the statistic's name.
import { PlainError } from '../plain-error.ts';

/** Of at least one value. */
export type Statistic = (values: readonly number[]) => number;

const sum: Statistic = (values) => values.reduce((total, value) => total + value, 0);

const named: Readonly<Record<string, Statistic>> = {
  SampleCount: (values) => values.length,
  Sum: sum,
  Average: (values) => sum(values) / values.length,
  // Not by Math.min(...values): a busy minute has more values than a call may have arguments.
  Minimum: (values) => values.reduce((least, value) => Math.min(least, value)),
  Maximum: (values) => values.reduce((most, value) => Math.max(most, value)),
};

const percentileName = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/;

/** The nearest rank: CloudWatch's own is an estimate, too. */
const percentile =
  (percent: number): Statistic =>
  (values) => {
    const sorted = [...values].sort((left, right) => left - right);
    return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
  };

export const statisticNamed = (name: string): Statistic => {
  const percent = percentileName.exec(name)?.[1];
  const found = percent === undefined ? named[name] : percentile(Number(percent));
  if (found !== undefined) return found;
  throw new PlainError(`the statistic ${name} is not supported by the local cloud`);
};
