// Any character at all. fast-check's own `unit: 'binary'` draws the same ones, and spends most of a second on a map of them first.
import fc from 'fast-check';

const surrogates = { first: 0xd800, count: 0x800 };

export const anyCharacter: fc.Arbitrary<string> = fc
  .integer({ min: 0, max: 0x10ffff - surrogates.count })
  .map((at) => String.fromCodePoint(at < surrogates.first ? at : at + surrogates.count));
