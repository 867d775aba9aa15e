// Metrics in a line that a function has printed, in CloudWatch's embedded metric format; any other line has none.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
import * as z from 'zod';
import type { Metric } from './metric.ts';

export type Emitted = {
  readonly metric: Metric;
  readonly values: readonly number[];
  readonly resolutionMs: number;
};

const directive = z.object({
  Namespace: z.string().min(1),
  Dimensions: z.array(z.array(z.string())).default([[]]),
  Metrics: z.array(z.object({ Name: z.string().min(1), StorageResolution: z.literal([1, 60]).default(60) })),
});

const line = z.looseObject({
  _aws: z.object({ Timestamp: z.number(), CloudWatchMetrics: z.array(directive) }),
});
type Line = z.infer<typeof line>;
type Directive = z.infer<typeof directive>;

/** Cheap, since most lines of most functions are none. */
const mayHoldMetrics = (text: string): boolean => text.startsWith('{') && text.includes('"_aws"');

const values = z.union([z.number().transform((value) => [value]), z.array(z.number())]);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A set of dimensions of which one is not in the line is no set at all. */
const dimensionsIn = (from: Line, names: readonly string[]): Record<string, string> | undefined => {
  const found = names.map((name): [string, unknown] => [name, from[name]]);
  return found.some(([, value]) => value === undefined)
    ? undefined
    : Object.fromEntries(found.map(([name, value]) => [name, String(value)]));
};

const emittedBy = (from: Line, { Namespace, Dimensions, Metrics }: Directive): Emitted[] =>
  Metrics.flatMap(({ Name, StorageResolution }) => {
    const given = values.safeParse(from[Name]);
    if (!given.success) return [];
    const sets = Dimensions.map((names) => dimensionsIn(from, names)).filter((set) => set !== undefined);
    return sets.map((dimensions) => ({
      metric: { namespace: Namespace, name: Name, dimensions },
      values: given.data,
      resolutionMs: StorageResolution * 1000,
    }));
  });

export const metricsIn = (text: string): Emitted[] => {
  if (!mayHoldMetrics(text)) return [];
  const found = line.safeParse(parsed(text));
  return found.success
    ? found.data._aws.CloudWatchMetrics.flatMap((each) => emittedBy(found.data, each))
    : [];
};
