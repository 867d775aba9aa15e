// Numbers to look at: ours by their table, AWS's by the names that AWS gives them.
import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { dimensionSets, type MetricName, metrics, namespace } from '#operations/metrics';
import type { HouseFunction } from './function.ts';
import type { Stage } from './stage.ts';

export type Statistic = 'Sum' | 'Maximum' | 'SampleCount' | 'p50' | 'p99';

const everyMinute = Duration.minutes(1);

type Values = { readonly function?: string };

/** A dimension without its value does not exist in CloudWatch: better to hear of it here. */
const settingOf = (name: MetricName, dimension: string, values: Readonly<Record<string, string>>): string => {
  const value = values[dimension];
  if (value === undefined) throw new Error(`${name} has the dimension ${dimension}: say which.`);
  return value;
};

export const ours =
  ({ name: stage }: Stage) =>
  (name: MetricName, statistic: Statistic, values: Values = {}, label: string = name): Metric =>
    new Metric({
      namespace,
      metricName: name,
      dimensionsMap: Object.fromEntries(
        dimensionSets[metrics[name].dimensions].map((dimension) => [
          dimension,
          settingOf(name, dimension, { stage, ...values }),
        ]),
      ),
      statistic,
      period: everyMinute,
      label,
    });

export const ofAws =
  (service: 'ApiGateway' | 'Lambda' | 'SQS' | 'DynamoDB' | 'IoT' | 'Logs') =>
  (
    metricName: string,
    statistic: Statistic,
    dimensionsMap: Record<string, string>,
    label: string = metricName,
  ): Metric =>
    new Metric({
      namespace: `AWS/${service}`,
      metricName,
      dimensionsMap,
      statistic,
      period: everyMinute,
      label,
    });

/** One of AWS's numbers for each route of a door, whichever are asked for: only a dashboard can search. */
export const byRoute = (
  metricName: string,
  statistic: Statistic,
  doors: readonly { readonly id: string }[],
): MathExpression[] =>
  doors.map(
    ({ id }) =>
      new MathExpression({
        expression: `SEARCH('{AWS/ApiGateway,ApiId,Method,Resource,Stage} MetricName="${metricName}" ApiId="${id}"', '${statistic}', ${everyMinute.toSeconds()})`,
        label: '',
        usingMetrics: {},
        period: everyMinute,
      }),
  );

/** Expressions of expressions share one set of ids. */
const prefixOf = (label: string): string => label.toLowerCase().replaceAll(/[^a-z]/g, '');

/** CloudWatch's own limit for the expression of an alarm. A widget may have more. */
export const alarmMetricsMax = 10;

/** Of many metrics one: `each` gets the id of one and its place, and a minute without a value is 0. */
export const summed = (
  label: string,
  metrics: readonly IMetric[],
  each: (id: string, index: number) => string = (id) => id,
): MathExpression => {
  const ids = metrics.map((_, index) => `${prefixOf(label)}${index}`);
  return new MathExpression({
    label,
    expression: ids.map((id, index) => each(`FILL(${id}, 0)`, index)).join(' + '),
    usingMetrics: Object.fromEntries(ids.map((id, index) => [id, metrics[index] as IMetric])),
    period: everyMinute,
  });
};

export const isDoor = ({ name }: HouseFunction): boolean => name.startsWith('api-');
