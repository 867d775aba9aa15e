// The rest of the real world, for operators at a terminal: no function carries these clients.
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { cloudWatchLogLines } from '#adapters/cloudwatch/log-lines';
import { sqsDeadLetters } from '#adapters/sqs/dead-letters';

/** A local cloud names its queues by a host that not every machine can look up: the way there is in the environment. */
const reached = (queueUrl: string): string => {
  const endpoint = process.env.AWS_ENDPOINT_URL_SQS;
  return endpoint === undefined ? queueUrl : new URL(new URL(queueUrl).pathname, endpoint).href;
};

const sqs = () => new SQSClient({ useQueueUrlAsEndpoint: false });

export const queueUrlOf = async (name: string): Promise<string> => {
  const { QueueUrl = '' } = await sqs().send(new GetQueueUrlCommand({ QueueName: name }));
  return reached(QueueUrl);
};

export const liveDeadLetters = (prefix: string) => sqsDeadLetters(sqs(), prefix);

export const liveLogLines = () => cloudWatchLogLines(new CloudWatchLogsClient());
