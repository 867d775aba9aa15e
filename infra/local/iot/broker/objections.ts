// Why a packet of a device is not taken: each reason in a row, the first that holds is given.
import type { PublishPacket } from 'aedes';
import { isTopic, isTopicFilter } from '../topics.ts';
import {
  clientIdBytesMax,
  filtersPerConnectionMax,
  filtersPerSubscribeMax,
  payloadBytesMax,
} from './limits.ts';
import { mayBePublished, maySubscribe } from './reserved.ts';
import type { DisconnectReason, Session } from './session.ts';

export type Publication = Pick<PublishPacket, 'topic' | 'payload' | 'qos' | 'retain'>;

export interface Subscribing {
  topic: string;
  qos: number;
  /** How many topics came in the same packet. */
  siblings: number;
}

export interface Objection {
  /** Of the disconnection that follows. */
  reason: DisconnectReason;
  why: string;
}

type Row<Asked> = Objection & { holds: (session: Session, asked: Asked) => boolean };

const first =
  <Asked>(rows: Row<Asked>[]) =>
  (session: Session, asked: Asked): Objection | undefined =>
    rows.find(({ holds }) => holds(session, asked));

export const connectObjection = first<void>([
  {
    reason: 'CLIENT_ERROR',
    why: 'the client id is not valid',
    holds: ({ clientId }) => clientId.length === 0 || Buffer.byteLength(clientId) > clientIdBytesMax,
  },
  {
    reason: 'FORBIDDEN_ACCESS',
    why: 'the certificate is not registered or not active',
    holds: (session) => !session.isCertificateActive(),
  },
  {
    reason: 'AUTH_ERROR',
    why: 'no policy allows iot:Connect',
    holds: (session) => !session.may('iot:Connect', 'client', session.clientId),
  },
]);

export const publishObjection = first<Publication>([
  { reason: 'CLIENT_ERROR', why: 'QoS 2 is not supported', holds: (_, { qos }) => qos > 1 },
  {
    reason: 'CLIENT_ERROR',
    why: 'the payload is too large',
    holds: (_, { payload }) => Buffer.byteLength(payload) > payloadBytesMax,
  },
  { reason: 'CLIENT_ERROR', why: 'the topic is not valid', holds: (_, { topic }) => !isTopic(topic) },
  { reason: 'AUTH_ERROR', why: 'the topic is reserved', holds: (_, { topic }) => !mayBePublished(topic) },
  {
    reason: 'AUTH_ERROR',
    why: 'no policy allows iot:Publish',
    holds: (session, { topic }) => !session.may('iot:Publish', 'topic', topic),
  },
  {
    reason: 'AUTH_ERROR',
    why: 'no policy allows iot:RetainPublish',
    holds: (session, { topic, retain }) => retain && !session.may('iot:RetainPublish', 'topic', topic),
  },
]);

/** What ends the connection, in contrast to a subscription that is only refused. */
export const subscribeObjection = first<Subscribing>([
  {
    reason: 'CLIENT_ERROR',
    why: `more than ${filtersPerSubscribeMax} topics in one SUBSCRIBE`,
    holds: (_, { siblings }) => siblings > filtersPerSubscribeMax,
  },
  { reason: 'CLIENT_ERROR', why: 'QoS 2 is not supported', holds: (_, { qos }) => qos > 1 },
  {
    reason: 'CLIENT_ERROR',
    why: 'the topic filter is not valid',
    holds: (_, { topic }) => !isTopicFilter(topic),
  },
]);

export const isGranted = (session: Session, filter: string): boolean =>
  maySubscribe(filter) &&
  (session.filters.has(filter) || session.filters.size < filtersPerConnectionMax) &&
  session.may('iot:Subscribe', 'topicfilter', filter);
