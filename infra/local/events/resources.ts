// EventBridge rules of our templates: functions that are woken by the clock, or by an event that matches a pattern.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Parts } from '../parts.ts';
import { rateMs } from '../schedule/rate.ts';
import { arnOf, type Resource, resourceType, withoutEffect } from '../template/resource-type.ts';
import { compilePattern } from './pattern.ts';

const target = z.strictObject({
  Arn: z.string().regex(/^arn:[^:]+:lambda:/, 'only functions are woken here'),
  Id: z.string(),
  Input: z.string().optional(),
  RetryPolicy: withoutEffect('a local function is always reachable, so the bus itself never retries'),
});

const properties = z
  .strictObject({
    Name: z.string().optional(),
    ScheduleExpression: z.string().optional(),
    EventPattern: z.record(z.string(), z.unknown()).optional(),
    State: z.literal(['ENABLED', 'DISABLED']).default('ENABLED'),
    Targets: z.array(target).default([]),
    Description: withoutEffect('words for people'),
  })
  .refine(
    ({ ScheduleExpression, EventPattern }) =>
      (ScheduleExpression === undefined) !== (EventPattern === undefined),
    'a rule has either a schedule or a pattern',
  );
type Rule = Resource<z.infer<typeof properties>>;

const scheduledEvent = (ruleArn: string, { world, time }: Parts): string =>
  JSON.stringify({
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: world.accountId,
    time: new Date(time.now()).toISOString(),
    region: world.region,
    resources: [ruleArn],
    detail: {},
  });

const wakeByClock = ({ name, properties: { Targets } }: Rule, expression: string, parts: Parts): void => {
  const ruleArn = arnOf('events', 'rule/')({ name, world: parts.world });
  for (const { Arn, Input } of Targets)
    parts.clock.every(rateMs(expression), () =>
      parts.functions.send(Arn, Input ?? scheduledEvent(ruleArn, parts)),
    );
};

const wakeByEvent = (
  { properties: { Targets } }: Rule,
  pattern: Record<string, unknown>,
  parts: Parts,
): void =>
  parts.bus.addRule({
    matches: compilePattern(pattern),
    deliver: (event) => {
      for (const { Arn, Input } of Targets) parts.functions.send(Arn, Input ?? JSON.stringify(event));
    },
  });

const rule = resourceType({
  properties,
  nameProperty: 'Name',
  attributes: { Arn: arnOf('events', 'rule/') },
  starts: {
    with: 'doors',
    start: (found, parts) => {
      const { State, ScheduleExpression, EventPattern } = found.properties;
      if (State === 'DISABLED') return;
      if (ScheduleExpression !== undefined) wakeByClock(found, ScheduleExpression, parts);
      if (EventPattern !== undefined) wakeByEvent(found, EventPattern, parts);
    },
  },
});

export const eventTypes = { 'AWS::Events::Rule': rule };
