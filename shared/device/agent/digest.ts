// SHA-256 in the notation of the protocol.
import { createHash } from 'node:crypto';

export const digestOf = (content: Uint8Array | string): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;
