// How texts that are not ours become parts of a key that cannot be taken for another key.
import { createHash } from 'node:crypto';

/**
 * `#` parts, `%` escapes. Half a surrogate pair has no UTF-8 form: DynamoDB would store every one of them as the same character.
 */
const unsafe = /[#%]|[\uD800-\uDFFF]/gu;
const escapes = /%u([0-9A-F]{4})|%([0-9A-F]{2})/g;

const hex = (character: string, digits: number): string =>
  character.charCodeAt(0).toString(16).toUpperCase().padStart(digits, '0');

export const escaped = (text: string): string =>
  text.replace(unsafe, (found) =>
    found === '#' || found === '%' ? `%${hex(found, 2)}` : `%u${hex(found, 4)}`,
  );

export const unescaped = (text: string): string =>
  text.replace(escapes, (_, wide?: string, narrow?: string) =>
    String.fromCharCode(Number.parseInt(wide ?? narrow ?? '', 16)),
  );

export const joined = (...parts: readonly string[]): string => parts.map(escaped).join('#');
export const split = (text: string): readonly string[] => text.split('#').map(unescaped);

/** DynamoDB takes 2,048 bytes for a partition key, and a label may be longer. */
const valueBytesMax = 512;

/** Too long ones by their digest: no escaped text has `%s` in it. */
const keyTextOf = (text: string): string =>
  Buffer.byteLength(text) <= valueBytesMax
    ? text
    : `%sha256:${createHash('sha256').update(text).digest('hex')}`;

/** As `joined`, for a last part of any length that is looked up and never read back. */
export const joinedWithValue = (...parts: readonly string[]): string => {
  const texts = parts.map(escaped);
  return [...texts.slice(0, -1), ...texts.slice(-1).map(keyTextOf)].join('#');
};

/** As wide as the largest safe integer: text sorts as the numbers do. */
const digits = String(Number.MAX_SAFE_INTEGER).length;

export const fixedPrefix = (time: number): string => {
  if (!Number.isSafeInteger(time) || time < 0) throw new RangeError(`${time} is no time to sort by.`);
  return String(time).padStart(digits, '0');
};
