// How our house wakes a function when an alarm goes off, whoever's alarm it is: CloudWatch says so on the account's own event bus.
import { Duration } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import type { HouseFunction } from './function.ts';

type AlarmChangesProps = ErrorImpact & { readonly wakes: HouseFunction };

export class AlarmChanges extends Construct {
  constructor(scope: Construct, id: string, { wakes: { lambda }, errorImpact }: AlarmChangesProps) {
    super(scope, id);
    const rule = new Rule(this, 'Rule', {
      description: errorImpact,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { state: { value: ['ALARM'] } },
      },
      // A rollout that is halted an hour too late is no help; one that is halted twice is halted once.
      targets: [new LambdaFunction(lambda, { retryAttempts: 5, maxEventAge: Duration.minutes(30) })],
    });
    saysWhoIsHurt(rule, { errorImpact });
  }
}
