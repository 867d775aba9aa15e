// What stores in memory hand out and take in: the same, and nothing of it shared.
import { expect, it } from 'vitest';
import { copied } from '#adapters/memory/copied';
import { hostileNames } from './given.ts';

it('a copy says the same as what it was made of', () => {
  const whole = {
    text: '\ud83e',
    nothing: null,
    missing: undefined,
    list: [1, [2, [{ three: 3 }]], undefined],
    bytes: new Uint8Array([1, 2]),
    byName: new Map([['one', { at: new Date(1) }]]),
  };
  expect(copied(whole)).toStrictEqual(whole);
  const byName = Object.fromEntries(hostileNames.map((name) => [name, { name }]));
  expect(Object.entries(copied(byName))).toEqual(Object.entries(byName));
  for (const value of [undefined, null, 0, 'x', true, 7n]) expect(copied(value)).toBe(value);
});

it('a key that is called like a prototype is a key', () => {
  const odd = JSON.parse('{"__proto__": {"isAdmin": true}, "constructor": {"a": 1}}');
  const copy = copied(odd);
  expect(Object.keys(copy)).toEqual(['__proto__', 'constructor']);
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  expect(copy.isAdmin).toBeUndefined();
});

it('whoever changes one of them does not change the other', () => {
  const one = { list: [{ deep: { at: 1 } }], bytes: new Uint8Array([1]), byName: new Map([['a', { b: 1 }]]) };
  const other = copied(one);
  for (const first of one.list) first.deep.at = 2;
  one.list.push({ deep: { at: 3 } });
  one.bytes.set([2]);
  one.byName.set('a', { b: 2 });
  expect(other).toEqual({
    list: [{ deep: { at: 1 } }],
    bytes: new Uint8Array([1]),
    byName: new Map([['a', { b: 1 }]]),
  });
});

it('what no store can keep is not kept in memory either', () => {
  expect(() => copied({ act: () => {} })).toThrow('could not be cloned');
});
