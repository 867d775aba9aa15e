// Where a device keeps what it is.
import { join } from 'node:path';

export const identityFiles = (dir: string) => ({
  key: join(dir, 'key.pem'),
  csr: join(dir, 'csr.pem'),
  token: join(dir, 'token'),
  activation: join(dir, 'activation.json'),
});

/** A renewal is an identity of its own, until it is whole and takes the place of this one. */
export const nextDir = (dir: string): string => join(dir, 'next');

/** Keys and certificates are their owner's business. */
export const secret = 0o600;
