// Who may connect, publish, subscribe and receive: the broker asks at every single packet.
import type { TLSSocket } from 'node:tls';
import type { AedesOptions, AuthenticateError } from 'aedes';
import type { Message } from '../message.ts';
import { certificateIdOf } from '../registry/registry.ts';
import {
  connectObjection,
  isGranted,
  type Publication,
  publishObjection,
  subscribeObjection,
} from './objections.ts';
import type { PacketNotes } from './packets.ts';
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

export const createHooks = (parts: HookParts): Hooks => ({
  preConnect: preConnect(parts),
  authenticate: authenticate(parts),
  authorizePublish: authorizePublish(parts),
  authorizeSubscribe: authorizeSubscribe(parts),
  authorizeForward: authorizeForward(parts),
});

const preConnect =
  ({ sessions, packets }: HookParts): Hooks['preConnect'] =>
  (client, { clientId }, callback) => {
    const certificate = (client.conn as TLSSocket).getPeerX509Certificate();
    if (certificate === undefined) return callback(new Error('no client certificate'), false);
    const session = sessions.begin(client, { clientId, certificateId: certificateIdOf(certificate) });
    packets.watch(client, () => {
      session.endReason ??= 'CLIENT_INITIATED_DISCONNECT';
    });
    callback(null, true);
  };

const authenticate =
  ({ sessions, log }: HookParts): Hooks['authenticate'] =>
  (client, _username, _password, done) => {
    const session = sessions.of(client);
    if (session === undefined) return done(notAuthorized(), null);
    const objection = connectObjection(session);
    if (objection) {
      log(`mqtt: ${session.clientId}: connection refused: ${objection.why}`);
      return done(notAuthorized(), null);
    }
    sessions.supersede(session);
    done(null, true);
  };

const authorizePublish =
  ({ sessions, onMessage, log }: HookParts): Hooks['authorizePublish'] =>
  (client, packet, callback) => {
    const session = client === null ? undefined : sessions.of(client);
    if (session === undefined) return callback(new Error('nobody publishes here without a session'));
    const objection = publishObjection(session, packet);
    if (objection === undefined) {
      callback(null);
      onMessage(toMessage(session, packet));
      return;
    }
    log(`mqtt: ${session.clientId}: publish to ${packet.topic} refused: ${objection.why}`);
    session.endReason ??= objection.reason;
    callback(new Error(objection.why));
    // AWS cuts the connection; the broker by itself does so for MQTT 3.1.1 only.
    sessions.cut(session, objection.reason);
  };

const authorizeSubscribe =
  ({ sessions, packets, log }: HookParts): Hooks['authorizeSubscribe'] =>
  (client, subscription, callback) => {
    const session = sessions.of(client);
    if (session === undefined) return callback(new Error('no session'));
    const { topic, qos } = subscription;
    const objection = subscribeObjection(session, { topic, qos, siblings: packets.siblingsOf(subscription) });
    if (objection) {
      log(`mqtt: ${session.clientId}: subscribe to ${topic} is an error: ${objection.why}`);
      session.endReason ??= objection.reason;
      return callback(new Error(objection.why));
    }
    if (!isGranted(session, topic)) {
      log(`mqtt: ${session.clientId}: subscribe to ${topic} refused`);
      return callback(null, null);
    }
    session.filters.add(topic);
    callback(null, subscription);
  };

/** A message without permission is not delivered; the connection stays. */
const authorizeForward =
  ({ sessions }: HookParts): Hooks['authorizeForward'] =>
  (client, packet) => {
    const session = sessions.of(client);
    if (!session?.may('iot:Receive', 'topic', packet.topic)) return null;
    // Retained messages have no number: each is sent once per subscription.
    return packet.brokerId === null || session.received.isNew(packet.brokerCounter) ? packet : null;
  };

const notAuthorized = (): AuthenticateError => Object.assign(new Error('Not authorized'), { returnCode: 5 });

const toMessage = ({ clientId }: Session, { topic, payload, qos, retain }: Publication): Message => ({
  topic,
  payload: Buffer.from(payload),
  qos: qos === 0 ? 0 : 1,
  retain,
  clientId,
});
