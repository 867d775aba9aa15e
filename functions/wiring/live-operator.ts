// The rest of the real world, for operators at a terminal: no function carries these clients.
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { cloudWatchLogLines } from '#adapters/cloudwatch/log-lines';
import { sqsDeadLetters } from '#adapters/sqs/dead-letters';

export const queueUrlOf = async (name: string): Promise<string> => {
  const { QueueUrl = '' } = await new SQSClient().send(new GetQueueUrlCommand({ QueueName: name }));
  return QueueUrl;
};

export const liveDeadLetters = (prefix: string) => sqsDeadLetters(new SQSClient(), prefix);

export const liveLogLines = () => cloudWatchLogLines(new CloudWatchLogsClient());
