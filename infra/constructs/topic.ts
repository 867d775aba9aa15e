// How our house tells people: one topic, encrypted with a key that CloudWatch may use, and nobody else may publish to.
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type ErrorImpact, saysWhoIsHurt } from './error-impact.ts';
import { onlyForUs } from './permission.ts';
import { named, type Stage } from './stage.ts';

const cloudWatch = 'cloudwatch.amazonaws.com';

/** SNS's own key would do for everything but alarms: CloudWatch may not use it, and its policy cannot be changed. */
const keyForAlarms = (scope: Construct, { removalPolicy }: Stage, name: string): Key => {
  const key = new Key(scope, 'Key', {
    description: `Encrypts the topic ${name}`,
    enableKeyRotation: true,
    removalPolicy,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [onlyForUs(scope, cloudWatch)],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      // In a key's own policy this is the key.
      resources: ['*'],
    }),
  );
  return key;
};

export class OperatorsTopic extends Topic {
  constructor(scope: Construct, id: string, { stage, errorImpact }: { stage: Stage } & ErrorImpact) {
    const topicName = named(stage, 'operators');
    const home = new Construct(scope, `${id}Encryption`);
    super(scope, id, { topicName, masterKey: keyForAlarms(home, stage, topicName), enforceSSL: true });
    this.addToResourcePolicy(
      new PolicyStatement({
        principals: [onlyForUs(this, cloudWatch)],
        actions: ['sns:Publish'],
        resources: [this.topicArn],
      }),
    );
    saysWhoIsHurt(this, { errorImpact });
  }
}
