// The MQTT broker: connections come in through TLS, what devices publish goes out to the rest of the local IoT Core.
import type { AedesPublishPacket, Client } from 'aedes';
import { Aedes } from 'aedes';
import type { Message } from '../message.ts';
import type { CertificateAuthority } from '../registry/ca.ts';
import type { Registry } from '../registry/registry.ts';
import type { Store } from '../store.ts';
import { createHooks } from './hooks.ts';
import { packetBytesMax } from './limits.ts';
import { allowOvertaking, createPacketNotes, forgetRefused } from './packets.ts';
import { createPresence } from './presence.ts';
import type { DisconnectReason, Session } from './session.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { openTlsDoor } from './tls.ts';

export interface Broker {
  port: number;
  /** To every subscriber; never back to `onMessage`. */
  publish(message: Message): void;
  close(): Promise<void>;
}

export interface BrokerParts {
  authority: CertificateAuthority;
  registry: Registry;
  store: Store;
  arnPrefix: string;
  port: number;
  /** What devices publish. */
  onMessage: (message: Message) => void;
  /** What the broker itself has to say: presence. */
  announce: (message: Message) => void;
  log: (line: string) => void;
}

export const startBroker = async (parts: BrokerParts): Promise<Broker> => {
  const { onMessage, log } = parts;
  const sessions = createSessions(parts, createPresence(parts.store, parts.announce));
  const aedes = await Aedes.createBroker({
    maximumPacketSize: packetBytesMax,
    // Without a limit: a hundred deliveries to stuck clients would otherwise stop everyone else's.
    concurrency: 0,
    ...createHooks({ sessions, packets: createPacketNotes(), onMessage, log }),
  });
  followConnections(aedes, sessions);
  const door = await openTlsDoor({ ...parts, onConnection: (socket) => aedes.handle(socket) }).catch(
    async (error: unknown) => {
      await closeAedes(aedes);
      throw error;
    },
  );
  return {
    port: door.port,
    publish: (message) => {
      const ignoreClosing = () => undefined;
      aedes.publish(toPacket(message), ignoreClosing);
    },
    close: async () => {
      sessions.explainAll('SERVER_INITIATED_DISCONNECT');
      await closeAedes(aedes);
      await door.close();
    },
  };
};

const followConnections = (aedes: Aedes, sessions: Sessions) => {
  const withSession = (act: (session: Session) => void) => (client: Client) => {
    const session = sessions.of(client);
    if (session) act(session);
  };
  const because = (reason: DisconnectReason) =>
    withSession((session) => {
      session.endReason ??= reason;
    });
  aedes.on(
    'client',
    withSession((session) => {
      allowOvertaking(session.client, aedes.id);
      sessions.start(session);
    }),
  );
  aedes.on('clientDisconnect', withSession(sessions.end));
  aedes.on('keepaliveTimeout', because('MQTT_KEEP_ALIVE_TIMEOUT'));
  aedes.on('clientError', (client, error) => {
    // The system's errors have a code, the protocol's have none.
    because('code' in error ? 'CONNECTION_LOST' : 'CLIENT_ERROR')(client);
  });
  aedes.on('subscribe', (subscriptions, client) => forgetRefused(aedes, client, subscriptions));
  aedes.on('unsubscribe', (filters, client) => {
    for (const filter of filters) sessions.of(client)?.filters.delete(filter);
  });
};

const closeAedes = (aedes: Aedes) => new Promise<void>((resolve) => aedes.close(() => resolve()));

const toPacket = ({ topic, payload, qos, retain }: Message) =>
  ({
    cmd: 'publish',
    topic,
    payload: Buffer.from(payload),
    qos,
    retain,
    dup: false,
  }) satisfies Omit<AedesPublishPacket, 'brokerId' | 'brokerCounter'>;
