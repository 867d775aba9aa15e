// The MQTT broker: connections come in through TLS, what devices publish goes out to the rest of the local IoT Core.
import type { AedesPublishPacket, Client } from 'aedes';
import { Aedes } from 'aedes';
import type { Message } from '../message.ts';
import type { CertificateAuthority } from '../registry/ca.ts';
import type { Registry } from '../registry/registry.ts';
import type { Store } from '../store.ts';
import { createHooks, type Published } from './hooks.ts';
import { packetBytesMax } from './limits.ts';
import { createPacketNotes } from './packets.ts';
import { createPresence } from './presence.ts';
import { createSession, type DisconnectReason, type Session } from './session.ts';
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

/** MQTT 5's words for the reasons that the broker itself has; a 3.1.1 client just sees the connection close. */
const reasonCodes: { [reason in DisconnectReason]?: number } = {
  AUTH_ERROR: 0x87,
  CLIENT_ERROR: 0x82,
  FORBIDDEN_ACCESS: 0x87,
  DUPLICATE_CLIENTID: 0x8e,
};

export const startBroker = async (parts: BrokerParts): Promise<Broker> => {
  const { registry, log } = parts;
  const sessions = new WeakMap<Client, Session>();
  const live = new Map<string, Session>();
  const presence = createPresence(parts.store, parts.announce);
  let revision = 0;

  const cut = (session: Session, reason: DisconnectReason) => {
    session.endReason ??= reason;
    session.client.disconnect({ reasonCode: reasonCodes[reason] ?? 0x80 });
  };

  const start = (session: Session) => {
    const before = live.get(session.clientId);
    live.set(session.clientId, session);
    if (before) end(before);
    presence.connected(session);
    session.client.conn.once('close', () => end(session));
  };

  const ended = new WeakSet<Session>();
  const end = (session: Session) => {
    if (ended.has(session)) return;
    ended.add(session);
    if (live.get(session.clientId) === session) live.delete(session.clientId);
    presence.disconnected(session);
  };

  const aedes = await Aedes.createBroker({
    maximumPacketSize: packetBytesMax,
    ...createHooks({
      packets: createPacketNotes(),
      log,
      cut,
      begin: (client, identity) => {
        const session = createSession(
          { registry, arnPrefix: parts.arnPrefix, revision: () => revision },
          client,
          identity,
        );
        sessions.set(client, session);
        return session;
      },
      sessionOf: (client) => sessions.get(client),
      onAccepted: (session) => {
        // The newer connection wins; the broker closes the older one next.
        const before = live.get(session.clientId);
        if (before) before.endReason ??= 'DUPLICATE_CLIENTID';
      },
      onPublished: (session, packet) => parts.onMessage(toMessage(session, packet)),
    }),
  });

  /** Runs `act` with the session behind a broker's event, where there is one. */
  const forSession = (act: (session: Session) => void) => (client: Client) => {
    const session = sessions.get(client);
    if (session) act(session);
  };
  const because = (reason: DisconnectReason) =>
    forSession((session) => {
      session.endReason ??= reason;
    });
  aedes.on('client', forSession(start));
  aedes.on('clientDisconnect', forSession(end));
  aedes.on('keepaliveTimeout', because('MQTT_KEEP_ALIVE_TIMEOUT'));
  aedes.on('clientError', (client, error) => {
    // The system's errors have a code, the protocol's have none.
    because('code' in error ? 'CONNECTION_LOST' : 'CLIENT_ERROR')(client);
  });
  aedes.on('unsubscribe', (filters, client) => {
    for (const filter of filters) sessions.get(client)?.filters.delete(filter);
  });

  registry.events.on('changed', () => {
    revision += 1;
    for (const session of live.values()) if (!session.isCertificateActive()) cut(session, 'FORBIDDEN_ACCESS');
  });

  const door = await openTlsDoor({
    authority: parts.authority,
    port: parts.port,
    onConnection: (socket) => aedes.handle(socket),
    log,
  }).catch(async (error: unknown) => {
    await closeAedes(aedes);
    throw error;
  });

  return {
    port: door.port,
    publish: (message) => {
      const ignoreClosing = () => undefined;
      aedes.publish(toPacket(message), ignoreClosing);
    },
    close: async () => {
      for (const session of live.values()) session.endReason ??= 'SERVER_INITIATED_DISCONNECT';
      await closeAedes(aedes);
      await door.close();
    },
  };
};

const closeAedes = (aedes: Aedes) => new Promise<void>((resolve) => aedes.close(() => resolve()));

const toMessage = ({ clientId }: Session, { topic, payload, qos, retain }: Published): Message => ({
  topic,
  payload: Buffer.from(payload),
  qos: qos === 0 ? 0 : 1,
  retain,
  clientId,
});

const toPacket = ({
  topic,
  payload,
  qos,
  retain,
}: Message): Omit<AedesPublishPacket, 'brokerId' | 'brokerCounter'> => ({
  cmd: 'publish',
  topic,
  payload: Buffer.from(payload),
  qos,
  retain,
  dup: false,
});
