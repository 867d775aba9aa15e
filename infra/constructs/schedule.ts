// How our house wakes a function by the clock: every minute, with no input, and never a second time for the same minute.
import { Duration } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import type { HouseFunction } from './function.ts';
import { allow, onlyForUs } from './permission.ts';

type EveryMinuteProps = ErrorImpact & { readonly wakes: HouseFunction };

export class EveryMinute extends Construct {
  constructor(scope: Construct, id: string, { wakes: { lambda }, errorImpact }: EveryMinuteProps) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: onlyForUs(this, 'scheduler.amazonaws.com') });
    allow(role, this, { actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] });
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: errorImpact,
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      // No retries here or in Lambda: the next minute is the retry, and it sees a newer world.
      target: { arn: lambda.functionArn, roleArn: role.roleArn, retryPolicy: { maximumRetryAttempts: 0 } },
    });
    lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    saysWhoIsHurt(schedule, { errorImpact });
  }
}
