// The real world: AWS clients are made here, and in live-certificates.ts those that most functions do without.
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IoTDataPlaneClient } from '@aws-sdk/client-iot-data-plane';
import { SQSClient } from '@aws-sdk/client-sqs';
import { dynamoStores } from '#adapters/dynamodb/stores';
import type { Table } from '#adapters/dynamodb/table';
import { httpsReceivers } from '#adapters/https/receivers';
import { iotPublisher } from '#adapters/iot/publisher';
import { iotShadows } from '#adapters/iot/shadows';
import { sqsFanOut } from '#adapters/sqs/fan-out';
import { sqsNotices } from '#adapters/sqs/notices';
import { sqsTransitions } from '#adapters/sqs/transitions';
import { cachedContents } from '#engine/cached-contents';
import type { Chance, Clock, World } from '#engine/ports';
import type { Reach } from '#engine/receivers';
import { retentionOf } from '#operations/retention';
import { countUnits } from './attempts.ts';
import { clientSettings, watched } from './client.ts';
import { witnessed } from './witness.ts';

const sqs = () => watched(new SQSClient(clientSettings));

const clock: Clock = { now: () => Date.now(), sleep: (ms) => setTimeout(ms) };
const chance: Chance = { bytes: (length) => randomBytes(length) };

/** A few manifests and files, as many as a small function's memory bears. */
const cachedBytesMax = 32 * 1024 * 1024;

const tableOf = (name: string): Table => ({
  client: watched(new DynamoDBClient(clientSettings)),
  onCapacity: countUnits,
  name,
  retention: retentionOf(name),
});

/** What lies in the table, and the time. */
export const liveStore = (tableName: string) => {
  const stores = dynamoStores(tableOf(tableName));
  return {
    clock,
    chance,
    ...stores,
    contents: cachedContents(stores.contents, cachedBytesMax),
  };
};

export const liveTransitions = (queueUrl: string) => sqsTransitions(sqs(), queueUrl);

export const liveFanOut = (queueUrl: string) => sqsFanOut(sqs(), queueUrl);

export const liveNotices = (queueUrl: string) => sqsNotices(sqs(), queueUrl);

/** On AWS the loopback address is Lambda's own interface: where that is, it is never reached, whatever anybody has configured. */
export const liveReceivers = (reach: Reach) =>
  httpsReceivers(process.env.AWS_LAMBDA_RUNTIME_API === undefined ? reach : 'public');

export const liveDevices = () => {
  const data = watched(new IoTDataPlaneClient(clientSettings));
  return { shadows: iotShadows(data), publisher: iotPublisher(data) };
};

/** A port that a function has no right to use, and no business with. */
const withheld = (port: string): never =>
  new Proxy({} as never, {
    get: (_, method) => {
      throw new Error(`This function has no ${port}: it cannot ${String(method)}.`);
    },
  });

/** A whole world, of which a function is given what its role allows; what is done through it is told in the unit's line. */
export const worldOf = (given: Partial<World> & Pick<World, 'clock' | 'chance'>): World => ({
  slots: withheld('slots'),
  records: withheld('records'),
  members: withheld('members'),
  rollouts: withheld('rollouts'),
  deliveries: withheld('deliveries'),
  fanOut: withheld('fanOut'),
  contents: withheld('contents'),
  things: withheld('things'),
  repeats: withheld('repeats'),
  pongs: withheld('pongs'),
  keys: withheld('keys'),
  quotas: withheld('quotas'),
  audit: withheld('audit'),
  catalog: withheld('catalog'),
  estate: withheld('estate'),
  transitions: withheld('transitions'),
  notices: withheld('notices'),
  receivers: withheld('receivers'),
  shadows: withheld('shadows'),
  publisher: withheld('publisher'),
  certificates: withheld('certificates'),
  ...witnessed(given),
});
