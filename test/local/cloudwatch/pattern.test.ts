// Which events a pattern matches.
import { describe, expect, it } from 'vitest';
import { compilePattern } from '#infra/local/events/pattern';

const event = {
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  resources: ['arn:aws:cloudwatch:us-east-1:000000000000:alarm:shop-late'],
  detail: { alarmName: 'shop-late', state: { value: 'ALARM' }, previousState: { value: 'OK' } },
};

describe('a pattern', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ['nothing', {}, true],
    ['one of its values', { source: ['aws.events', 'aws.cloudwatch'] }, true],
    ['another value', { source: ['aws.events'] }, false],
    ['a nested value', { detail: { state: { value: ['ALARM'] } } }, true],
    ['every field', { source: ['aws.cloudwatch'], detail: { state: { value: ['OK'] } } }, false],
    ['a field that is missing', { detail: { severity: ['high'] } }, false],
    ['an item of a list', { resources: [{ prefix: 'arn:aws:cloudwatch' }] }, true],
    ['a prefix', { detail: { alarmName: [{ prefix: 'shop-' }] } }, true],
    ['a suffix', { detail: { alarmName: [{ suffix: '-early' }] } }, false],
    ['anything but', { detail: { previousState: { value: [{ 'anything-but': ['ALARM'] }] } } }, true],
    ['anything but this', { detail: { previousState: { value: [{ 'anything-but': 'OK' }] } } }, false],
    ['what exists', { detail: { alarmName: [{ exists: true }] } }, true],
    ['what does not exist', { detail: { severity: [{ exists: false }] } }, true],
  ])('%s', (_what, pattern, expected) => {
    expect(compilePattern(pattern)(event)).toBe(expected);
  });

  it.each<[string, Record<string, unknown>]>([
    ['numeric', { detail: { count: [{ numeric: ['>', 0] }] } }],
    ['$or', { $or: [{ source: ['a'] }] }],
    ['anything-but', { source: [{ 'anything-but': { prefix: 'aws' } }] }],
    ['is no list', { source: 'aws.cloudwatch' }],
  ])('with %s is an error that says so', (what, pattern) => {
    expect(() => compilePattern(pattern)).toThrow(what);
  });
});
