// Who watches: alarms with a page each, one alarm that stands for all that users feel, the topic that they tell, and a dashboard.
import { CfnOutput, Stack } from 'aws-cdk-lib';
import { AlarmRule, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { descriptionOf, HouseAlarm } from '../constructs/alarm.ts';
import { alarmsOf } from '../constructs/alarms.ts';
import { HouseDashboard } from '../constructs/dashboard.ts';
import { saysWhoIsHurt } from '../constructs/error-impact.ts';
import { questionsOf } from '../constructs/questions.ts';
import { inventoryOf } from '../constructs/stage-inventory.ts';
import { OperatorsTopic } from '../constructs/topic.ts';
import { usersAreHurt, usersAreHurtIn } from '../constructs/users-are-hurt.ts';
import type { StageProps } from './stage-props.ts';

type OperationsProps = StageProps & {
  /** All others of the stage. */
  readonly watches: readonly Stack[];
};

export class OperationsStack extends Stack {
  constructor(scope: Construct, id: string, { stage, watches, ...props }: OperationsProps) {
    super(scope, id, props);
    const inventory = inventoryOf(watches);
    const topic = new OperatorsTopic(this, 'Operators', {
      stage,
      errorImpact: 'Operators: alarms go off, and nobody is told.',
    });

    const alarms = Object.entries(alarmsOf(stage, inventory)).map(([name, row]) => ({
      row,
      alarm: new HouseAlarm(this, { stage, name, row, tells: topic }),
    }));

    const errorImpact = 'Integrators or devices: they notice it now, whatever the cause is.';
    const hurt = new CompositeAlarm(this, 'UsersAreHurt', {
      compositeAlarmName: usersAreHurtIn(stage),
      alarmDescription: descriptionOf(usersAreHurt, errorImpact),
      alarmRule: AlarmRule.anyOf(...alarms.flatMap(({ alarm, row }) => (row.hurts ? [alarm] : []))),
    });
    hurt.addAlarmAction(new SnsAction(topic));
    hurt.addOkAction(new SnsAction(topic));
    saysWhoIsHurt(hurt, { errorImpact });

    new HouseDashboard(this, 'Dashboard', {
      stage,
      alarms: [hurt, ...alarms.map(({ alarm }) => alarm)],
      questions: questionsOf(stage, inventory),
    });

    new CfnOutput(this, 'OperatorsTopicArn', {
      value: topic.topicArn,
      description: 'Alarms are told here: subscribe whoever shall be woken.',
    });
  }
}
