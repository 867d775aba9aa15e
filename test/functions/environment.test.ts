// What a function is told about its surroundings: all of it or none of it, and what is missing is named.
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '#functions/wiring/env';
import { environments, type FunctionName } from '#operations/environment';

const whole: Readonly<Record<string, string>> = {
  STAGE: 'dev',
  TABLE_NAME: 'shadowcast-dev',
  TRANSITIONS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/shadowcast-dev-transitions',
  ROLLOUTS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/shadowcast-dev-rollouts',
  WEBHOOKS_QUEUE_URL: 'https://sqs.eu-central-1.amazonaws.com/123456789012/shadowcast-dev-webhooks',
  STAGE_ALARM: 'shadowcast-dev-users-are-hurt',
  WEBHOOK_REACH: 'public',
  DEVICE_POLICY_NAME: 'shadowcast-dev-thing',
  RECEIVES_MAX: '5',
};

const names = Object.keys(environments) as FunctionName[];
const variables = names.flatMap((name) =>
  Object.keys(environments[name].shape).map((key) => [name, key] as const),
);

describe('an environment', () => {
  it.each(names)('of %s that is whole is read', (name) => {
    expect(Object.keys(readEnvironment(name, { ...whole })).sort()).toEqual(
      Object.keys(environments[name].shape).sort(),
    );
  });

  it.each(variables)('of %s without %s says that this one is missing', (name, variable) => {
    const { [variable]: _, ...rest } = whole;
    expect(() => readEnvironment(name, rest)).toThrow(variable);
    expect(() => readEnvironment(name, { ...whole, [variable]: '' })).toThrow(variable);
  });

  it('makes numbers of numbers, and refuses what is none', () => {
    expect(readEnvironment('carry-out-transition', { ...whole }).RECEIVES_MAX).toBe(5);
    for (const wrong of ['five', '0', '-1', '1.5'])
      expect(() => readEnvironment('carry-out-transition', { ...whole, RECEIVES_MAX: wrong })).toThrow(
        'RECEIVES_MAX',
      );
  });
});
