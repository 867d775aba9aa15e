// The running parts of the local cloud, as the resources of a template see them when they start.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { Watch } from './cloudwatch/watch.ts';
import type { Bus } from './events/bus.ts';
import type { HttpApis } from './gateway/http-apis.ts';
import type { IotCore } from './iot/iot-core.ts';
import type { Functions } from './lambda/functions.ts';
import type { Mappings } from './lambda/mappings.ts';
import type { Clock } from './schedule/clock.ts';
import type { Topics } from './sns/topics.ts';
import type { Queues } from './sqs/queues.ts';
import type { World } from './template/world.ts';
import type { Time } from './time.ts';

export type Parts = {
  world: World;
  dynamodb: DynamoDBClient;
  queues: Queues;
  sqs: SQSClient;
  iot: IotCore;
  functions: Functions;
  apis: HttpApis;
  mappings: Mappings;
  clock: Clock;
  time: Time;
  watch: Watch;
  bus: Bus;
  topics: Topics;
  /** Called in reverse order when the cloud ends. */
  onClose: (act: () => Promise<void> | void) => void;
};
