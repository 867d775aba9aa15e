// The IoT resources of our templates: what a device may do, and where its words go.
import * as z from 'zod';
import { arnOf, resourceType, withoutEffect } from './resource-type.ts';

const action = z
  .strictObject({
    Lambda: z.strictObject({ FunctionArn: z.string() }).optional(),
    Sqs: z
      .strictObject({
        QueueUrl: z.string(),
        UseBase64: z.boolean().optional(),
        RoleArn: withoutEffect('what the role allows is checked over the whole plan'),
      })
      .optional(),
  })
  .refine((each) => Object.keys(each).length === 1, 'an action does one thing');

const policy = resourceType({
  properties: z.strictObject({
    PolicyName: z.string().optional(),
    PolicyDocument: z.looseObject({ Statement: z.array(z.unknown()) }),
    Tags: withoutEffect('nothing is billed here'),
  }),
  nameProperty: 'PolicyName',
  attributes: { Arn: arnOf('iot', 'policy/') },
  starts: {
    with: 'stores',
    start: ({ name, properties }, { iot }) => iot.putPolicy(name, properties.PolicyDocument),
  },
});

const topicRule = resourceType({
  properties: z.strictObject({
    RuleName: z.string().optional(),
    TopicRulePayload: z.strictObject({
      Sql: z.string(),
      AwsIotSqlVersion: z.literal('2016-03-23'),
      Actions: z.array(action),
      ErrorAction: action.optional(),
      RuleDisabled: z.boolean().optional(),
      Description: z.string().optional(),
    }),
    Tags: withoutEffect('nothing is billed here'),
  }),
  nameProperty: 'RuleName',
  attributes: { Arn: arnOf('iot', 'rule/') },
  starts: {
    // As early as the policies: a device that reconnects at once must find the rules in place.
    with: 'stores',
    start: ({ name, properties }, { iot }) => iot.putRule(name, properties.TopicRulePayload),
  },
});

export const iotTypes = {
  'AWS::IoT::Policy': policy,
  'AWS::IoT::TopicRule': topicRule,
};
