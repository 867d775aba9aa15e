// Metrics in CloudWatch's embedded format: properties of a line from which CloudWatch reads them, so that no call is made for them.
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { EmfOutput } from '@aws-lambda-powertools/metrics/types';
import { type DimensionSet, dimensionSets, type MetricName, metrics, namespace } from '#operations/metrics';

/** A count of a unit of work, or its times: a line may carry several. */
export type Measured = { readonly [Name in MetricName]?: number | readonly number[] };

type Directives = { readonly CloudWatchMetrics: readonly unknown[] };
type Embedded = { readonly _aws?: Directives; readonly [property: string]: unknown };

const setNames = Object.keys(dimensionSets) as readonly DimensionSet[];

const entriesOf = (measured: Measured, set: DimensionSet) =>
  (Object.entries(measured) as [MetricName, number | readonly number[] | undefined][]).flatMap(
    ([name, values]) =>
      values === undefined || metrics[name].dimensions !== set
        ? []
        : [{ name, unit: metrics[name].unit, values: [values].flat() }],
  );

/** A number without a unit is a count to CloudWatch, too; the unit would be a tenth of the line. */
const withoutUnitOfCounts = ({ CloudWatchMetrics, ...rest }: EmfOutput['_aws']): Directives => ({
  ...rest,
  CloudWatchMetrics: CloudWatchMetrics.map(({ Metrics, ...directive }) => ({
    ...directive,
    Metrics: Metrics.map(({ Name, Unit }) => (Unit === 'Count' ? { Name } : { Name, Unit })),
  })),
});

/** Powertools knows one set of dimensions a line: each of ours is a document, and a line is all of them. */
const joined = (documents: readonly Embedded[]): Embedded =>
  documents.length === 0
    ? {}
    : {
        ...Object.assign({}, ...documents),
        _aws: {
          ...documents[0]?._aws,
          CloudWatchMetrics: documents.flatMap(({ _aws }) => _aws?.CloudWatchMetrics ?? []),
        },
      };

export const emf = (where: { readonly stage: string; readonly function: string }) => {
  const writer = new Metrics({ namespace });
  writer.clearDefaultDimensions();

  const documentOf = (measured: Measured, set: DimensionSet): Embedded[] => {
    const entries = entriesOf(measured, set);
    if (entries.length === 0) return [];
    writer.addDimensions(Object.fromEntries(dimensionSets[set].map((name) => [name, where[name]])));
    for (const { name, unit, values } of entries)
      for (const value of values) writer.addMetric(name, unit, value);
    const document = writer.serializeMetrics();
    writer.clearMetrics();
    writer.clearDimensions();
    return [{ ...document, _aws: withoutUnitOfCounts(document._aws) }];
  };

  return (measured: Measured): Embedded => joined(setNames.flatMap((set) => documentOf(measured, set)));
};
