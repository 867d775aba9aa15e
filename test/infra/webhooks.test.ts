// The one function that calls strangers: what it may do, where it may reach, and why it is never stopped for calling itself.
import { describe, expect, it, test } from 'vitest';
import { stageNamed, stageOnThisMachine } from '#infra/constructs/stage';
import { all, listOf, type Resource, resourcesOf } from './synthesized.ts';

const functionNamed = (name: string, stage: 'dev' | 'prod' = 'dev'): Resource | undefined =>
  all('AWS::Lambda::Function', stage).find(
    ({ Properties }) => Properties.FunctionName === `shadowcast-${stage}-${name}`,
  );

describe('webhooks', () => {
  it.each(['dev', 'prod'] as const)(
    'reach public addresses alone wherever they are deployed: %s',
    (stage) => {
      const reaches = all('AWS::Lambda::Function', stage).flatMap(
        ({ Properties }) => Properties.Environment.Variables.WEBHOOK_REACH ?? [],
      );
      expect(reaches).toEqual(['public', 'public']);
    },
  );

  it('reach this machine where the local cloud runs, which is never production', () => {
    expect(stageOnThisMachine('dev')).toEqual({
      ...stageNamed('dev'),
      webhookReach: 'public and loopback',
    });
    expect(() => stageOnThisMachine('prod')).toThrow('production');
  });

  it('are delivered by a function that may read and write the table, and send to its own queue', () => {
    const role = functionNamed('deliver-webhook')?.Properties.Role['Fn::GetAtt'][0];
    const policy = Object.values(resourcesOf('AWS::IAM::Policy')).find(({ Properties }) =>
      Properties.Roles.some(({ Ref }: { readonly Ref: string }) => Ref === role),
    );
    const actions: string[] = policy?.Properties.PolicyDocument.Statement.flatMap(
      ({ Action }: { readonly Action: string | string[] }) => listOf(Action),
    );
    const ours = actions.filter((action) => /^(dynamodb|sqs|iot|lambda):/.test(action));
    expect(ours.toSorted()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'sqs:ChangeMessageVisibility',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'sqs:GetQueueUrl',
      'sqs:ReceiveMessage',
      'sqs:SendMessage',
    ]);
  });
});

test('the function that sends messages to its own queue for hours is not stopped for it', () => {
  expect(functionNamed('deliver-webhook')?.Properties.RecursiveLoop).toBe('Allow');
});
