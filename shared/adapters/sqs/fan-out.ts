// The rollouts queue in SQS: small messages that say where to look, ten to a request.
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { groupsOf } from '#engine/in-batches';
import { type FanOut, type FanOutMessage, Unavailable } from '#engine/ports';
import { inOurWords } from '../fault.ts';

export const fanOutMessage = z.object({
  v: z.literal(1),
  organization: z.string().min(1),
  rollout: z.string().min(1),
  shard: z.int().nonnegative().optional(),
});

const messagesMax = 10;
/** SQS's own limit. */
const delayMsMax = 15 * 60 * 1000;

const entryOf = (delaySeconds: number) => (message: FanOutMessage, index: number) => ({
  Id: String(index),
  MessageBody: JSON.stringify({ v: 1, ...message } satisfies z.input<typeof fanOutMessage>),
  MessageGroupId: message.organization,
  DelaySeconds: delaySeconds,
});

export const sqsFanOut = (client: SQSClient, queueUrl: string): FanOut => {
  const sendGroup = async (messages: readonly FanOutMessage[], delaySeconds: number): Promise<void> => {
    const command = new SendMessageBatchCommand({
      QueueUrl: queueUrl,
      Entries: messages.map(entryOf(delaySeconds)),
    });
    const { Failed = [] } = await inOurWords('SQS SendMessageBatch', () => client.send(command));
    if (Failed.length > 0)
      throw new Unavailable(`SQS took all but ${Failed.length} of ${messages.length} messages.`);
  };
  return {
    send: async (messages, delayMs = 0) => {
      const delaySeconds = Math.ceil(Math.min(delayMs, delayMsMax) / 1000);
      await Promise.all(groupsOf(messages, messagesMax).map((group) => sendGroup(group, delaySeconds)));
    },
  };
};
