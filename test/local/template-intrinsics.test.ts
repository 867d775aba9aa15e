// CloudFormation's functions as the local cloud evaluates them, one line per fact.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these placeholders are CloudFormation's
import { describe, expect, it } from 'vitest';
import { planResources } from '#infra/local/template/plan';
import { resourceTypes } from '#infra/local/template/resource-types';
import { stackOf, world } from './support/assembly.ts';

/** A queue has a URL as `Ref` and an ARN; the alias is where the value under test stands. */
const given = (value: unknown, more: object = {}) =>
  stackOf({
    Parameters: { Size: { Type: 'String', Default: 'large' } },
    Mappings: { Sizes: { large: { mb: '512' } } },
    Conditions: {
      IsLarge: { 'Fn::Equals': [{ Ref: 'Size' }, 'large'] },
      IsSmall: { 'Fn::Not': [{ Condition: 'IsLarge' }] },
      Both: { 'Fn::And': [{ Condition: 'IsLarge' }, { Condition: 'IsSmall' }] },
      One: { 'Fn::Or': [{ Condition: 'IsLarge' }, { Condition: 'IsSmall' }] },
    },
    Resources: {
      Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': 'jobs-${AWS::Region}' } } },
      Subject: { Type: 'AWS::KMS::Alias', Properties: { Value: value } },
    },
    ...more,
  });

const evaluate = (value: unknown): unknown => {
  const planned = planResources([given(value)], resourceTypes, world);
  const subject = planned.find(({ resource }) => resource.logicalId === 'Subject');
  return (subject?.resource.properties as { Value?: unknown } | undefined)?.Value;
};

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:jobs-us-east-1';
const queueUrl = 'http://127.0.0.1:9324/000000000000/jobs-us-east-1';

describe('a value in a template', () => {
  it.each<[string, unknown, unknown]>([
    ['text', 'plain', 'plain'],
    ['a parameter', { Ref: 'Size' }, 'large'],
    ['a resource', { Ref: 'Jobs' }, queueUrl],
    ['a region', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['an account', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['a partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['a stack name', { Ref: 'AWS::StackName' }, 'example'],
    ['an attribute', { 'Fn::GetAtt': ['Jobs', 'Arn'] }, queueArn],
    ['an attribute, in short', { 'Fn::GetAtt': 'Jobs.Arn' }, queueArn],
    ['a substitution', { 'Fn::Sub': '${Jobs.Arn}/${Size}' }, `${queueArn}/large`],
    [
      'a substitution with variables',
      { 'Fn::Sub': ['${a}-${b}', { a: 'x', b: { Ref: 'Size' } }] },
      'x-large',
    ],
    ['a literal in a substitution', { 'Fn::Sub': '${!iot:Connection}' }, '${iot:Connection}'],
    ['a join', { 'Fn::Join': ['/', ['a', { Ref: 'Size' }, 3]] }, 'a/large/3'],
    ['a selection', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
    ['a selection by text', { 'Fn::Select': ['0', ['a', 'b']] }, 'a'],
    ['a split', { 'Fn::Split': [':', 'a:b'] }, ['a', 'b']],
    [
      'a part of an ARN',
      { 'Fn::Select': [5, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Jobs', 'Arn'] }] }] },
      'jobs-us-east-1',
    ],
    ['a choice', { 'Fn::If': ['IsLarge', 'yes', 'no'] }, 'yes'],
    ['a choice, turned round', { 'Fn::If': ['IsSmall', 'yes', 'no'] }, 'no'],
    ['a choice of both', { 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    ['a choice of one', { 'Fn::If': ['One', 'yes', 'no'] }, 'yes'],
    ['a mapping', { 'Fn::FindInMap': ['Sizes', { Ref: 'Size' }, 'mb'] }, '512'],
    ['a property that is not there', { a: 1, b: { Ref: 'AWS::NoValue' } }, { a: 1 }],
    ['an item that is not there', ['a', { Ref: 'AWS::NoValue' }], ['a']],
    ['nested values', { list: [{ deep: { Ref: 'Size' } }] }, { list: [{ deep: 'large' }] }],
    [
      'a policy statement with a condition',
      { Condition: { Bool: { x: 'false' } } },
      { Condition: { Bool: { x: 'false' } } },
    ],
  ])('%s', (_what, value, expected) => {
    expect(evaluate(value)).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ['an unknown function', { 'Fn::Transform': {} }, 'the function Fn::Transform is not supported locally'],
    ['an unknown name', { Ref: 'Nobody' }, 'there is nothing named Nobody in its stack'],
    ['an unknown resource', { 'Fn::GetAtt': ['Nobody', 'Arn'] }, 'there is no resource Nobody in its stack'],
    [
      'an unknown attribute',
      { 'Fn::GetAtt': ['Jobs', 'Colour'] },
      'the attribute Colour of AWS::SQS::Queue is not supported locally',
    ],
    ['an unknown export', { 'Fn::ImportValue': 'gone' }, 'no earlier stack exports gone'],
    [
      'a value that AWS would look up',
      '{{resolve:ssm:/secret}}',
      'references that AWS resolves at deployment',
    ],
    ['a selection outside of the list', { 'Fn::Select': [3, ['a']] }, 'Fn::Select asks for item 3 of 1'],
  ])('%s is an error that says where', (_what, value, expected) => {
    expect(() => evaluate(value)).toThrow(`Stack example, resource Subject (AWS::KMS::Alias): ${expected}`);
  });
});

describe('between stacks', () => {
  it('an export of an earlier stack can be imported', () => {
    const storage = stackOf(
      {
        Resources: { Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } } },
        Outputs: { Out: { Value: { 'Fn::GetAtt': ['Jobs', 'Arn'] }, Export: { Name: 'storage:jobs' } } },
      },
      'storage',
    );
    const user = given({ 'Fn::ImportValue': 'storage:jobs' });

    const planned = planResources([storage, user], resourceTypes, world);

    expect(planned.at(-1)?.resource.properties).toEqual({ Value: 'arn:aws:sqs:us-east-1:000000000000:jobs' });
  });
});

describe('a resource', () => {
  it('without a name gets one from its stack and logical id', () => {
    const [planned] = planResources(
      [stackOf({ Resources: { Jobs: { Type: 'AWS::SQS::Queue' } } })],
      resourceTypes,
      world,
    );

    expect(planned?.resource.name).toBe('example-Jobs');
  });

  it('whose condition is false does not exist', () => {
    const stack = stackOf({
      Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } },
      Resources: { Jobs: { Type: 'AWS::SQS::Queue', Condition: 'Never' } },
    });

    expect(planResources([stack], resourceTypes, world)).toEqual([]);
  });
});
