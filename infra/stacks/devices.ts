// The other end: what a device may do, and where its words go.
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ruleTopics } from '#device/topics';
import { DeviceRule, wildcardLevels } from '../constructs/device-rule.ts';
import { ThingPolicy, thingPolicyName } from '../constructs/thing-policy.ts';
import type { StageProps } from './stage-props.ts';
import type { WorkersStack } from './workers.ts';

type DevicesProps = StageProps & {
  readonly workers: Pick<WorkersStack, 'reports' | 'failed' | 'serveContent'>;
};

/** Where the thing (and then the channel) stand in a topic; counted, so that SQL cannot point at another level. */
const [reportedThing, reportedChannel] = wildcardLevels(ruleTopics.reported);
const [fetchingThing] = wildcardLevels(ruleTopics.fetch);

const sql = {
  // The cloud's own writes of `desired` come by here too; they have no report in them.
  reported: `SELECT 'report' AS kind, topic(${reportedThing}) AS thing, topic(${reportedChannel}) AS channel, state.reported.current AS current, version AS version, timestamp AS timestamp FROM '${ruleTopics.reported}' WHERE isUndefined(state.reported.current) = false`,
  // A failed attempt to connect is also an event, and says nothing about a thing of ours.
  presence: `SELECT 'presence' AS kind, clientId AS thing, eventType AS eventType, versionNumber AS versionNumber, timestamp AS timestamp FROM '${ruleTopics.presence}' WHERE eventType = 'connected' OR eventType = 'disconnected'`,
  fetch: `SELECT topic(${fetchingThing}) AS thing, digest AS digest, chunk AS chunk FROM '${ruleTopics.fetch}'`,
};

export class DevicesStack extends Stack {
  constructor(scope: Construct, id: string, { stage, workers, ...props }: DevicesProps) {
    super(scope, id, props);
    const toReports = { to: { queue: workers.reports.queue }, failed: workers.failed };

    new ThingPolicy(this, 'ThingPolicy', {
      stage,
      errorImpact: 'Device owners: devices cannot connect, or are cut off from their own topics.',
    });

    new DeviceRule(this, 'Reported', {
      sql: sql.reported,
      ...toReports,
      errorImpact: 'Integrators: deployments look unfinished although devices have applied them.',
    });

    new DeviceRule(this, 'Presence', {
      sql: sql.presence,
      ...toReports,
      errorImpact: 'Integrators: a device is shown online or offline although it is not.',
    });

    new DeviceRule(this, 'Fetch', {
      sql: sql.fetch,
      to: { lambda: workers.serveContent },
      failed: workers.failed,
      errorImpact: 'Device owners: a device knows of a deployment, and cannot fetch its files.',
    });

    new CfnOutput(this, 'ThingPolicyName', {
      value: thingPolicyName(stage),
      description: 'The IoT policy on every certificate that the device door hands out.',
    });
  }
}
