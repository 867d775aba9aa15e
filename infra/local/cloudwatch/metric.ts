// A metric as CloudWatch knows it: a name in a namespace, for one value of each of its dimensions.

export type Dimensions = Readonly<Record<string, string>>;

export type Metric = { readonly namespace: string; readonly name: string; readonly dimensions: Dimensions };

/** What a service emits of itself: several numbers of the same moment and the same dimensions. */
export type Measure = (
  namespace: string,
  dimensions: Dimensions,
  values: Readonly<Record<string, number>>,
) => void;

export const metricKey = ({ namespace, name, dimensions }: Metric): string =>
  JSON.stringify([
    namespace,
    name,
    Object.entries(dimensions).sort(([left], [right]) => (left < right ? -1 : 1)),
  ]);
