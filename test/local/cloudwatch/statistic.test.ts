// What becomes of the values of a period.
import { expect, it } from 'vitest';
import { metricStore } from '#infra/local/cloudwatch/metric-store';
import { statisticNamed } from '#infra/local/cloudwatch/statistic';

const metric = { namespace: 'Shop', name: 'Waited', dimensions: { door: 'front', stage: 'dev' } };
const minuteMs = 60_000;

const valuesOf = (values: readonly number[]) => {
  const store = metricStore();
  store.put(metric, values, 0);
  return store.values(metric, 0, minuteMs);
};

it.each([
  ['SampleCount', [4, 1, 1, 2], 4],
  ['Sum', [4, 1, 1, 2], 8],
  ['Average', [4, 1, 1, 2], 2],
  ['Minimum', [4, 1, 1, 2], 1],
  ['Maximum', [4, 1, 1, 2], 4],
  ['p50', [4, 1, 1, 2], 1],
  ['p75', [4, 1, 1, 2], 2],
  ['p99', [4, 1, 1, 2], 4],
  ['p99.9', [7], 7],
  ['p0', [4, 1], 1],
] as const)('the %s of %j is %d', (name, values, expected) => {
  expect(statisticNamed(name)(valuesOf(values))).toBe(expected);
});

it('a value belongs to the minute in which it was reported', () => {
  const store = metricStore();
  store.put(metric, [1], 59_999);
  store.put(metric, [2], 60_000);

  expect(store.values(metric, 0, minuteMs)).toEqual(new Map([[1, 1]]));
  expect(store.values(metric, minuteMs, 2 * minuteMs)).toEqual(new Map([[2, 1]]));
});

it('in high resolution it belongs to its second', () => {
  const store = metricStore();
  store.put(metric, [1], 1_999, 1000);
  store.put(metric, [2], 2_000, 1000);

  expect(store.values(metric, 0, 2_000)).toEqual(new Map([[1, 1]]));
});

it('the order of its dimensions makes no other metric', () => {
  const store = metricStore();
  store.put(metric, [1], 0);

  const turned = { ...metric, dimensions: { stage: 'dev', door: 'front' } };
  expect(store.values(turned, 0, minuteMs)).toEqual(new Map([[1, 1]]));
});

it('what is older than three hours is forgotten', () => {
  const store = metricStore();
  store.put(metric, [1], 0);
  store.put(metric, [2], 4 * 60 * minuteMs);

  expect(store.values(metric, 0, minuteMs)).toEqual(new Map());
});
