// The ground that drills are held on: a local cloud, those who use it, and the hands of an operator.
import { setTimeout as wait } from 'node:timers/promises';
import {
  GetThingShadowCommand,
  IoTDataPlaneClient,
  PublishCommand,
  UpdateThingShadowCommand,
} from '@aws-sdk/client-iot-data-plane';
import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { LocalCloud } from '../cloud.ts';
import type { Control } from '../control.ts';
import { environmentsAt, type Platform, platformAt } from '../tour/platform.ts';

export type Ground = Platform & {
  /** The same organization, in Humanitec's words. */
  readonly environments: Platform;
  readonly control: Control;
  /** A queue's, function's or alarm's whole name. */
  readonly named: (name: string) => string;
  readonly send: (queue: string, body: string) => Promise<void>;
  /** Takes every message of a queue for good; what `act` throws leaves it there. */
  readonly empty: (queue: string, act: (body: string) => Promise<void>) => Promise<void>;
  readonly publish: (topic: string, payload: Uint8Array) => Promise<void>;
  readonly shadow: (thing: string, channel: string) => Promise<unknown>;
  readonly report: (thing: string, channel: string, reported: object) => Promise<void>;
  /** Until something that nobody announces has happened. */
  readonly until: (what: string, isDone: () => boolean | Promise<boolean>) => Promise<void>;
  readonly close: () => void;
};

const waitMsMax = 15_000;

const until: Ground['until'] = async (what, isDone) => {
  const end = Date.now() + waitMsMax;
  while (!(await isDone())) {
    if (Date.now() > end) throw new Error(`After ${waitMsMax / 1000} s still not: ${what}`);
    await wait(20);
  }
};

const queuesOf = (sqs: SQSClient, urlOf: (queue: string) => string): Pick<Ground, 'send' | 'empty'> => ({
  send: async (queue, MessageBody) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: urlOf(queue), MessageBody }));
  },
  empty: async (queue, act) => {
    const QueueUrl = urlOf(queue);
    const receive = async (): Promise<Message[]> =>
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }))).Messages ?? [];
    for (let batch = await receive(); batch.length > 0; batch = await receive()) {
      for (const { Body = '', ReceiptHandle } of batch) {
        await act(Body);
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
    }
  },
});

const jsonOf = (payload: Uint8Array | undefined): unknown =>
  JSON.parse(Buffer.from(payload ?? []).toString());

const devicesOf = (iot: IoTDataPlaneClient): Pick<Ground, 'publish' | 'shadow' | 'report'> => ({
  publish: async (topic, payload) => {
    await iot.send(new PublishCommand({ topic, payload, qos: 1 }));
  },
  shadow: async (thingName, shadowName) =>
    jsonOf((await iot.send(new GetThingShadowCommand({ thingName, shadowName }))).payload),
  report: async (thingName, shadowName, reported) => {
    const payload = Buffer.from(JSON.stringify({ state: { reported } }));
    await iot.send(new UpdateThingShadowCommand({ thingName, shadowName, payload }));
  },
});

export const groundOf = ({ config, control }: LocalCloud): Ground => {
  const { accessKeyId, secretAccessKey, region } = config;
  const client = { region, credentials: { accessKeyId, secretAccessKey } };
  const sqs = new SQSClient({ ...client, endpoint: config.sqsEndpoint });
  const iot = new IoTDataPlaneClient({ ...client, endpoint: config.iotDataEndpoint });
  /** The table is named after its stage alone. */
  const named = (name: string): string => `${config.tableName}-${name}`;
  return {
    ...platformAt(config.url, config.apiKey),
    environments: environmentsAt(config.url, config.apiKey, config.organization),
    ...queuesOf(sqs, (queue) => `${config.sqsEndpoint}/000000000000/${named(queue)}`),
    ...devicesOf(iot),
    control,
    named,
    until,
    close: () => {
      sqs.destroy();
      iot.destroy();
    },
  };
};
