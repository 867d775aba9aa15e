// How CloudWatch words a change of an alarm's state: as an event on EventBridge, and as a message on SNS.
import { randomUUID } from 'node:crypto';
import type { BusEvent } from '../events/bus.ts';
import type { World } from '../template/world.ts';
import type { AlarmChange } from './alarms.ts';

const arnOf = ({ partition, region, accountId }: World, alarm: string): string =>
  `arn:${partition}:cloudwatch:${region}:${accountId}:alarm:${alarm}`;

/** `2019-10-02T17:04:40.989+0000` */
const timestamp = (at: number): string => new Date(at).toISOString().replace('Z', '+0000');

export const stateChangeEvent = (world: World, change: AlarmChange, description: string): BusEvent => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  account: world.accountId,
  time: new Date(change.at).toISOString().replace(/\.\d+Z$/, 'Z'),
  region: world.region,
  resources: [arnOf(world, change.alarm)],
  detail: {
    alarmName: change.alarm,
    configuration: { description },
    previousState: { value: change.from },
    state: { value: change.to, reason: change.reason, timestamp: timestamp(change.at) },
  },
});

export const stateChangeMessage = (world: World, change: AlarmChange, description: string): string =>
  JSON.stringify({
    AlarmName: change.alarm,
    AlarmDescription: description,
    AWSAccountId: world.accountId,
    NewStateValue: change.to,
    NewStateReason: change.reason,
    StateChangeTime: timestamp(change.at),
    Region: world.region,
    AlarmArn: arnOf(world, change.alarm),
    OldStateValue: change.from,
  });
