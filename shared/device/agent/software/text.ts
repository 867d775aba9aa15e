// Text that a program wrote: any bytes made visible, and never more of it than fits.

export interface Text {
  readonly text: string;
  /** It has lost its beginning. */
  readonly isTrimmed: boolean;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Where the first whole character begins, if the cut went through one. */
const wholeFrom = (bytes: Uint8Array): number => {
  let at = 0;
  while (at < 3 && at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) at += 1;
  return at;
};

/** What is no UTF-8 becomes U+FFFD, and so does what is no character: some queues on the way would refuse it. */
export const textOf = (bytes: Uint8Array, isTrimmed: boolean): Text => {
  const whole = isTrimmed ? bytes.subarray(wholeFrom(bytes)) : bytes;
  return { text: decoder.decode(whole).replaceAll(/[\ufffe\uffff]/g, '\ufffd'), isTrimmed };
};

const escapedInTwo = new Set('"\\\b\f\n\r\t');
const isLone = (code: number): boolean => code >= 0xd800 && code <= 0xdfff;

/** Bytes of one character inside of a JSON string. */
const jsonBytesOfOne = (character: string): number => {
  if (escapedInTwo.has(character)) return 2;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x20 || isLone(code)) return 6;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
};

/** Bytes of a text as JSON, without its quotes. */
export const jsonBytes = (text: string): number => Buffer.byteLength(JSON.stringify(text)) - 2;

/** The longest end of a text that fits into so many bytes of JSON. */
export const endThatFits = (text: string, bytesMax: number): string => {
  let left = bytesMax;
  let from = text.length;
  while (from > 0) {
    const low = text.charCodeAt(from - 1);
    const high = text.charCodeAt(from - 2);
    const isPair = low >= 0xdc00 && low <= 0xdfff && high >= 0xd800 && high <= 0xdbff;
    const before = from - (isPair ? 2 : 1);
    left -= jsonBytesOfOne(text.slice(before, from));
    if (left < 0) break;
    from = before;
  }
  return text.slice(from);
};
