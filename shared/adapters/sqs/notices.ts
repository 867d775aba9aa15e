// The notices queue in SQS: a standard queue whose message groups are the organizations, so that none waits for another's receivers.
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import type { Notices } from '#engine/ports';
import { inOurWords } from '../fault.ts';

const id = z.string().min(1);

export const noticeMessage = z.object({
  v: z.literal(1),
  organization: id,
  app: id,
  webhook: id,
  event: id,
  deployment: id,
  type: id,
  attempt: z.int().positive(),
  announcedAt: z.int(),
  due: z.int(),
});
export type NoticeMessage = z.infer<typeof noticeMessage>;

/** SQS holds a message back no longer; whoever takes it too early sends it on. */
const delaySecondsMax = 900;

export const sqsNotices = (client: SQSClient, queueUrl: string): Notices => ({
  send: async (notice, delayMs) => {
    const message: NoticeMessage = { v: 1, ...notice };
    const command = new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: JSON.stringify(message),
      DelaySeconds: Math.min(delaySecondsMax, Math.max(0, Math.ceil(delayMs / 1000))),
      MessageGroupId: notice.organization,
    });
    await inOurWords('SQS SendMessage', () => client.send(command));
  },
});
