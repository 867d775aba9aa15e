// How our house wakes a function by the clock: every minute or day, with no input, and never a second time for the same one.
import { Duration } from 'aws-cdk-lib';
import { Role } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import type { HouseFunction } from './function.ts';
import { allow, onlyForUs } from './permission.ts';

type WokenProps = ErrorImpact & { readonly wakes: HouseFunction };

class Every extends Construct {
  constructor(
    scope: Construct,
    id: string,
    unit: 'minute' | 'day',
    { wakes: { lambda }, errorImpact }: WokenProps,
  ) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: onlyForUs(this, 'scheduler.amazonaws.com') });
    allow(role, this, { actions: ['lambda:InvokeFunction'], resources: [lambda.functionArn] });
    const schedule = new CfnSchedule(this, 'Schedule', {
      description: errorImpact,
      scheduleExpression: `rate(1 ${unit})`,
      flexibleTimeWindow: { mode: 'OFF' },
      // No retries here or in Lambda: the next time is the retry, and it sees a newer world.
      target: { arn: lambda.functionArn, roleArn: role.roleArn, retryPolicy: { maximumRetryAttempts: 0 } },
    });
    lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    saysWhoIsHurt(schedule, { errorImpact });
  }
}

export class EveryMinute extends Every {
  constructor(scope: Construct, id: string, props: WokenProps) {
    super(scope, id, 'minute', props);
  }
}

export class EveryDay extends Every {
  constructor(scope: Construct, id: string, props: WokenProps) {
    super(scope, id, 'day', props);
  }
}
