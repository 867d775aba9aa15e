// What a schedule in a template means on this machine.
import { describe, expect, it } from 'vitest';
import { rateMs } from '#infra/local/schedule/rate';

describe('a rate', () => {
  it.each([
    ['rate(1 minute)', 60_000],
    ['rate(5 minutes)', 300_000],
    ['rate(1 hour)', 3_600_000],
    ['rate(2 days)', 172_800_000],
  ])('%s', (expression, ms) => {
    expect(rateMs(expression)).toBe(ms);
  });

  it.each(['cron(0 12 * * ? *)', 'rate(1 second)', 'rate(0 minutes)', 'at(2030-01-01T00:00:00)'])(
    'and %s is an error that says so',
    (expression) => {
      expect(() => rateMs(expression)).toThrow(
        `the schedule expression ${expression} is not supported by the local cloud`,
      );
    },
  );
});
