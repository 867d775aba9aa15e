// Who may connect, publish, subscribe and receive: the broker asks at every single packet.
import type { TLSSocket } from 'node:tls';
import type { AedesOptions, AuthenticateError, PublishPacket } from 'aedes';
import type { Message } from '../message.ts';
import { certificateIdOf } from '../registry/registry.ts';
import { isTopic, isTopicFilter } from '../topics.ts';
import {
  clientIdBytesMax,
  filtersPerConnectionMax,
  filtersPerSubscribeMax,
  payloadBytesMax,
} from './limits.ts';
import type { PacketNotes } from './packets.ts';
import { mayBePublished, maySubscribe } from './reserved.ts';
import type { Session } from './session.ts';
import type { Sessions } from './sessions.ts';

export interface HookParts {
  sessions: Sessions;
  packets: PacketNotes;
  /** What a device was allowed to publish. */
  onMessage: (message: Message) => void;
  log: (line: string) => void;
}

type Hooks = Required<
  Pick<
    AedesOptions,
    'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'
  >
>;

export const createHooks = ({ sessions, packets, onMessage, log }: HookParts): Hooks => ({
  preConnect: (client, packet, callback) => {
    const certificate = (client.conn as TLSSocket).getPeerX509Certificate();
    if (certificate === undefined) return callback(new Error('no client certificate'), false);
    const session = sessions.begin(client, {
      clientId: packet.clientId,
      certificateId: certificateIdOf(certificate),
    });
    packets.watch(client, () => {
      session.endReason ??= 'CLIENT_INITIATED_DISCONNECT';
    });
    callback(null, true);
  },

  authenticate: (client, _username, _password, done) => {
    const session = sessions.of(client);
    const refusal = session ? refusalOf(session) : 'no session';
    if (session === undefined || refusal !== undefined) {
      log(`mqtt: ${session?.clientId}: connection refused: ${refusal}`);
      return done(notAuthorized(), null);
    }
    sessions.supersede(session);
    done(null, true);
  },

  authorizePublish: (client, packet, callback) => {
    const session = client === null ? undefined : sessions.of(client);
    if (session === undefined) return callback(new Error('nobody publishes here without a session'));
    const objection = publishObjection(session, packet);
    if (objection === undefined) {
      callback(null);
      onMessage(toMessage(session, packet));
      return;
    }
    log(`mqtt: ${session.clientId}: publish to ${packet.topic} refused: ${objection.why}`);
    // AWS cuts the connection; the broker by itself would do so for MQTT 3.1.1 only.
    session.endReason ??= objection.reason;
    callback(new Error(objection.why));
    sessions.cut(session, objection.reason);
  },

  authorizeSubscribe: (client, subscription, callback) => {
    const session = sessions.of(client);
    if (session === undefined) return callback(new Error('no session'));
    const fault = subscribeFault(packets.siblingsOf(subscription), subscription);
    if (fault !== undefined) {
      log(`mqtt: ${session.clientId}: subscribe to ${subscription.topic} is an error: ${fault}`);
      session.endReason ??= 'CLIENT_ERROR';
      return callback(new Error(fault));
    }
    if (!isGranted(session, subscription.topic)) {
      log(`mqtt: ${session.clientId}: subscribe to ${subscription.topic} refused`);
      return callback(null, null);
    }
    session.filters.add(subscription.topic);
    callback(null, subscription);
  },

  // A message without permission is not delivered; the connection stays.
  authorizeForward: (client, packet) => {
    const session = sessions.of(client);
    if (!session?.may('iot:Receive', 'topic', packet.topic)) return null;
    // Retained messages have no number: each is sent once per subscription.
    return packet.brokerId === null || session.received.isNew(packet.brokerCounter) ? packet : null;
  },
});

const notAuthorized = (): AuthenticateError => Object.assign(new Error('Not authorized'), { returnCode: 5 });

const refusalOf = (session: Session): string | undefined => {
  const { clientId } = session;
  if (clientId.length === 0 || Buffer.byteLength(clientId) > clientIdBytesMax)
    return 'the client id is not valid';
  if (!session.isCertificateActive()) return 'the certificate is not registered or not active';
  if (!session.may('iot:Connect', 'client', clientId)) return 'no policy allows iot:Connect';
  return undefined;
};

const publishObjection = (session: Session, { topic, payload, qos, retain }: Publication) => {
  if (qos > 1) return { reason: 'CLIENT_ERROR', why: 'QoS 2 is not supported' } as const;
  if (payload.length > payloadBytesMax)
    return { reason: 'CLIENT_ERROR', why: 'the payload is too large' } as const;
  if (!isTopic(topic)) return { reason: 'CLIENT_ERROR', why: 'the topic is not valid' } as const;
  if (!mayBePublished(topic)) return { reason: 'AUTH_ERROR', why: 'the topic is reserved' } as const;
  if (!session.may('iot:Publish', 'topic', topic)) {
    return { reason: 'AUTH_ERROR', why: 'no policy allows iot:Publish' } as const;
  }
  if (retain && !session.may('iot:RetainPublish', 'topic', topic)) {
    return { reason: 'AUTH_ERROR', why: 'no policy allows iot:RetainPublish' } as const;
  }
  return undefined;
};

/** What ends the connection, in contrast to a refused subscription. */
const subscribeFault = (
  siblings: number,
  { topic, qos }: { topic: string; qos: number },
): string | undefined => {
  if (siblings > filtersPerSubscribeMax) return `more than ${filtersPerSubscribeMax} topics in one SUBSCRIBE`;
  if (qos > 1) return 'QoS 2 is not supported';
  return isTopicFilter(topic) ? undefined : 'the topic filter is not valid';
};

const isGranted = (session: Session, filter: string): boolean =>
  maySubscribe(filter) &&
  (session.filters.has(filter) || session.filters.size < filtersPerConnectionMax) &&
  session.may('iot:Subscribe', 'topicfilter', filter);

type Publication = Pick<PublishPacket, 'topic' | 'payload' | 'qos' | 'retain'>;

const toMessage = ({ clientId }: Session, { topic, payload, qos, retain }: Publication): Message => ({
  topic,
  payload: Buffer.from(payload),
  qos: qos === 0 ? 0 : 1,
  retain,
  clientId,
});
