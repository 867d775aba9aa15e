// The broker's door: TLS with client certificates of the local authority, on the loopback address only.
import { once } from 'node:events';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { CertificateAuthority } from '../registry/ca.ts';

export interface TlsDoor {
  port: number;
  close(): Promise<void>;
}

export interface TlsDoorParts {
  authority: CertificateAuthority;
  port: number;
  onConnection: (socket: TLSSocket) => void;
  log: (line: string) => void;
}

export const openTlsDoor = async ({ authority, port, onConnection, log }: TlsDoorParts): Promise<TlsDoor> => {
  const sockets = new Set<TLSSocket>();
  const options = {
    ...authority.server,
    ca: authority.caPem,
    requestCert: true,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
  } as const;
  const server = createServer(options, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
    onConnection(socket);
  });
  server.on('tlsClientError', (error) => log(`mqtt: TLS handshake failed: ${error.message}`));
  await listen(server, port);
  return { port: portOf(server), close: () => shut(server, sockets) };
};

/** Rejects with the system's error, EADDRINUSE included. */
const listen = async (server: Server, port: number) => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
};

const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The MQTT server has no port');
  return address.port;
};

const shut = async (server: Server, sockets: Set<TLSSocket>) => {
  const closed = once(server, 'close');
  server.close();
  for (const socket of sockets) socket.destroy();
  await closed;
};
