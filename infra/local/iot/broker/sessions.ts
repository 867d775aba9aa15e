// All connections: who is live under which name, and what happens to them when the registry changes.
import type { Client } from 'aedes';
import type { Presence } from './presence.ts';
import {
  createSession,
  type DisconnectReason,
  type Identity,
  type Session,
  type SessionParts,
} from './session.ts';

export interface Sessions {
  begin(client: Client, identity: Identity): Session;
  of(client: Client): Session | undefined;
  /** The newer connection wins: the older one is about to be closed. */
  supersede(newer: Session): void;
  start(session: Session): void;
  /** Told by several events, carried out once. */
  end(session: Session): void;
  cut(session: Session, reason: DisconnectReason): void;
  /** The reason of whatever ends without one from now on. */
  explainAll(reason: DisconnectReason): void;
}

/** MQTT 5's words for the broker's own reasons; a 3.1.1 client just sees the connection close. */
const reasonCodes: { [reason in DisconnectReason]?: number } = {
  AUTH_ERROR: 0x87,
  CLIENT_ERROR: 0x82,
  DUPLICATE_CLIENTID: 0x8e,
  FORBIDDEN_ACCESS: 0x87,
};
const unspecifiedError = 0x80;

export const createSessions = (parts: SessionParts, presence: Presence): Sessions => {
  const known = new WeakMap<Client, Session>();
  const live = new Map<string, Session>();
  const ended = new WeakSet<Session>();

  const cut = (session: Session, reason: DisconnectReason) => {
    session.endReason ??= reason;
    session.client.disconnect({ reasonCode: reasonCodes[reason] ?? unspecifiedError });
  };

  const cutIfInactive = (session: Session) => {
    if (!session.isCertificateActive()) cut(session, 'FORBIDDEN_ACCESS');
  };

  const end = (session: Session) => {
    if (ended.has(session)) return;
    ended.add(session);
    if (live.get(session.clientId) === session) live.delete(session.clientId);
    presence.disconnected(session);
  };

  const start = (session: Session) => {
    const older = live.get(session.clientId);
    live.set(session.clientId, session);
    if (older) end(older);
    presence.connected(session);
    session.client.conn.once('close', () => end(session));
    // The registry may have changed while this one was being let in.
    session.forgetPermissions();
    cutIfInactive(session);
  };

  parts.registry.events.on('changed', (certificateId) => {
    for (const session of live.values()) {
      if (certificateId !== undefined && certificateId !== session.certificateId) continue;
      session.forgetPermissions();
      cutIfInactive(session);
    }
  });

  return {
    begin: (client, identity) => {
      const session = createSession(parts, client, identity);
      known.set(client, session);
      return session;
    },
    of: (client) => known.get(client),
    supersede: ({ clientId }) => {
      const older = live.get(clientId);
      if (older) older.endReason ??= 'DUPLICATE_CLIENTID';
    },
    start,
    end,
    cut,
    explainAll: (reason) => {
      for (const session of live.values()) session.endReason ??= reason;
    },
  };
};
