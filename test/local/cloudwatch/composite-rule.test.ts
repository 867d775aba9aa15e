// The rule of an alarm on alarms.
import { describe, expect, it } from 'vitest';
import type { AlarmState } from '#infra/local/cloudwatch/alarm-state';
import { parseCompositeRule } from '#infra/local/cloudwatch/composite-rule';

const states: Readonly<Record<string, AlarmState>> = { fire: 'ALARM', water: 'OK', air: 'INSUFFICIENT_DATA' };
const holds = (rule: string) => parseCompositeRule(rule).holds((name) => states[name] ?? 'INSUFFICIENT_DATA');

describe('a rule', () => {
  it.each<[string, boolean]>([
    ['ALARM("fire")', true],
    ['ALARM(fire)', true],
    ['ALARM("arn:aws:cloudwatch:us-east-1:000000000000:alarm:fire")', true],
    ['ALARM("water")', false],
    ['OK("water")', true],
    ['INSUFFICIENT_DATA("air")', true],
    ['ALARM("water") OR ALARM("fire")', true],
    ['ALARM("water") AND ALARM("fire")', false],
    ['ALARM("fire") AND NOT ALARM("water")', true],
    ['NOT (ALARM("fire") OR ALARM("water"))', false],
    // AND binds more tightly than OR.
    ['ALARM("fire") OR ALARM("fire") AND ALARM("water")', true],
    ['(ALARM("fire") OR ALARM("fire")) AND ALARM("water")', false],
    ['FALSE OR TRUE', true],
  ])('%s is %s', (rule, expected) => {
    expect(holds(rule)).toBe(expected);
  });

  it('knows the alarms that it speaks of', () => {
    expect(parseCompositeRule('(ALARM("a") OR OK("b")) AND NOT ALARM("a")').alarms).toEqual(['a', 'b']);
  });

  it.each(['', 'ALARM', 'ALARM("fire"', 'BURNING("fire")', 'ALARM("fire") ALARM("fire")'])(
    'and "%s" is none',
    (rule) => {
      expect(() => parseCompositeRule(rule)).toThrow('is not understood');
    },
  );
});
