// What a refusal is told by: anybody may ask it of anything.
import { expect, it } from 'vitest';
import { isRefusal, refuse } from '#domain/refusal';

it.each<[string, unknown, boolean]>([
  ['a refusal', refuse('not_found', 'There is none.', { id: 'x' }), true],
  ['a refusal without facts', refuse('slot_full', 'It is full.'), true],
  ['an object', { phase: 'queued' }, false],
  ['a list', [], false],
  ['null', null, false],
  ['nothing', undefined, false],
  ['a text', 'refused', false],
  ['a number', 7, false],
])('%s', (_, answer, expected) => {
  expect(isRefusal(answer)).toBe(expected);
});

it('says what, why, and the facts of it', () => {
  expect(refuse('not_found', 'There is none.')).toEqual({
    refused: 'not_found',
    message: 'There is none.',
    params: {},
  });
});
