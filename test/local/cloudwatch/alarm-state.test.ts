// An alarm's state by CloudWatch's published tables, cell by cell: X breaches, 0 does not, - is missing; the newest period is the last.
import { describe, expect, it } from 'vitest';
import { type AlarmState, nextState, type Treatment } from '#infra/local/cloudwatch/alarm-state';

const points = (text: string) => text.split(' ').map((each) => (each === '-' ? undefined : each === 'X'));

type Row = readonly [
  points: string,
  missing: string,
  ignore: string,
  breaching: string,
  notBreaching: string,
];

const treatments: readonly Treatment[] = ['missing', 'ignore', 'breaching', 'notBreaching'];

const states: Readonly<Record<string, readonly AlarmState[]>> = {
  ok: ['OK', 'OK', 'OK'],
  alarm: ['ALARM', 'ALARM', 'ALARM'],
  unknown: ['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA'],
  kept: ['OK', 'ALARM', 'INSUFFICIENT_DATA'],
};
const before: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

const check = (evaluationPeriods: number, datapointsToAlarm: number, rows: readonly Row[]) => {
  const cells = rows.flatMap(([text, ...expected]) =>
    treatments.map((treatment, index) => ({ text, treatment, expected: expected[index] ?? '' })),
  );
  it.each(cells)('$text with $treatment is $expected', ({ text, treatment, expected }) => {
    const decide = nextState({ evaluationPeriods, datapointsToAlarm, treatment });
    expect(before.map((current) => decide(points(text), current))).toEqual(states[expected]);
  });
};

describe('3 out of 3', () => {
  check(3, 3, [
    //               missing    ignore   breaching  notBreaching
    ['0 - X - X', 'ok', 'ok', 'ok', 'ok'],
    ['0 - - - -', 'ok', 'ok', 'ok', 'ok'],
    ['- - - - 0', 'ok', 'ok', 'ok', 'ok'],
    ['- - - - -', 'unknown', 'kept', 'alarm', 'ok'],
    ['0 X X - X', 'alarm', 'alarm', 'alarm', 'alarm'],
    ['- - - - X', 'unknown', 'kept', 'alarm', 'ok'],
    ['- - X - -', 'alarm', 'kept', 'alarm', 'ok'],
    ['X - - - -', 'alarm', 'kept', 'alarm', 'ok'],
    ['X X X X 0', 'ok', 'ok', 'ok', 'ok'],
  ]);
});

describe('2 out of 3', () => {
  check(3, 2, [
    ['0 - X - X', 'alarm', 'alarm', 'alarm', 'alarm'],
    ['0 0 X 0 X', 'alarm', 'alarm', 'alarm', 'alarm'],
    ['0 - X - -', 'ok', 'ok', 'alarm', 'ok'],
    ['- - - - 0', 'ok', 'ok', 'alarm', 'ok'],
    ['- - - - X', 'unknown', 'kept', 'alarm', 'ok'],
    ['- - - X -', 'alarm', 'kept', 'alarm', 'ok'],
    ['- - - X X', 'alarm', 'alarm', 'alarm', 'alarm'],
    ['X X 0 0 X', 'ok', 'ok', 'ok', 'ok'],
  ]);
});

describe('1 out of 1', () => {
  check(1, 1, [
    ['0 0 X', 'alarm', 'alarm', 'alarm', 'alarm'],
    ['X X 0', 'ok', 'ok', 'ok', 'ok'],
    // The last value that is there decides, however the gap after it is to be treated.
    ['X - -', 'alarm', 'alarm', 'alarm', 'alarm'],
    ['- - -', 'unknown', 'kept', 'alarm', 'ok'],
  ]);
});
