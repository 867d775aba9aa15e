// Queues in which work waits for a person: listed, read without taking anything away, and sent back to where it came from.
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { groupsOf } from '#engine/in-batches';
import { inOurWords } from '../fault.ts';

export interface DeadLetterQueue {
  readonly name: string;
  readonly url: string;
  /** The queue whose worker gave up; null: nobody takes what would be sent back. */
  readonly source: string | null;
  /** Roughly: messages that wait, those that somebody looks at included. */
  readonly depth: number;
}

export interface DeadLetter {
  readonly messageId: string;
  readonly body: string;
  readonly sentAt: number;
  readonly receives: number;
}

export interface DeadLetters {
  readonly list: () => Promise<readonly DeadLetterQueue[]>;
  /** Some of those that wait, at most `limit`; they stay where they are. */
  readonly peek: (queue: DeadLetterQueue, limit: number) => Promise<readonly DeadLetter[]>;
  /** Sends each that waits back once, and counts them. A message is sent before it is taken away: it may come twice, and never not at all. */
  readonly redrive: (queue: DeadLetterQueue) => Promise<number>;
}

const suffix = '-dead-letters';
const batch = 10;
/** Long enough for one pass; what is only looked at is let go right after it. */
const heldSeconds = 30;
/** Without it a receive asks only some of the machines that a queue lies on, and finds nothing where something is. */
const waitSeconds = 1;

const nameOf = (url: string): string => url.split('/').at(-1) ?? '';

/** Of this stage: `prod-eu` is another one than `prod`, and begins with it. Queues themselves have names of one word. */
const isDeadEndOf = (prefix: string) => {
  const own = /^-(?:[a-z]+-dead-letters|failed)$/;
  return (name: string): boolean => name.startsWith(prefix) && own.test(name.slice(prefix.length));
};

const letterOf = ({ MessageId, Body, Attributes }: Message): DeadLetter => ({
  messageId: MessageId ?? '',
  body: Body ?? '',
  sentAt: Number(Attributes?.SentTimestamp ?? 0),
  receives: Number(Attributes?.ApproximateReceiveCount ?? 0),
});

const counts = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

/** Queues of one stage, by the prefix of their names. */
export const sqsDeadLetters = (client: SQSClient, prefix: string): DeadLetters => {
  const isDeadEnd = isDeadEndOf(prefix);

  const depthOf = async (url: string): Promise<number> => {
    const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...counts] });
    const { Attributes } = await inOurWords('SQS GetQueueAttributes', () => client.send(command));
    return counts.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
  };

  const receive = async (url: string): Promise<readonly Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: batch,
      VisibilityTimeout: heldSeconds,
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount', 'MessageGroupId'],
    });
    const { Messages = [] } = await inOurWords('SQS ReceiveMessage', () => client.send(command));
    return Messages;
  };

  /** Everything that is visible now, each once. */
  const all = async (url: string, limit: number): Promise<readonly Message[]> => {
    const found = new Map<string, Message>();
    for (;;) {
      const messages = await receive(url);
      const before = found.size;
      for (const message of messages) found.set(message.MessageId ?? '', message);
      if (found.size === before || found.size >= limit) return [...found.values()];
    }
  };

  const letGo = async (url: string, messages: readonly Message[]): Promise<void> => {
    for (const group of groupsOf(messages, batch)) {
      const command = new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: group.map(({ ReceiptHandle }, at) => ({
          Id: String(at),
          ReceiptHandle,
          VisibilityTimeout: 0,
        })),
      });
      await inOurWords('SQS ChangeMessageVisibilityBatch', () => client.send(command));
    }
  };

  const urlOf = async (name: string): Promise<string> => {
    const command = new GetQueueUrlCommand({ QueueName: name });
    const { QueueUrl = '' } = await inOurWords('SQS GetQueueUrl', () => client.send(command));
    return QueueUrl;
  };

  const sendBack = async (from: string, to: string, message: Message): Promise<string> => {
    const group = message.Attributes?.MessageGroupId;
    const send = new SendMessageCommand({
      QueueUrl: to,
      MessageBody: message.Body,
      ...(group === undefined ? {} : { MessageGroupId: group }),
    });
    const { MessageId = '' } = await inOurWords('SQS SendMessage', () => client.send(send));
    const remove = new DeleteMessageCommand({ QueueUrl: from, ReceiptHandle: message.ReceiptHandle });
    await inOurWords('SQS DeleteMessage', () => client.send(remove));
    return MessageId;
  };

  return {
    list: async () => {
      const command = new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: 1000 });
      const { QueueUrls = [] } = await inOurWords('SQS ListQueues', () => client.send(command));
      const ends = QueueUrls.filter((url) => isDeadEnd(nameOf(url))).toSorted();
      return Promise.all(
        ends.map(async (url) => {
          const name = nameOf(url);
          const source = name.endsWith(suffix) ? name.slice(0, -suffix.length) : null;
          return { name, url, source, depth: await depthOf(url) };
        }),
      );
    },
    peek: async ({ url }, limit) => {
      const messages = await all(url, limit);
      await letGo(url, messages);
      return messages.slice(0, limit).map(letterOf);
    },
    redrive: async ({ url, source }) => {
      if (source === null) return 0;
      const to = await urlOf(source);
      /** What fails at once comes back here under the name that it was sent with, and has had its turn. */
      const sent = new Set<string>();
      for (;;) {
        const messages = await receive(url);
        const waiting = messages.filter(({ MessageId = '' }) => !sent.has(MessageId));
        for (const message of waiting) sent.add(await sendBack(url, to, message));
        if (waiting.length === 0) {
          await letGo(url, messages);
          return sent.size;
        }
      }
    },
  };
};
