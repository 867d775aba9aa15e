// Who may knock: integrators in the dialects they speak, and devices that want their certificate. One HTTP API, one function per voice.
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { activationRoute } from '#device/activation';
import { contentTopics } from '#device/topics';
import { contract as heat } from '#dialects/heat/contract';
import { contract as humanitec } from '#dialects/humanitec/contract';
import { contract as miru } from '#dialects/miru/contract';
import { ApiDoor } from '../constructs/api-door.ts';
import { HouseFunction } from '../constructs/function.ts';
import { iotArn, type Permission, sendTo } from '../constructs/permission.ts';
import type { QueueWithWorker } from '../constructs/queue-with-worker.ts';
import { changesSlots, type HouseTable } from '../constructs/table.ts';
import { thingPolicyName } from '../constructs/thing-policy.ts';
import type { StageProps } from './stage-props.ts';

type DoorProps = StageProps & {
  readonly table: HouseTable;
  readonly transitions: QueueWithWorker;
  readonly webhooks: QueueWithWorker;
  readonly rollouts: QueueWithWorker;
};

const namedWhenItIsSigned = 'AWS names a certificate by its digest, when it signs it.';

/** A certificate that may be taken away is known only by the thing that has it. */
const takesCertificatesAway = (stack: Stack, policyName: string): Permission[] => [
  {
    actions: ['iot:ListThingPrincipals', 'iot:DetachThingPrincipal'],
    resources: [iotArn(stack, 'thing', '*')],
    wildcardBecause: 'Things are made by activations while the system runs; their names are not known here.',
  },
  {
    actions: ['iot:UpdateCertificate', 'iot:DetachThingPrincipal'],
    resources: [iotArn(stack, 'cert', '*')],
    wildcardBecause: namedWhenItIsSigned,
  },
  {
    // Of any certificate, and of all policies only ours; which of the two AWS asks about differs from page to page.
    actions: ['iot:DetachPolicy'],
    resources: [iotArn(stack, 'cert', '*'), iotArn(stack, 'policy', policyName)],
    wildcardBecause: namedWhenItIsSigned,
  },
];

export class DoorStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stage, table, transitions: { queue }, webhooks, rollouts, ...props }: DoorProps,
  ) {
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
        environment: { ...environment, DEVICE_POLICY_NAME: policyName },
        may: [
          ...table.allows(...changesSlots, 'Query', 'DeleteItem'),
          table.allowsQueryOf('listed'),
          sendTo(queue),
          ...takesCertificatesAway(this, policyName),
          {
            actions: ['iot:Publish'],
            resources: [iotArn(this, 'topic', contentTopics('*').ping)],
            wildcardBecause: 'Any thing may be asked for a sign of life; whose it is the door has checked.',
          },
        ],
        errorImpact: 'Integrators who speak Miru: their calls fail, and their releases wait.',
      }),
    });

    door.opens({
      routes: Object.keys(humanitec),
      catchAll: '/orgs/{proxy+}',
      to: new HouseFunction(this, 'ApiHumanitec', {
        stage,
        name: 'api-humanitec',
        memoryMb: 1024,
        timeout: Duration.seconds(15),
        environment: {
          STAGE: stage.name,
          TABLE_NAME: table.name,
          TRANSITIONS_QUEUE_URL: queue.queueUrl,
          ROLLOUTS_QUEUE_URL: rollouts.queue.queueUrl,
          WEBHOOKS_QUEUE_URL: webhooks.queue.queueUrl,
          WEBHOOK_REACH: stage.webhookReach,
        },
        may: [
          ...table.allows(...changesSlots, 'Query', 'DeleteItem'),
          table.allowsQueryOf('listed'),
          sendTo(queue, rollouts.queue, webhooks.queue),
        ],
        errorImpact: 'Integrators who speak Humanitec: their calls fail, and their environments wait.',
      }),
    });

    door.opens({
      // The root too: OpenStack's clients look for versions there, and may ask with any method.
      routes: [...Object.keys(heat), 'ANY /'],
      catchAll: '/{proxy+}',
      to: new HouseFunction(this, 'ApiHeat', {
        stage,
        name: 'api-heat',
        memoryMb: 1024,
        timeout: Duration.seconds(15),
        environment,
        may: [
          ...table.allows(...changesSlots, 'Query', 'DeleteItem'),
          table.allowsQueryOf('listed'),
          sendTo(queue),
        ],
        errorImpact:
          'Integrators who speak Heat, and servers that poll or signal: their calls fail. Servers with our agent do not notice.',
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
          ...table.allows(...changesSlots, 'Query'),
          sendTo(queue),
          {
            actions: ['iot:CreateThing', 'iot:AttachThingPrincipal'],
            resources: [iotArn(this, 'thing', '*')],
            wildcardBecause: 'A thing gets its name in the moment of its activation.',
          },
          {
            actions: ['iot:AttachThingPrincipal'],
            resources: [iotArn(this, 'cert', '*')],
            wildcardBecause: namedWhenItIsSigned,
          },
          {
            actions: ['iot:AttachPolicy'],
            resources: [iotArn(this, 'cert', '*'), iotArn(this, 'policy', policyName)],
            wildcardBecause: namedWhenItIsSigned,
          },
          ...takesCertificatesAway(this, policyName),
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
