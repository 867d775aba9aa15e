// All values that were reported in the last hours, by metric and moment; what CloudWatch keeps for months, an alarm needs for hours.
import { type Metric, metricKey } from './metric.ts';

export type MetricStore = {
  put: (metric: Metric, values: readonly number[], at: number, resolutionMs?: number) => void;
  /** From one moment up to, and without, another. */
  values: (metric: Metric, from: number, to: number) => number[];
};

export const minuteMs = 60_000;
export const keptMs = 3 * 60 * minuteMs;

type Buckets = Map<number, number[]>;

const forgetBefore = (buckets: Buckets, moment: number): void => {
  for (const at of buckets.keys()) if (at < moment) buckets.delete(at);
};

export const metricStore = (): MetricStore => {
  const metrics = new Map<string, Buckets>();

  const bucketOf = (metric: Metric, at: number): number[] => {
    const key = metricKey(metric);
    const buckets = metrics.get(key) ?? new Map<number, number[]>();
    metrics.set(key, buckets);
    const bucket = buckets.get(at);
    if (bucket !== undefined) return bucket;
    forgetBefore(buckets, at - keptMs);
    const opened: number[] = [];
    buckets.set(at, opened);
    return opened;
  };

  return {
    put: (metric, values, at, resolutionMs = minuteMs) => {
      const bucket = bucketOf(metric, Math.floor(at / resolutionMs) * resolutionMs);
      for (const value of values) bucket.push(value);
    },
    values: (metric, from, to) =>
      [...(metrics.get(metricKey(metric)) ?? [])].flatMap(([at, values]) =>
        at >= from && at < to ? values : [],
      ),
  };
};
