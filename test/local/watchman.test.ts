// What is said at the terminal when an alarm changes its state.
import { expect, it } from 'vitest';
import { linesOf } from '#infra/local/watchman';

const change = { alarm: 'late', reason: 'it is 7', at: 0 };

it.each([
  ['OK', 'ALARM', ['ALARM  late: it is 7']],
  ['INSUFFICIENT_DATA', 'ALARM', ['ALARM  late: it is 7']],
  ['ALARM', 'OK', ['over   late is OK']],
  ['ALARM', 'INSUFFICIENT_DATA', ['over   late is INSUFFICIENT_DATA']],
  ['INSUFFICIENT_DATA', 'OK', []],
  ['OK', 'INSUFFICIENT_DATA', []],
] as const)('from %s to %s', (from, to, expected) => {
  expect(linesOf({ ...change, from, to })).toEqual(expected);
});
