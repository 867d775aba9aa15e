// How our house takes what devices say: an IoT rule with one action, and an error action so that nothing is lost in silence.
import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnTopicRule } from 'aws-cdk-lib/aws-iot';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import type { HouseFunction } from './function.ts';
import { allow, onlyForUs, sendTo } from './permission.ts';

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

const ruleRole = (scope: Construct, queues: readonly IQueue[]): Role => {
  const role = new Role(scope, 'Role', { assumedBy: onlyForUs(scope, 'iot.amazonaws.com') });
  allow(role, scope, sendTo(...queues));
  return role;
};

const toQueue = (queue: IQueue, role: Role): CfnTopicRule.ActionProperty => ({
  sqs: { queueUrl: queue.queueUrl, roleArn: role.roleArn, useBase64: false },
});

export class DeviceRule extends Construct {
  readonly name: string;

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
    this.name = rule.ref;
    saysWhoIsHurt(rule, { errorImpact });
    if ('lambda' in to) this.#mayInvoke(to.lambda, rule);
  }

  #mayInvoke({ lambda }: HouseFunction, rule: CfnTopicRule): void {
    lambda.addPermission(`From${this.node.id}`, {
      principal: new ServicePrincipal('iot.amazonaws.com'),
      sourceAccount: Stack.of(this).account,
      sourceArn: rule.attrArn,
    });
  }
}
