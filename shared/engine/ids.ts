// Names that we give: opaque, made of chance, or derived so that a repeated request makes the same thing again.
import { createHash, createHmac } from 'node:crypto';
import { type Refusal, refuse } from '#domain/refusal';
import type { Chance, Clock } from './ports.ts';

/** Crockford's base 32, lower case: no i, l, o, u. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const uidBytes = 10;

const base32 = (bytes: Uint8Array): string => {
  let bits = 0n;
  for (const byte of bytes) bits = (bits << 8n) | BigInt(byte);
  const digits = Math.ceil((bytes.length * 8) / 5);
  return Array.from(
    { length: digits },
    (_, at) => alphabet[Number((bits >> BigInt(5 * (digits - 1 - at))) & 31n)],
  ).join('');
};

/** 80 bits of chance in 16 characters. */
export const newUid = (chance: Chance): string => base32(chance.bytes(uidBytes));

/** 80 bits that are a function of the parts, in 16 characters. */
export const derivedUid = (...parts: readonly string[]): string =>
  base32(createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, uidBytes));

/** A secret to be told once: 160 bits. */
export const newSecret = (chance: Chance): string => base32(chance.bytes(20));

/**
 * Secrets that only this caller's repeats can have again: made of the caller's own secret and its idempotency key, so that
 * nothing that is told once has to be kept. What a secret is for never comes twice, so none comes back to life.
 */
export const repeatableSecrets =
  (callerSecret: string, { route, key }: Idempotency): RepeatableSecrets =>
  (isFor) =>
    base32(
      createHmac('sha256', callerSecret)
        .update(JSON.stringify([route, key, isFor]))
        .digest()
        .subarray(0, 20),
    );

/** By what it is for: an entry's id, a generation of a thing. */
export type RepeatableSecrets = (isFor: string | number) => string;

/** A deployment's id says which thing it is for, so that both are found with one key: prefix, thing, own part. */
export const deploymentId = (prefix: string, thing: string, own: string): string => `${prefix}${thing}${own}`;

const deploymentIdPattern = /^(.*?)([0-9a-z]{16})([0-9a-z]{16})$/;

export const thingOf = (id: string): string | undefined => deploymentIdPattern.exec(id)?.[2];

/** The deployment that is made when `id` gives way: the same whoever decides it, however often. */
export const idOfRestore = (id: string): string => {
  const [, prefix = '', thing = ''] = deploymentIdPattern.exec(id) ?? [];
  return deploymentId(prefix, thing, derivedUid('restore', id));
};

/** How long a repeat of an idempotency key means the same request. */
export const idempotencyMs = 24 * 60 * 60 * 1000;

/** The same key came with another payload. */
export const otherRequest = (): Refusal =>
  refuse('idempotency_key_reused', 'This idempotency key was used for another request in the last 24 hours.');

/** Who repeats what: the id of what is made is derived from it, and costs no write of its own. */
export interface Idempotency {
  readonly route: string;
  readonly key: string;
}

/** What a request makes is called the first; then come the names that an equal request may have given it within a day. */
export type Names = readonly [string, ...string[]];

export const mapNames = (names: Names, change: (name: string) => string): Names => {
  const [own, ...earlier] = names;
  return [change(own), ...earlier.map(change)];
};

/**
 * Ids that a request with an idempotency key may have made, oldest first: the day is part of the name, so that a key
 * is free again after 24 hours, and a repeat after midnight still finds yesterday's.
 */
export const idempotentUids = (
  clock: Clock,
  organization: string,
  { route, key }: Idempotency,
): [string, string] => {
  const day = Math.floor(clock.now() / idempotencyMs);
  const uid = (of: number) => derivedUid(organization, route, key, String(of));
  return [uid(day - 1), uid(day)];
};

/** Of chance, where nobody can repeat the request. */
export const uidsFor = (
  { clock, chance }: { readonly clock: Clock; readonly chance: Chance },
  organization: string,
  idempotency: Idempotency | undefined,
): Names => {
  if (idempotency === undefined) return [newUid(chance)];
  const [yesterdays, todays] = idempotentUids(clock, organization, idempotency);
  return [todays, yesterdays];
};
