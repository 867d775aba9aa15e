// Who may connect, publish, subscribe and receive: the broker asks at every single packet.
import type { TLSSocket } from 'node:tls';
import type { AedesOptions, AuthenticateError, Client } from 'aedes';
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

export interface HookParts {
  packets: PacketNotes;
  log: (line: string) => void;
  begin: (client: Client, identity: { clientId: string; certificateId: string }) => Session;
  sessionOf: (client: Client) => Session | undefined;
  /** A device is about to be let in under this name. */
  onAccepted: (session: Session) => void;
  onPublished: (session: Session, packet: Published) => void;
  cut: (session: Session, reason: 'AUTH_ERROR' | 'CLIENT_ERROR') => void;
}

export interface Published {
  topic: string;
  payload: string | Buffer;
  qos: 0 | 1 | 2;
  retain: boolean;
}

type Hooks = Required<
  Pick<
    AedesOptions,
    'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'
  >
>;

export const createHooks = (parts: HookParts): Hooks => ({
  preConnect: (client, packet, callback) => {
    const certificate = (client.conn as TLSSocket).getPeerX509Certificate();
    if (certificate === undefined) return callback(new Error('no client certificate'), false);
    const session = parts.begin(client, {
      clientId: packet.clientId,
      certificateId: certificateIdOf(certificate),
    });
    parts.packets.watch(client, () => {
      session.endReason ??= 'CLIENT_INITIATED_DISCONNECT';
    });
    callback(null, true);
  },

  authenticate: (client, _username, _password, done) => {
    const session = parts.sessionOf(client);
    const refusal = session ? refusalOf(session) : 'no session';
    if (session === undefined || refusal !== undefined) {
      parts.log(`mqtt: ${session?.clientId}: connection refused: ${refusal}`);
      return done(notAuthorized(), null);
    }
    parts.onAccepted(session);
    done(null, true);
  },

  authorizePublish: (client, packet, callback) => {
    const session = client === null ? undefined : parts.sessionOf(client);
    if (session === undefined) return callback(new Error('nobody publishes here without a session'));
    const objection = publishObjection(session, packet);
    if (objection === undefined) {
      callback(null);
      parts.onPublished(session, packet);
      return;
    }
    parts.log(`mqtt: ${session.clientId}: publish to ${packet.topic} refused: ${objection.why}`);
    // AWS cuts the connection; the broker by itself would do so for MQTT 3.1.1 only.
    session.endReason ??= objection.reason;
    callback(new Error(objection.why));
    parts.cut(session, objection.reason);
  },

  authorizeSubscribe: (client, subscription, callback) => {
    const session = parts.sessionOf(client);
    if (session === undefined) return callback(new Error('no session'));
    const fault = subscribeFault(parts.packets.siblingsOf(subscription), subscription);
    if (fault !== undefined) {
      parts.log(`mqtt: ${session.clientId}: subscribe to ${subscription.topic} is an error: ${fault}`);
      session.endReason ??= 'CLIENT_ERROR';
      return callback(new Error(fault));
    }
    if (!isGranted(session, subscription.topic)) {
      parts.log(`mqtt: ${session.clientId}: subscribe to ${subscription.topic} refused`);
      return callback(null, null);
    }
    session.filters.add(subscription.topic);
    callback(null, subscription);
  },

  // A message without permission is not delivered; the connection stays.
  authorizeForward: (client, packet) =>
    parts.sessionOf(client)?.may('iot:Receive', 'topic', packet.topic) ? packet : null,
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

const publishObjection = (session: Session, { topic, payload, qos, retain }: Published) => {
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
