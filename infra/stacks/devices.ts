// The other end: what a device may do, where its words go, and how it gets its files.
import { CfnOutput, Duration, Stack } from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Construct } from 'constructs';
import { contentTopics, ruleTopics } from '#device/topics';
import { DeviceRule, wildcardLevels } from '../constructs/device-rule.ts';
import { HouseFunction } from '../constructs/function.ts';
import { iotArn } from '../constructs/permission.ts';
import { HouseQueue, waitsForAPerson } from '../constructs/queue.ts';
import type { QueueWithWorker } from '../constructs/queue-with-worker.ts';
import type { HouseTable } from '../constructs/table.ts';
import { ThingPolicy, thingPolicyName } from '../constructs/thing-policy.ts';
import type { StageProps } from './stage-props.ts';

type DevicesProps = StageProps & { readonly table: HouseTable; readonly reports: QueueWithWorker };

/** Where the thing (and then the channel) stand in a topic: counted, so that SQL cannot point at another level. */
const [reportedThing, reportedChannel] = wildcardLevels(ruleTopics.reported);
const [fetchingThing] = wildcardLevels(ruleTopics.fetch);
const [givingThing] = wildcardLevels(ruleTopics.result);
const [answeringThing] = wildcardLevels(ruleTopics.pong);

const sql = {
  // The cloud's own writes of `desired` come by here too; they have no report in them.
  reported: `SELECT 'report' AS kind, topic(${reportedThing}) AS thing, topic(${reportedChannel}) AS channel, state.reported.current AS current, version AS version, timestamp AS timestamp FROM '${ruleTopics.reported}' WHERE isUndefined(state.reported.current) = false`,
  // A failed attempt to connect is an event as well, and says nothing about a thing of ours.
  presence: `SELECT 'presence' AS kind, clientId AS thing, eventType AS eventType, versionNumber AS versionNumber, timestamp AS timestamp FROM '${ruleTopics.presence}' WHERE eventType = 'connected' OR eventType = 'disconnected'`,
  pong: `SELECT 'pong' AS kind, topic(${answeringThing}) AS thing, ping AS ping, timestamp() AS timestamp FROM '${ruleTopics.pong}'`,
  result: `SELECT *, 'result' AS kind, topic(${givingThing}) AS thing FROM '${ruleTopics.result}'`,
  fetch: `SELECT topic(${fetchingThing}) AS thing, digest AS digest, chunk AS chunk FROM '${ruleTopics.fetch}'`,
};

/** What the cloud answers to any thing; the `+` of a filter is a `*` in IAM. */
const { contentFilter, fetchRejected } = contentTopics('*');
const answers = [contentFilter.replaceAll('+', '*'), fetchRejected];

export class DevicesStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { stage, table, reports: { queue: reports }, ...props }: DevicesProps,
  ) {
    super(scope, id, props);

    new ThingPolicy(this, 'ThingPolicy', {
      stage,
      errorImpact: 'Device owners: devices cannot connect, or are cut off from their own topics.',
    });

    const failed = new HouseQueue(this, 'Failed', {
      stage,
      name: 'failed',
      retentionPeriod: waitsForAPerson,
      errorImpact: 'Each message here is something that a device said or asked for, and that nobody took.',
    });
    failed.hasNoDeadLetters(
      'Nothing consumes this queue: it is where failures end, as a dead-letter queue is.',
    );

    new DeviceRule(this, 'Reported', {
      sql: sql.reported,
      to: { queue: reports },
      failed,
      errorImpact: 'Integrators: deployments look unfinished although devices have applied them.',
    });

    new DeviceRule(this, 'Presence', {
      sql: sql.presence,
      to: { queue: reports },
      failed,
      errorImpact: 'Integrators: a device is shown online or offline although it is not.',
    });

    new DeviceRule(this, 'Pong', {
      sql: sql.pong,
      to: { queue: reports },
      failed,
      errorImpact: 'Integrators: a device answers a ping, and nobody is told.',
    });

    new DeviceRule(this, 'Result', {
      sql: sql.result,
      to: { queue: reports },
      failed,
      errorImpact:
        'Operators of servers: what a script gave back is not seen, and its deployment looks unfinished.',
    });

    const serveContent = new HouseFunction(this, 'ServeContent', {
      stage,
      name: 'serve-content',
      memoryMb: 512,
      timeout: Duration.seconds(10),
      environment: { STAGE: stage.name, TABLE_NAME: table.name },
      may: [
        ...table.allows('GetItem', 'BatchGetItem', 'Query'),
        {
          actions: ['iot:Publish'],
          resources: answers.map((topic) => iotArn(this, 'topic', topic)),
          wildcardBecause:
            'Any thing may ask, for any digest; its manifests decide whether it gets an answer.',
        },
      ],
      errorImpact: 'Device owners: a device knows of a deployment, and cannot fetch its files.',
    });
    // No second try: it would come after a minute, when the device has long asked again.
    serveContent.lambda.configureAsyncInvoke({
      retryAttempts: 0,
      maxEventAge: Duration.minutes(1),
      onFailure: new SqsDestination(failed),
    });

    new DeviceRule(this, 'Fetch', {
      sql: sql.fetch,
      to: { lambda: serveContent },
      failed,
      errorImpact: 'Device owners: a device asks for its files, and nobody hears it.',
    });

    new CfnOutput(this, 'ThingPolicyName', {
      value: thingPolicyName(stage),
      description: 'The IoT policy on every certificate that the device door hands out.',
    });
    new CfnOutput(this, 'FailedQueueUrl', {
      value: failed.queueUrl,
      description: 'What devices said or asked for, and nobody took: it waits here for a person.',
    });
  }
}
