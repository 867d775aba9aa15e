// What AWS measures of itself, under the names and dimensions that AWS gives it.
import type { Queues } from '../sqs/queues.ts';
import type { Measure } from './metric.ts';

/** Each minute, of every queue. */
export const measureQueues = (measure: Measure, queues: Queues) => (): void => {
  for (const { name, visible, inFlight, delayed, oldestAgeMs } of queues.depths()) {
    measure(
      'AWS/SQS',
      { QueueName: name },
      {
        ApproximateNumberOfMessagesVisible: visible,
        ApproximateNumberOfMessagesNotVisible: inFlight,
        ApproximateNumberOfMessagesDelayed: delayed,
        ApproximateAgeOfOldestMessage: Math.floor(oldestAgeMs / 1000),
        // A queue that is in use says also that nothing was sent.
        NumberOfMessagesSent: 0,
      },
    );
  }
};

export const measureSent =
  (measure: Measure) =>
  (queueName: string): void =>
    measure('AWS/SQS', { QueueName: queueName }, { NumberOfMessagesSent: 1 });

type Answered = { apiId: string; status: number; ms: number };

const isIn = (status: number, from: number): number => (status >= from && status < from + 100 ? 1 : 0);

/** An HTTP API's names for them; a REST API has others. */
export const measureAnswer =
  (measure: Measure) =>
  ({ apiId, status, ms }: Answered): void => {
    const values = { Count: 1, '4xx': isIn(status, 400), '5xx': isIn(status, 500), Latency: ms };
    measure('AWS/ApiGateway', { ApiId: apiId }, values);
    measure('AWS/ApiGateway', { ApiId: apiId, Stage: '$default' }, values);
  };
