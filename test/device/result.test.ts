// A result fits into one message, whatever was printed: trimmed from the left, and said so.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeResult } from '#device/agent/software/compose-result';
import type { Ending } from '#device/agent/software/ending';
import { endThatFits, jsonBytes, textOf } from '#device/agent/software/text';
import { result, resultBytesMax } from '#device/result';
import { anyCharacter } from '#test/support/any-character';

const facts = {
  v: 1,
  seq: 1,
  deployment: 'dpl_1',
  manifest: `sha256:${'0'.repeat(64)}`,
  started_at: '2026-01-01T00:00:00.000Z',
  finished_at: '2026-01-01T00:00:00.000Z',
} as const;

const whole = (text: string) => ({ text, isTrimmed: false });
const endingOf = (stdout: string, stderr = '', outputs: Record<string, string> = {}): Ending => ({
  status: 0,
  stdout: whole(stdout),
  stderr: whole(stderr),
  outputs: new Map(Object.entries(outputs).map(([name, text]) => [name, whole(text)])),
});
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
/** Under the longest seq that it may be asked for. */
const bytesAtMost = (value: object) => bytesOf({ ...value, seq: Number.MAX_SAFE_INTEGER });

const anyText = fc.string({ unit: anyCharacter, maxLength: 200 });

describe('the end of a text', () => {
  it('is the longest that fits, never cuts a character, and is measured as JSON measures it', () => {
    fc.assert(
      fc.property(anyText, fc.nat(400), (text, bytesMax) => {
        const end = endThatFits(text, bytesMax);
        expect(text.endsWith(end)).toBe(true);
        expect(jsonBytes(end)).toBeLessThanOrEqual(bytesMax);
        if (end === text) return;
        const next = [...text].slice(-[...end].length - 1).join('');
        expect(jsonBytes(next)).toBeGreaterThan(bytesMax);
      }),
    );
  });

  it('of bytes that were cut in the middle of a character begins with a whole one', () => {
    const bytes = Buffer.from('a😀b');
    expect([1, 2, 3, 4, 5].map((from) => textOf(bytes.subarray(from), true).text)).toEqual([
      '😀b',
      'b',
      'b',
      'b',
      'b',
    ]);
  });

  it('of any bytes is a text that can be sent', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.boolean(), (bytes, isTrimmed) => {
        const { text } = textOf(bytes, isTrimmed);
        expect(text.isWellFormed()).toBe(true);
        expect(text).not.toMatch(/[\ufffe\uffff]/);
      }),
    );
  });
});

describe('a result', () => {
  it('that fits is whole', () => {
    const composed = composeResult(facts, endingOf('out', 'err', { a: '1' }));
    expect(composed).toMatchObject({ stdout: 'out', stderr: 'err', outputs: { a: '1' }, trimmed: [] });
  });

  it.each<[string, Ending, string[]]>([
    ['a long stdout', endingOf('x'.repeat(300_000), 'err', { a: '1' }), ['stdout']],
    ['quotes, which take two bytes each', endingOf('"'.repeat(100_000)), ['stdout']],
    ['control characters, which take six', endingOf('\u0001'.repeat(100_000)), ['stdout']],
    ['letters of three bytes', endingOf('€'.repeat(100_000)), ['stdout']],
    [
      'two long outputs',
      endingOf('', '', { a: 'x'.repeat(90_000), b: 'y'.repeat(90_000), c: 'z' }),
      ['a', 'b'],
    ],
  ])('with %s loses no more than it must', (_, ending, trimmed) => {
    const composed = composeResult(facts, ending);
    expect(composed.trimmed).toEqual(trimmed);
    expect(bytesAtMost(composed)).toBeLessThanOrEqual(resultBytesMax);
    expect(bytesAtMost(composed)).toBeGreaterThan(resultBytesMax - 200);
  });

  it('never exceeds what a message takes', () => {
    const long = fc.tuple(anyText, fc.nat(3000)).map(([text, times]) => text.repeat(times));
    fc.assert(
      fc.property(long, long, fc.dictionary(anyText, long, { maxKeys: 5 }), (stdout, stderr, outputs) => {
        const composed = composeResult(facts, endingOf(stdout, stderr, outputs));
        expect(result.safeParse(composed).success).toBe(true);
        expect(bytesAtMost(composed)).toBeLessThanOrEqual(resultBytesMax);
      }),
      { numRuns: 30 },
    );
  });

  it('of more outputs than their names leave room for has none, and says so', () => {
    const outputs = Object.fromEntries(
      Array.from({ length: 4000 }, (_, index) => [`output-${index}-${'n'.repeat(30)}`, 'x']),
    );
    const composed = composeResult(facts, endingOf('kept', '', outputs));
    expect(composed).toMatchObject({ stdout: 'kept', outputs: {}, trimmed: [] });
    expect(composed.stderr).toContain('so many outputs');
  });
});
