// The SQS resources of our templates.
import * as z from 'zod';
import { arnOf, resourceType, withoutEffect } from '../template/resource-type.ts';

/** Numbers may be written as text in a template. */
const seconds = (max: number) => z.coerce.number().int().min(0).max(max);

const properties = z.strictObject({
  QueueName: z.string().optional(),
  VisibilityTimeout: seconds(43_200).default(30),
  DelaySeconds: seconds(900).default(0),
  ReceiveMessageWaitTimeSeconds: seconds(20).default(0),
  MaximumMessageSize: seconds(1_048_576).default(1_048_576),
  RedrivePolicy: z
    .strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number().int().positive() })
    .optional(),
  MessageRetentionPeriod: withoutEffect('messages are kept until somebody takes them'),
  RedriveAllowPolicy: withoutEffect('nobody redrives by hand here'),
  SqsManagedSseEnabled: withoutEffect('nothing is encrypted at rest on this machine'),
  KmsMasterKeyId: withoutEffect('nothing is encrypted at rest on this machine'),
  KmsDataKeyReusePeriodSeconds: withoutEffect('nothing is encrypted at rest on this machine'),
  Tags: withoutEffect('nothing is billed here'),
});

const attributesOf = (queue: z.infer<typeof properties>): Record<string, string> => ({
  VisibilityTimeout: String(queue.VisibilityTimeout),
  DelaySeconds: String(queue.DelaySeconds),
  ReceiveMessageWaitTimeSeconds: String(queue.ReceiveMessageWaitTimeSeconds),
  MaximumMessageSize: String(queue.MaximumMessageSize),
  ...(queue.RedrivePolicy === undefined ? {} : { RedrivePolicy: JSON.stringify(queue.RedrivePolicy) }),
});

const queue = resourceType({
  properties,
  nameProperty: 'QueueName',
  ref: ({ name, world }) => world.queueUrl(name),
  attributes: {
    Arn: arnOf('sqs'),
    QueueName: ({ name }) => name,
    QueueUrl: ({ name, world }) => world.queueUrl(name),
  },
  starts: {
    with: 'stores',
    start: (resource, { queues, world }) => {
      const { name } = resource;
      queues.put(name, arnOf('sqs')({ name, world }), attributesOf(resource.properties));
    },
  },
});

export const sqsTypes = { 'AWS::SQS::Queue': queue };
