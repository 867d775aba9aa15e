// Lifecycle events: AWS tells who connected and who disconnected, with a version that orders them.
// https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html#connect-disconnect
import { jsonBytes } from '../json.ts';
import { cloudMessage, type Message } from '../message.ts';
import type { Store } from '../store.ts';
import type { Session } from './session.ts';

export interface Presence {
  connected(session: Session): void;
  disconnected(session: Session): void;
}

export const createPresence = (store: Store, publish: (message: Message) => void): Presence => {
  const nextVersion = openVersions(store);
  const versions = new WeakMap<Session, number>();
  const tell = (session: Session, eventType: 'connected' | 'disconnected', details: object) => {
    const topic = `$aws/events/presence/${eventType}/${session.clientId}`;
    const event = {
      clientId: session.clientId,
      timestamp: Date.now(),
      eventType,
      sessionIdentifier: session.id,
      principalIdentifier: session.certificateId,
      ...details,
      versionNumber: versions.get(session),
    };
    // AWS sends no events for a client id with a wildcard: it could not be a topic.
    if (!/[+#]/.test(session.clientId)) publish(cloudMessage(topic, jsonBytes(event)));
  };
  return {
    connected: (session) => {
      // One connection, one version, in both of its events.
      versions.set(session, nextVersion(session.clientId));
      tell(session, 'connected', { ipAddress: '127.0.0.1' });
    },
    disconnected: (session) => {
      const disconnectReason = session.endReason ?? 'CONNECTION_LOST';
      const clientInitiatedDisconnect = disconnectReason === 'CLIENT_INITIATED_DISCONNECT';
      tell(session, 'disconnected', { clientInitiatedDisconnect, disconnectReason });
    },
  };
};

/** Kept on disk, so that versions grow over a restart too. */
const openVersions = (store: Store) => {
  const grow = store.prepare(
    'INSERT INTO presence (client, version) VALUES (?, 0) ON CONFLICT DO UPDATE SET version = version + 1 RETURNING version',
  );
  return (clientId: string): number => Number(grow.get(clientId)?.version);
};
