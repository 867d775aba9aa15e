// What the local cloud does not know is an error at start that names stack, resource and property; nothing is skipped in silence.
import { describe, expect, it } from 'vitest';
import { parseTemplate } from '#infra/local/template/assembly';
import { planResources } from '#infra/local/template/plan';
import { resourceTypes } from '#infra/local/template/resource-types';
import { stackOf, world } from './support/assembly.ts';

const plan = (...resources: Array<{ Type: string; Properties?: object }>) =>
  planResources(
    [stackOf({ Resources: Object.fromEntries(resources.map((each, index) => [`Thing${index}`, each])) })],
    resourceTypes,
    world,
  );

const mapping = { EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:jobs', FunctionName: 'worker' };
const table = { KeySchema: [], AttributeDefinitions: [], BillingMode: 'PAY_PER_REQUEST' };

describe('an unsupported', () => {
  it.each<[string, { Type: string; Properties?: object }, string]>([
    ['type', { Type: 'AWS::S3::Bucket' }, 'the type AWS::S3::Bucket is not supported by the local cloud'],
    ['custom resource', { Type: 'Custom::LogRetention' }, 'the type Custom::LogRetention is not supported'],
    [
      'property',
      { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
      'the property FifoQueue is not supported',
    ],
    [
      'filter of an event source',
      {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { ...mapping, FilterCriteria: { Filters: [] } },
      },
      'the property FilterCriteria is not supported',
    ],
    [
      'nested property',
      {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { ...mapping, ScalingConfig: { MaximumConcurrency: 2, Magic: 1 } },
      },
      'the property ScalingConfig.Magic is not supported',
    ],
    [
      'stream of a table',
      { Type: 'AWS::DynamoDB::Table', Properties: { ...table, StreamSpecification: {} } },
      'the property StreamSpecification is not supported',
    ],
    [
      'value',
      { Type: 'AWS::DynamoDB::Table', Properties: { ...table, BillingMode: 'PROVISIONED' } },
      'the property BillingMode has a value that the local cloud does not support',
    ],
    [
      'rule action',
      {
        Type: 'AWS::IoT::TopicRule',
        Properties: {
          TopicRulePayload: { Sql: 'SELECT *', AwsIotSqlVersion: '2016-03-23', Actions: [{ S3: {} }] },
        },
      },
      'the property TopicRulePayload.Actions.0.S3 is not supported',
    ],
    [
      'suppressor of an alarm',
      {
        Type: 'AWS::CloudWatch::CompositeAlarm',
        Properties: { AlarmRule: 'TRUE', ActionsSuppressor: 'another' },
      },
      'the property ActionsSuppressor is not supported',
    ],
    [
      'subscription',
      { Type: 'AWS::SNS::Subscription', Properties: { TopicArn: 'a', Protocol: 'sms', Endpoint: '1' } },
      'the property Protocol has a value that the local cloud does not support',
    ],
    [
      'change of an event on its way',
      {
        Type: 'AWS::Events::Rule',
        Properties: {
          EventPattern: { source: ['aws.cloudwatch'] },
          Targets: [
            { Arn: 'arn:aws:lambda:us-east-1:000000000000:function:a', Id: 'a', InputPath: '$.detail' },
          ],
        },
      },
      'the property Targets.0.InputPath is not supported',
    ],
    [
      'authorizer',
      {
        Type: 'AWS::ApiGatewayV2::Route',
        Properties: { ApiId: 'a', RouteKey: 'GET /', Target: 't', AuthorizationType: 'JWT' },
      },
      'the property AuthorizationType has a value that the local cloud does not support',
    ],
  ])('%s', (_what, resource, expected) => {
    expect(() => plan(resource)).toThrow(`Stack example, resource Thing0 (${resource.Type}): ${expected}`);
  });

  it('rule without a schedule and without a pattern', () => {
    expect(() => plan({ Type: 'AWS::Events::Rule', Properties: {} })).toThrow(
      'a rule has either a schedule or a pattern',
    );
  });

  it('section of a template', () => {
    expect(() => parseTemplate('example', { Transform: 'AWS::Serverless-2016-10-31' })).toThrow(
      'Stack example',
    );
  });

  it('several are told at once', () => {
    const act = () =>
      plan({ Type: 'AWS::S3::Bucket' }, { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } });

    expect(act).toThrow(/AWS::S3::Bucket[\s\S]*FifoQueue/);
  });
});

describe('a property without local effect', () => {
  it('is accepted, because somebody wrote down why', () => {
    const act = () => plan({ Type: 'AWS::SQS::Queue', Properties: { SqsManagedSseEnabled: true } });

    expect(act).not.toThrow();
  });
});
