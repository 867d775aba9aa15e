// How our house takes what devices say: an IoT rule with one action, and an error action so that nothing is lost in silence.
import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnTopicRule } from 'aws-cdk-lib/aws-iot';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import type { HouseFunction } from './function.ts';
import { allow, sendTo } from './permission.ts';

type Destination = { readonly queue: IQueue } | { readonly lambda: HouseFunction };

export type DeviceRuleProps = ErrorImpact & {
  readonly sql: string;
  readonly to: Destination;
  /** Where a message lands that the action could not deliver. */
  readonly failed: IQueue;
};

/** Which levels of a topic filter are wildcards, counted from 1 as SQL's topic(n) does. */
export const wildcardLevels = (filter: string): number[] =>
  filter.split('/').flatMap((level, index) => (level === '+' ? [index + 1] : []));

/** The account is named, so that no rule of a stranger can make AWS IoT act with this role. */
const ruleRole = (scope: Construct, queues: readonly IQueue[]): Role => {
  const { account } = Stack.of(scope);
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('iot.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': account } },
    }),
  });
  allow(role, scope, sendTo(...queues));
  return role;
};

const toQueue = (queue: IQueue, role: Role): CfnTopicRule.ActionProperty => ({
  sqs: { queueUrl: queue.queueUrl, roleArn: role.roleArn, useBase64: false },
});

export class DeviceRule extends Construct {
  constructor(scope: Construct, id: string, { sql, to, failed, errorImpact }: DeviceRuleProps) {
    super(scope, id);
    const role = ruleRole(this, 'queue' in to ? [to.queue, failed] : [failed]);
    const rule = new CfnTopicRule(this, 'Rule', {
      topicRulePayload: {
        description: errorImpact,
        sql,
        awsIotSqlVersion: '2016-03-23',
        actions: [
          'queue' in to ? toQueue(to.queue, role) : { lambda: { functionArn: to.lambda.lambda.functionArn } },
        ],
        errorAction: toQueue(failed, role),
      },
    });
    saysWhoIsHurt(rule, { errorImpact });
    if ('lambda' in to) this.#mayInvoke(to.lambda, rule);
  }

  /** Beside the rule and not beside the function: the permission names the rule, and the function's stack must not need ours. */
  #mayInvoke({ lambda }: HouseFunction, rule: CfnTopicRule): void {
    new CfnPermission(this, 'MayInvoke', {
      action: 'lambda:InvokeFunction',
      functionName: lambda.functionArn,
      principal: 'iot.amazonaws.com',
      sourceAccount: Stack.of(this).account,
      sourceArn: rule.attrArn,
    });
  }
}
