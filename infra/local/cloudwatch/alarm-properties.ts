// An alarm as CloudFormation declares it, read strictly, and what the local cloud makes of it.
import * as z from 'zod';
import { PlainError } from '../plain-error.ts';
import { withoutEffect } from '../template/resource-type.ts';
import { type Treatment, treatments } from './alarm-state.ts';
import { parseExpression } from './math/parse.ts';
import type { Metric } from './metric.ts';
import {
  type Comparison,
  checkMetricAlarm,
  comparisons,
  type MetricAlarm,
  type Query,
} from './metric-alarm.ts';
import { statisticNamed } from './statistic.ts';
import type { Announced } from './watch.ts';

/** High resolution is 10 or 30 seconds; all else is counted in minutes. */
const period = z
  .number()
  .int()
  .positive()
  .refine(
    (seconds) => seconds === 10 || seconds === 30 || seconds % 60 === 0,
    'a period is 10, 30 or n x 60 seconds',
  );
const dimensions = z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]);
const metric = z.strictObject({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions });

const query = z.strictObject({
  Id: z.string().regex(/^[a-z][A-Za-z0-9_]*$/),
  Expression: z.string().optional(),
  MetricStat: z.strictObject({ Metric: metric, Period: period, Stat: z.string() }).optional(),
  ReturnData: z.boolean().default(true),
  Period: period.optional(),
  Label: withoutEffect('words for people'),
});

/** Shared by alarms on metrics and alarms on alarms. */
export const announcedProperties = {
  AlarmName: z.string().optional(),
  AlarmDescription: z.string().default(''),
  ActionsEnabled: z.boolean().default(true),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
  InsufficientDataActions: z.array(z.string()).default([]),
  Tags: withoutEffect('nothing is billed here'),
};

export const alarmProperties = z.strictObject({
  ...announcedProperties,
  ComparisonOperator: z.enum(Object.keys(comparisons) as [Comparison, ...Comparison[]]),
  Threshold: z.number(),
  EvaluationPeriods: z.number().int().positive(),
  DatapointsToAlarm: z.number().int().positive().optional(),
  TreatMissingData: z.enum(treatments).optional(),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensions,
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: period.optional(),
  Metrics: z.array(query).optional(),
});
type Properties = z.infer<typeof alarmProperties>;

const metricOf = ({ Namespace, MetricName, Dimensions }: z.infer<typeof metric>): Metric => ({
  namespace: Namespace,
  name: MetricName,
  dimensions: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, Value])),
});

const queryOf = ({ Id, Expression, MetricStat }: z.infer<typeof query>): Query => {
  if (Expression !== undefined) return { id: Id, expression: parseExpression(Expression) };
  if (MetricStat === undefined)
    throw new PlainError(`its metric ${Id} is neither a statistic nor an expression`);
  return { id: Id, metric: metricOf(MetricStat.Metric), statistic: statisticNamed(MetricStat.Stat) };
};

type Watched = Pick<MetricAlarm, 'queries' | 'watched' | 'periodMs'>;

const ofOneMetric = ({ Namespace, MetricName, Dimensions, ...given }: Properties): Watched => {
  const stat = given.Statistic ?? given.ExtendedStatistic;
  if (Namespace === undefined || MetricName === undefined || stat === undefined || given.Period === undefined)
    throw new PlainError('it names neither a metric with its statistic and period nor a list of metrics');
  const query = {
    id: 'm1',
    metric: metricOf({ Namespace, MetricName, Dimensions }),
    statistic: statisticNamed(stat),
  };
  return { queries: [query], watched: 'm1', periodMs: given.Period * 1000 };
};

const ofSeveral = (queries: readonly z.infer<typeof query>[]): Watched => {
  const [watched, ...others] = queries.filter(({ ReturnData }) => ReturnData);
  if (watched === undefined || others.length > 0)
    throw new PlainError('exactly one of its metrics must return data');
  const periods = new Set(queries.flatMap(({ MetricStat }) => MetricStat?.Period ?? []));
  const [only] = periods;
  if (only === undefined || periods.size > 1)
    throw new PlainError('its metrics must all have the same period');
  return { queries: queries.map(queryOf), watched: watched.Id, periodMs: only * 1000 };
};

/** Alarms on DynamoDB ignore what is missing, unless they say otherwise. */
const treatmentOf = ({ TreatMissingData }: Properties, queries: readonly Query[]): Treatment =>
  TreatMissingData ??
  (queries.some((each) => 'metric' in each && each.metric.namespace === 'AWS/DynamoDB')
    ? 'ignore'
    : 'missing');

export const metricAlarmOf = (name: string, properties: Properties): MetricAlarm => {
  const watched = properties.Metrics === undefined ? ofOneMetric(properties) : ofSeveral(properties.Metrics);
  const { EvaluationPeriods, DatapointsToAlarm } = properties;
  const alarm: MetricAlarm = {
    ...watched,
    name,
    rule: {
      evaluationPeriods: EvaluationPeriods,
      datapointsToAlarm: DatapointsToAlarm ?? EvaluationPeriods,
      treatment: treatmentOf(properties, watched.queries),
    },
    comparison: properties.ComparisonOperator,
    threshold: properties.Threshold,
  };
  checkMetricAlarm(alarm);
  return alarm;
};

type AnnouncedProperties = Pick<
  Properties,
  'AlarmDescription' | 'ActionsEnabled' | 'AlarmActions' | 'OKActions' | 'InsufficientDataActions'
>;

const onTopic = (actions: readonly string[]): readonly string[] => {
  const other = actions.find((arn) => !/^arn:[^:]+:sns:/.test(arn));
  if (other !== undefined) throw new PlainError(`it acts on ${other}, and only SNS topics are told here`);
  return actions;
};

export const announcedOf = (properties: AnnouncedProperties): Announced => {
  const tell = (actions: readonly string[]) => (properties.ActionsEnabled ? onTopic(actions) : []);
  return {
    description: properties.AlarmDescription,
    tells: {
      ALARM: tell(properties.AlarmActions),
      OK: tell(properties.OKActions),
      INSUFFICIENT_DATA: tell(properties.InsufficientDataActions),
    },
  };
};
