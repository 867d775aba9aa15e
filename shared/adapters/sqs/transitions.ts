// The transitions queue in SQS: a standard queue whose message groups are the organizations, so that none waits for another.
import { GetQueueAttributesCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { channel } from '#device/shadow';
import type { SlotId } from '#domain/slot';
import type { Transitions } from '#engine/ports';
import { inOurWords } from '../fault.ts';

/** What a message says: where to look. What to do is read off the slot. */
export const transitionMessage = z.object({ v: z.literal(1), thing: z.string().min(1), channel });
export type TransitionMessage = z.infer<typeof transitionMessage>;

const bodyOf = ({ thing, channel }: SlotId): string =>
  JSON.stringify({ v: 1, thing, channel } satisfies TransitionMessage);

export const sqsTransitions = (client: SQSClient, queueUrl: string): Transitions => ({
  send: async (slot, organization) => {
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: bodyOf(slot),
      MessageGroupId: organization,
    });
    await inOurWords('SQS SendMessage', () => client.send(command));
  },
  backlog: async () => {
    const command = new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages'],
    });
    const { Attributes } = await inOurWords('SQS GetQueueAttributes', () => client.send(command));
    return Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  },
});
