// An alarm on a metric, or on an expression over several: what it looks at, and which state follows from that.
import { PlainError } from '../plain-error.ts';
import { type AlarmRule, type AlarmState, type Breach, lookedAt, nextState } from './alarm-state.ts';
import { evaluateExpression, type Known, type Series } from './math/evaluate.ts';
import type { Expression } from './math/parse.ts';
import type { Metric } from './metric.ts';
import { keptMs, type MetricStore, minuteMs } from './metric-store.ts';
import type { Statistic } from './statistic.ts';

export const comparisons = {
  GreaterThanThreshold: (value: number, threshold: number) => value > threshold,
  GreaterThanOrEqualToThreshold: (value: number, threshold: number) => value >= threshold,
  LessThanThreshold: (value: number, threshold: number) => value < threshold,
  LessThanOrEqualToThreshold: (value: number, threshold: number) => value <= threshold,
} as const;
export type Comparison = keyof typeof comparisons;

export type Query =
  | { readonly id: string; readonly metric: Metric; readonly statistic: Statistic }
  | { readonly id: string; readonly expression: Expression };

export type MetricAlarm = {
  readonly name: string;
  readonly rule: AlarmRule;
  readonly periodMs: number;
  readonly queries: readonly Query[];
  /** The id of the query whose series is compared. */
  readonly watched: string;
  readonly comparison: Comparison;
  readonly threshold: number;
};

/** The periods end with the last whole minute (or the last whole period, where that is shorter) and reach back from there. */
const windowOf = ({ periodMs, rule }: MetricAlarm, now: number) => {
  const step = Math.min(periodMs, minuteMs);
  const end = Math.floor(now / step) * step;
  const periods = lookedAt(rule);
  return Array.from({ length: periods }, (_, index) => end - (periods - index) * periodMs);
};

const seriesOf = (store: MetricStore, alarm: MetricAlarm, starts: readonly number[]): Series => {
  const done = new Map<string, Series>();
  const metrics = new Map<string, Series>();
  const known: Known = { metrics, series: (id) => done.get(id) ?? byId(id) };

  const measure = (metric: Metric, statistic: Statistic): Series =>
    starts.map((from) => {
      const values = store.values(metric, from, from + alarm.periodMs);
      return values.size === 0 ? undefined : statistic(values);
    });

  const byId = (id: string): Series | undefined => {
    const query = alarm.queries.find((each) => each.id === id);
    if (query === undefined || !('expression' in query)) return undefined;
    const series = evaluateExpression(known, query.expression);
    done.set(id, series);
    return series;
  };

  for (const query of alarm.queries) {
    if ('expression' in query) continue;
    const series = measure(query.metric, query.statistic);
    metrics.set(query.id, series);
    done.set(query.id, series);
  }
  return known.series(alarm.watched) ?? [];
};

export type Evaluated = { readonly state: AlarmState; readonly points: Series };

/**
 * Nobody knows what was before we began to look. Where silence is an alarm, that silence is none: otherwise each start of the local
 * cloud would set it off.
 */
const breachOf = (alarm: MetricAlarm, value: number | undefined, isBefore: boolean): Breach => {
  if (value !== undefined) return comparisons[alarm.comparison](value, alarm.threshold);
  return isBefore && alarm.rule.treatment === 'breaching' ? false : undefined;
};

export const evaluateMetricAlarm =
  (store: MetricStore, since: number) =>
  (alarm: MetricAlarm, now: number, current: AlarmState): Evaluated => {
    const starts = windowOf(alarm, now);
    const points = seriesOf(store, alarm, starts);
    const breaches = points.map((value, at) => breachOf(alarm, value, (starts[at] ?? 0) < since));
    return { state: nextState(alarm.rule)(breaches, current), points };
  };

/** What can be said of an alarm before there is any data: better at start than at its first evaluation. */
export const checkMetricAlarm = (alarm: MetricAlarm): void => {
  const { rule, periodMs } = alarm;
  if (rule.datapointsToAlarm > rule.evaluationPeriods)
    throw new PlainError('it wants more breaching datapoints than it looks at');
  if (lookedAt(rule) * periodMs > keptMs)
    throw new PlainError(`it looks back further than the ${keptMs / minuteMs} minutes that are kept here`);
  const nothing: MetricStore = { put: () => {}, values: () => new Map() };
  evaluateMetricAlarm(nothing, 0)(alarm, 0, 'OK');
};
