// The SNS resources of our templates. Nobody gets mail from this machine: what would be sent is in logs/sns.log.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Parts } from '../parts.ts';
import { arnOf, resourceType, typeWithoutEffect, withoutEffect } from '../template/resource-type.ts';

const topic = resourceType({
  properties: z.strictObject({
    TopicName: z.string().optional(),
    DisplayName: withoutEffect('words for people'),
    KmsMasterKeyId: withoutEffect('nothing is encrypted at rest on this machine'),
    Tags: withoutEffect('nothing is billed here'),
  }),
  nameProperty: 'TopicName',
  ref: arnOf('sns'),
  attributes: { TopicArn: arnOf('sns'), TopicName: ({ name }) => name },
  starts: {
    with: 'stores',
    start: ({ name }, { topics, world }) => topics.put(arnOf('sns')({ name, world })),
  },
});

const wrapped = (topicArn: string, Subject: string, Message: string) => ({
  Type: 'Notification',
  MessageId: randomUUID(),
  TopicArn: topicArn,
  Subject,
  Message,
  Timestamp: new Date().toISOString(),
});

const deliveries = {
  email: () => () => {},
  'email-json': () => () => {},
  lambda:
    ({ functions }: Parts, topicArn: string, endpoint: string) =>
    (subject: string, message: string) => {
      const Sns = wrapped(topicArn, subject, message);
      functions.send(
        endpoint,
        JSON.stringify({ Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns }] }),
      );
    },
  sqs:
    ({ queues }: Parts, topicArn: string, endpoint: string) =>
    (subject: string, message: string) =>
      void queues.send(queues.urlOf(endpoint), JSON.stringify(wrapped(topicArn, subject, message))),
} as const;
const protocols = Object.keys(deliveries) as [keyof typeof deliveries];

const subscription = resourceType({
  properties: z.strictObject({
    TopicArn: z.string(),
    Protocol: z.enum(protocols),
    Endpoint: z.string(),
  }),
  starts: {
    with: 'wiring',
    start: ({ properties: { TopicArn, Protocol, Endpoint } }, parts) =>
      parts.topics.subscribe(TopicArn, deliveries[Protocol](parts, TopicArn, Endpoint)),
  },
});

export const snsTypes = {
  'AWS::SNS::Topic': topic,
  'AWS::SNS::Subscription': subscription,
  'AWS::SNS::TopicPolicy': typeWithoutEffect('only this machine publishes here, and it may'),
};
