// Metric math, as far as alarms may use it: by CloudWatch's own examples, and an error that says what is not served.
import { describe, expect, it } from 'vitest';
import { evaluateExpression, type Series } from '#infra/local/cloudwatch/math/evaluate';
import { parseExpression } from '#infra/local/cloudwatch/math/parse';

const none = undefined;
const given: Readonly<Record<string, Series>> = {
  m1: [30, 20, 0, 0, none],
  m2: [20, none, 20, none, none],
  is: [1, 1, 0, 0, none],
  yes: [30, none, 0, 0, 30],
  no: [0, 0, 20, none, 20],
  errors: [1, none, none, 0, none],
  requests: [10, 5, 0, none, none],
};

const evaluate = (text: string) =>
  evaluateExpression(
    { series: (id) => given[id], metrics: new Map(Object.entries(given).filter(([id]) => /^m\d/.test(id))) },
    parseExpression(text),
  );

/** 0 and -0 are the same number to everybody but JavaScript. */
const plain = (value: number | undefined) => (value === 0 ? 0 : value);

describe('an expression', () => {
  it.each<[string, Series]>([
    ['m1 + 1', [31, 21, 1, 1, none]],
    ['m1 - m2', [10, 20, -20, 0, none]],
    ['-m1', [-30, -20, 0, 0, none]],
    ['m1 * 2 + 10 / 5', [62, 42, 2, 2, none]],
    ['(m1 + m2) / 2', [25, 10, 10, 0, none]],
    ['m1 < m2', [0, 0, 1, 0, none]],
    ['m1 >= 30', [1, 0, 0, 0, none]],
    ['m1 > 15 AND m2 > 15', [1, 0, 0, 0, none]],
    ['m1 > 25 || m2 > 15', [1, 0, 1, 0, none]],
    ['IF(is, yes, no)', [30, 0, 20, none, none]],
    ['IF(is, 5, no)', [5, 5, 20, none, none]],
    ['IF(is, yes, 5)', [30, 0, 5, 5, none]],
    ['IF(is, 5)', [5, 5, none, none, none]],
    ['FILL(m2, 0)', [20, 0, 20, 0, 0]],
    ['FILL(m2, REPEAT)', [20, 20, 20, 20, 20]],
    ['SUM([m1, m2])', [50, 20, 20, 0, none]],
    ['SUM(METRICS())', [50, 20, 20, 0, none]],
    ['SUM(METRICS("m2"))', [20, none, 20, none, none]],
    ['MAX([m1, m2])', [30, 20, 20, 0, none]],
    ['MIN([m1, m2])', [20, 20, 0, 0, none]],
    ['AVG([m1, m2])', [25, 20, 10, 0, none]],
    // By nothing cannot be divided: there is no value then.
    ['100 * errors / requests', [10, 0, none, none, none]],
    ['IF(FILL(requests, 0) >= 5, 100 * FILL(errors, 0) / FILL(requests, 0), 0)', [10, 0, 0, 0, 0]],
  ])('%s', (text, expected) => {
    expect(evaluate(text).map(plain)).toEqual(expected);
  });
});

describe('what is not served', () => {
  it.each([
    ['ANOMALY_DETECTION_BAND(m1)', 'the function ANOMALY_DETECTION_BAND is not supported'],
    ['SUM(m1)', 'SUM of anything but a list of series is not supported'],
    ['FILL(m1, LINEAR)', 'FILL takes a number or REPEAT'],
    ['unknown + 1', 'there is no metric with the id unknown'],
    ['5 * 5', 'an alarm needs an expression that gives one series'],
    ['[m1, m2]', 'an alarm needs an expression that gives one series'],
    ['METRICS("nowhere")', 'METRICS finds no metric'],
    ['m1 ^ 2', 'the expression m1 ^ 2 is not understood at "^"'],
    ['m1 +', 'the expression m1 + is not understood at its end'],
    ['m1 ? 1', 'cannot be read from " ? 1"'],
  ])('%s is an error that says so', (text, problem) => {
    expect(() => evaluate(text)).toThrow(problem);
  });
});
