// A wildcard needs its reason beside it: permissions with and without one, held to the security checks that judge our stacks.
import { App, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { allow, iotArn, type Permission } from '#infra/constructs/permission';

const judged = (permissionIn: (stack: Stack) => Permission): string[] => {
  const app = new App();
  const stack = new Stack(app, 'Example');
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  allow(role, stack, permissionIn(stack));
  const { violations } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.map(({ ruleName }) => ruleName.replace(/<.*?>|\$\{.*?\}/g, '…'));
};

const because = { wildcardBecause: 'Things are made while the system runs.' };

test.each<[string, (stack: Stack) => Permission]>([
  ['everything', () => ({ actions: ['iot:DescribeEndpoint'], resources: ['*'] })],
  [
    'all of one kind',
    (stack) => ({ actions: ['iot:CreateThing'], resources: [iotArn(stack, 'thing', '*')] }),
  ],
  [
    'all that begin alike',
    () => ({ actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:us-east-1:1:jobs-*'] }),
  ],
])('%s is refused without a reason, and taken with one', (_what, permission) => {
  expect(() => judged(permission)).toThrow('A wildcard needs its reason beside it (wildcardBecause): ');
  expect(judged((stack) => ({ ...permission(stack), ...because }))).toEqual([]);
});

test('an action with a wildcard is refused, whatever is said beside it', () => {
  const permission = { actions: ['sqs:*'], resources: ['arn:aws:sqs:us-east-1:1:jobs'], ...because };

  expect(judged(() => permission)).toEqual(['AwsSolutions-IAM5[Action::sqs:*]']);
});

test('what is named needs no reason', () => {
  const permission = { actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:us-east-1:1:jobs'] };

  expect(judged(() => permission)).toEqual([]);
});
