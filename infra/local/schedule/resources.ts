// The schedules of our templates: EventBridge Scheduler, waking functions.
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

export const scheduleTypes = { 'AWS::Scheduler::Schedule': schedule };
