// All values that were reported in the last hours, by metric and moment; what CloudWatch keeps for months, an alarm needs for hours.
import { type Metric, metricKey } from './metric.ts';
import type { Values } from './statistic.ts';

export type MetricStore = {
  put: (metric: Metric, values: readonly number[], at: number, resolutionMs?: number) => void;
  /** From one moment up to, and without, another. */
  values: (metric: Metric, from: number, to: number) => Values;
};

export const minuteMs = 60_000;
export const keptMs = 3 * 60 * minuteMs;

/** Each value with its count: most numbers of a busy hour are a 0 or a 1. */
type Bucket = Map<number, number>;
type Buckets = Map<number, Bucket>;

const add = (bucket: Bucket, value: number, count: number): void =>
  void bucket.set(value, (bucket.get(value) ?? 0) + count);

const forgetBefore = (buckets: Buckets, moment: number): void => {
  for (const at of buckets.keys()) if (at < moment) buckets.delete(at);
};

export const metricStore = (): MetricStore => {
  const metrics = new Map<string, Buckets>();

  const bucketOf = (metric: Metric, at: number): Bucket => {
    const key = metricKey(metric);
    const buckets = metrics.get(key) ?? new Map<number, Bucket>();
    metrics.set(key, buckets);
    const bucket = buckets.get(at);
    if (bucket !== undefined) return bucket;
    forgetBefore(buckets, at - keptMs);
    const opened: Bucket = new Map();
    buckets.set(at, opened);
    return opened;
  };

  return {
    put: (metric, values, at, resolutionMs = minuteMs) => {
      const bucket = bucketOf(metric, Math.floor(at / resolutionMs) * resolutionMs);
      for (const value of values) add(bucket, value, 1);
    },
    values: (metric, from, to) => {
      const found: Bucket = new Map();
      for (const [at, bucket] of metrics.get(metricKey(metric)) ?? []) {
        if (at < from || at >= to) continue;
        for (const [value, count] of bucket) add(found, value, count);
      }
      return found;
    },
  };
};
