// The schedules of our templates: EventBridge Scheduler and scheduled EventBridge rules, both waking functions.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Parts } from '../parts.ts';
import { arnOf, resourceType, withoutEffect } from '../template/resource-type.ts';
import { rateMs } from './rate.ts';

const functionArn = z.string().regex(/^arn:[^:]+:lambda:/, 'only functions are woken here');

const wake = ({ clock, functions }: Parts, expression: string, target: string, input: () => string): void =>
  clock.every(rateMs(expression), () => functions.send(target, input()));

const schedule = resourceType({
  properties: z.strictObject({
    Name: z.string().optional(),
    ScheduleExpression: z.string(),
    State: z.literal(['ENABLED', 'DISABLED']).default('ENABLED'),
    FlexibleTimeWindow: z.strictObject({ Mode: z.literal('OFF') }),
    Target: z.strictObject({
      Arn: functionArn,
      Input: z.string().default('{}'),
      RoleArn: withoutEffect('what the role allows is checked over the whole plan'),
      RetryPolicy: withoutEffect(
        'a local function is always reachable, so the scheduler itself never retries',
      ),
    }),
    Description: withoutEffect('words for people'),
    ScheduleExpressionTimezone: withoutEffect('a rate has no time zone'),
  }),
  nameProperty: 'Name',
  attributes: { Arn: arnOf('scheduler', 'schedule/default/') },
  starts: {
    with: 'doors',
    start: ({ properties: { State, ScheduleExpression, Target } }, parts) => {
      if (State === 'ENABLED') wake(parts, ScheduleExpression, Target.Arn, () => Target.Input);
    },
  },
});

const scheduledEvent = (ruleArn: string, { world }: Parts): string =>
  JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: world.accountId,
    time: new Date().toISOString(),
    region: world.region,
    resources: [ruleArn],
    detail: {},
  });

const rule = resourceType({
  properties: z.strictObject({
    Name: z.string().optional(),
    ScheduleExpression: z.string(),
    State: z.literal(['ENABLED', 'DISABLED']).default('ENABLED'),
    Targets: z
      .array(z.strictObject({ Arn: functionArn, Id: z.string(), Input: z.string().optional() }))
      .default([]),
    Description: withoutEffect('words for people'),
  }),
  nameProperty: 'Name',
  attributes: { Arn: arnOf('events', 'rule/') },
  starts: {
    with: 'doors',
    start: ({ name, properties: { State, ScheduleExpression, Targets } }, parts) => {
      const ruleArn = arnOf('events', 'rule/')({ name, world: parts.world });
      for (const { Arn, Input } of State === 'ENABLED' ? Targets : []) {
        wake(parts, ScheduleExpression, Arn, () => Input ?? scheduledEvent(ruleArn, parts));
      }
    },
  },
});

export const scheduleTypes = {
  'AWS::Scheduler::Schedule': schedule,
  'AWS::Events::Rule': rule,
};
