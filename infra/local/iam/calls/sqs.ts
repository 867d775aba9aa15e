// What a request to SQS needs to be allowed; the batches have no action of their own.
import type { Need } from '../evaluate.ts';
import type { Place } from './place.ts';

const queueName = ({ QueueUrl, QueueName }: Readonly<Record<string, unknown>>): string | undefined =>
  typeof QueueUrl === 'string'
    ? QueueUrl.split('/').at(-1)
    : typeof QueueName === 'string'
      ? QueueName
      : undefined;

export const queueArn = ({ partition, region, accountId }: Place, name: string): string =>
  `arn:${partition}:sqs:${region}:${accountId}:${name}`;

export const sqsNeeds =
  (place: Place) =>
  (operation: string, body: Readonly<Record<string, unknown>>): Need[] => {
    const name = queueName(body);
    return [
      {
        action: `sqs:${operation.replace(/Batch$/, '')}`,
        resource: name === undefined ? '*' : queueArn(place, name),
      },
    ];
  };
