// Names of Heat's records: UUIDs, derived from names of ours.
import { createHash } from 'node:crypto';

const uuidOf = (bytes: Uint8Array): string => {
  const sixteen = Buffer.from(bytes.subarray(0, 16));
  sixteen.writeUInt8((sixteen.readUInt8(6) & 0x0f) | 0x40, 6);
  sixteen.writeUInt8((sixteen.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = sixteen.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/** The same for the same text, in the shape of a UUID. */
export const derivedUuid = (text: string): string => uuidOf(createHash('sha256').update(text).digest());

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** API Gateway's request ids are no UUIDs, and OpenStack's clients look for `req-<uuid>`. */
export const openstackRequestId = (requestId: string): string =>
  `req-${uuid.test(requestId) ? requestId : derivedUuid(requestId)}`;
