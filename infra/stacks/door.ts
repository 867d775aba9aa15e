// Who may knock: integrators in the dialects they speak, and devices that want their certificate. One HTTP API, one function per voice.
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { activationRoute } from '#device/activation';
import { contract as miru } from '#dialects/miru/contract';
import { ApiDoor } from '../constructs/api-door.ts';
import { HouseFunction } from '../constructs/function.ts';
import { iotArn, sendTo } from '../constructs/permission.ts';
import type { QueueWithWorker } from '../constructs/queue-with-worker.ts';
import type { HouseTable } from '../constructs/table.ts';
import { thingPolicyName } from '../constructs/thing-policy.ts';
import type { StageProps } from './stage-props.ts';

type DoorProps = StageProps & { readonly table: HouseTable; readonly transitions: QueueWithWorker };

export class DoorStack extends Stack {
  constructor(scope: Construct, id: string, { stage, table, transitions: { queue }, ...props }: DoorProps) {
    super(scope, id, props);
    const environment = { STAGE: stage.name, TABLE_NAME: table.name, TRANSITIONS_QUEUE_URL: queue.queueUrl };
    const policyName = thingPolicyName(stage);

    const door = new ApiDoor(this, 'Door', {
      stage,
      errorImpact:
        'Integrators cannot ask for anything, and new devices cannot be activated. Running devices do not notice.',
    });

    door.opens({
      routes: Object.keys(miru),
      catchAll: '/beta/{proxy+}',
      to: new HouseFunction(this, 'ApiMiru', {
        stage,
        name: 'api-miru',
        // Half a processor and more: a cold start parses every schema of the contract.
        memoryMb: 1024,
        timeout: Duration.seconds(15),
        environment,
        may: [
          ...table.allows(
            'GetItem',
            'BatchGetItem',
            'Query',
            'PutItem',
            'UpdateItem',
            'DeleteItem',
            'ConditionCheckItem',
          ),
          table.allowsQueryOf('listed', 'due'),
          sendTo(queue),
        ],
        errorImpact: 'Integrators who speak Miru: their calls fail, and their releases wait.',
      }),
    });

    door.opens({
      routes: [activationRoute],
      catchAll: '/device/{proxy+}',
      to: new HouseFunction(this, 'ApiDevice', {
        stage,
        name: 'api-device',
        memoryMb: 512,
        timeout: Duration.seconds(15),
        environment: { ...environment, DEVICE_POLICY_NAME: policyName },
        may: [
          ...table.allows('GetItem', 'Query', 'UpdateItem'),
          sendTo(queue),
          {
            actions: ['iot:CreateThing', 'iot:ListThingPrincipals', 'iot:AttachThingPrincipal'],
            resources: [iotArn(this, 'thing', '*')],
            wildcardBecause: 'A thing gets its name in the moment of its activation.',
          },
          {
            // Any certificate, and of all policies only ours; which of the two AWS asks about differs from page to page.
            actions: [
              'iot:AttachPolicy',
              'iot:AttachThingPrincipal',
              'iot:DescribeCertificate',
              'iot:UpdateCertificate',
            ],
            resources: [iotArn(this, 'cert', '*'), iotArn(this, 'policy', policyName)],
            wildcardBecause: 'AWS names a certificate by its digest, when it signs it.',
          },
          {
            actions: ['iot:CreateCertificateFromCsr', 'iot:DescribeEndpoint'],
            resources: ['*'],
            wildcardBecause: 'Neither action knows a resource: AWS IAM accepts them on * only.',
          },
        ],
        errorImpact:
          'Device makers: a new device cannot get its certificate. Activated devices do not notice.',
      }),
    });

    new CfnOutput(this, 'ApiUrl', {
      value: door.url,
      description: 'Base URL of every dialect and of the device door.',
    });
  }
}
