// A queue in fauxqs on 127.0.0.1, for tests of what is sent.
import { randomUUID } from 'node:crypto';
import { CreateQueueCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';

const region = 'us-east-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

export interface SqsLocal {
  readonly client: SQSClient;
  readonly newQueue: () => Promise<string>;
  /** Everything that waits in a queue; it stays invisible for others. */
  readonly receiveAll: (queueUrl: string) => Promise<readonly Message[]>;
  readonly close: () => Promise<void>;
}

const receiveAll = async (client: SQSClient, queueUrl: string): Promise<Message[]> => {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
  });
  const { Messages: messages = [] } = await client.send(command);
  return messages.length === 0 ? [] : [...messages, ...(await receiveAll(client, queueUrl))];
};

export const startSqs = async (): Promise<SqsLocal> => {
  const app = buildApp({ logger: false, defaultRegion: region });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  const client = new SQSClient({ endpoint, region, credentials, maxAttempts: 1 });
  return {
    client,
    newQueue: async () => {
      const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: randomUUID() }));
      if (QueueUrl === undefined) throw new Error('The queue has no URL.');
      return QueueUrl;
    },
    receiveAll: (queueUrl) => receiveAll(client, queueUrl),
    close: async () => {
      client.destroy();
      await app.close();
    },
  };
};
