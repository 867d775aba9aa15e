// Which metrics a line holds that a function has printed.
import { expect, it } from 'vitest';
import { metricsIn } from '#infra/local/cloudwatch/emf';

const line = (
  more: object,
  metrics: readonly object[],
  dimensions: readonly (readonly string[])[] = [['stage']],
) =>
  JSON.stringify({
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [{ Namespace: 'Shop', Dimensions: dimensions, Metrics: metrics }],
    },
    stage: 'dev',
    ...more,
  });

it('a line may hold several, of one value or of many', () => {
  const text = line({ Sold: 2, Took: [5, 7] }, [{ Name: 'Sold', Unit: 'Count' }, { Name: 'Took' }]);

  expect(metricsIn(text)).toEqual([
    {
      metric: { namespace: 'Shop', name: 'Sold', dimensions: { stage: 'dev' } },
      values: [2],
      resolutionMs: 60_000,
    },
    {
      metric: { namespace: 'Shop', name: 'Took', dimensions: { stage: 'dev' } },
      values: [5, 7],
      resolutionMs: 60_000,
    },
  ]);
});

it('each set of dimensions makes a metric of its own', () => {
  const text = line({ Sold: 1, door: 'front' }, [{ Name: 'Sold' }], [[], ['stage', 'door'], ['nowhere']]);

  expect(metricsIn(text).map(({ metric: { dimensions } }) => dimensions)).toEqual([
    {},
    { stage: 'dev', door: 'front' },
  ]);
});

it('high resolution is kept to the second', () => {
  const [emitted] = metricsIn(line({ Sold: 1 }, [{ Name: 'Sold', StorageResolution: 1 }]));

  expect(emitted?.resolutionMs).toBe(1000);
});

it.each([
  ['plain words', 'sold two of them'],
  ['JSON without metrics', '{"level":"INFO","message":"_aws"}'],
  ['a metric without its value', line({}, [{ Name: 'Sold' }])],
  ['a metric whose value is no number', line({ Sold: 'two' }, [{ Name: 'Sold' }])],
  ['half a line', '{"_aws":{"Timestamp"'],
])('%s holds none', (_what, text) => {
  expect(metricsIn(text)).toEqual([]);
});
