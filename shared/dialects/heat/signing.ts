// URLs that are their own credential: one purpose, one record, until a time. The key lies in the record that it is about.
import { createHmac } from 'node:crypto';
import { equalText } from '#engine/secrets';

export interface Signed {
  readonly purpose: 'signal' | 'metadata';
  readonly tenant: string;
  readonly id: string;
  /** Seconds since the epoch; null where the secret itself is exchanged instead. */
  readonly expires: number | null;
}

const signatureOf = (secret: string, { purpose, tenant, id, expires }: Signed): string =>
  createHmac('sha256', secret)
    .update(JSON.stringify([purpose, tenant, id, expires]))
    .digest('hex');

export const signedQuery = (secret: string, signed: Signed): string =>
  [
    ...(signed.expires === null ? [] : [`expires=${signed.expires}`]),
    `signature=${signatureOf(secret, signed)}`,
  ].join('&');

const form = /^[0-9a-f]{64}$/;

/** In constant time; what has expired is as wrong as what was never signed. */
export const isGenuine = (secret: string, signed: Signed, signature: string, now: number): boolean =>
  form.test(signature) &&
  equalText(signatureOf(secret, signed), signature) &&
  (signed.expires === null || now < signed.expires * 1000);
