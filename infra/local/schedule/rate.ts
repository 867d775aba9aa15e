// `rate(5 minutes)`, the only schedule expression that our templates use, in milliseconds.
import { PlainError } from '../plain-error.ts';

const unitsMs: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

export const rateMs = (expression: string): number => {
  const [, value, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const ms = Number(value) * (unitsMs[unit] ?? Number.NaN);
  if (ms > 0) return ms;
  throw new PlainError(
    `the schedule expression ${expression} is not supported by the local cloud, only rate(...) is`,
  );
};
