// A certificate request (PKCS#10, RFC 2986) for a P-256 key: twenty lines of DER instead of a library on every device.
import { createPublicKey, type KeyObject, sign } from 'node:crypto';

const tags = {
  integer: 0x02,
  bitString: 0x03,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  attributes: 0xa0,
};

/** Short form up to 127, else the number of length bytes first. */
const lengthOf = (size: number): number[] => {
  if (size < 0x80) return [size];
  return size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
};

const der = (tag: number, ...parts: Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
};

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const commonName = der(tags.oid, bytes('550403'));
const ecdsaWithSha256 = der(tags.sequence, der(tags.oid, bytes('2a8648ce3d040302')));
const noUnusedBits = bytes('00');

const nameOf = (name: string): Buffer =>
  der(tags.sequence, der(tags.set, der(tags.sequence, commonName, der(tags.utf8String, Buffer.from(name)))));

const pem = (label: string, content: Buffer): string => {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
};

/** The name is for people who read the request; the cloud decides who the certificate is for. */
export const makeCsr = (privateKey: KeyObject, name: string): string => {
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const version = der(tags.integer, bytes('00'));
  const info = der(tags.sequence, version, nameOf(name), publicKey, der(tags.attributes));
  const signature = der(tags.bitString, noUnusedBits, sign('sha256', info, privateKey));
  return pem('CERTIFICATE REQUEST', der(tags.sequence, info, ecdsaWithSha256, signature));
};
