// The running parts of the local cloud, as the resources of a template see them when they start.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { HttpApis } from './gateway/http-apis.ts';
import type { IotCore } from './iot/iot-core.ts';
import type { Functions } from './lambda/functions.ts';
import type { Clock } from './schedule/clock.ts';
import type { Queues } from './sqs/queues.ts';
import type { World } from './template/world.ts';

export type Parts = {
  world: World;
  dynamodb: DynamoDBClient;
  queues: Queues;
  sqs: SQSClient;
  iot: IotCore;
  functions: Functions;
  apis: HttpApis;
  clock: Clock;
  /** Called in reverse order when the cloud ends. */
  onClose: (act: () => Promise<void> | void) => void;
};
