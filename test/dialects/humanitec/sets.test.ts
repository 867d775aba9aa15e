// Deltas and sets as pure functions: what each action does, how deltas merge, and that a difference is one.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#dialects/humanitec/json';
import { type AskedDelta, emptyDelta, isMisfit, merged, mergedAll } from '#dialects/humanitec/sets/delta';
import { type Action, patched } from '#dialects/humanitec/sets/patch';
import { applied, type DeploymentSet, diff, emptySet, setIdOf, setText } from '#dialects/humanitec/sets/set';

const actionOf = (op: string, path: string, value?: unknown): Action =>
  (value === undefined ? { op, path } : { op, path, value }) as Action;

describe('an action', () => {
  const document: JsonObject = {
    a: { b: 1 },
    list: [1, 2, 3],
    none: null,
    'x/y': { '~': 0 },
    constructor: { c: 1 },
  };

  it.each([
    ['add', '/a/c', 2, { a: { b: 1, c: 2 } }],
    ['add', '/a/b', 2, { a: { b: 2 } }],
    ['add', '/a/b', null, { a: { b: null } }],
    ['add', '/list/0', 0, { list: [0, 1, 2, 3] }],
    ['add', '/list/3', 4, { list: [1, 2, 3, 4] }],
    ['add', '/list/-', 4, { list: [1, 2, 3, 4] }],
    ['replace', '/list/2', 9, { list: [1, 2, 9] }],
    ['replace', '/none', 1, { none: 1 }],
    ['replace', '/x~1y/~0', 1, { 'x/y': { '~': 1 } }],
    ['replace', '/constructor/c', 2, { constructor: { c: 2 } }],
    ['add', '/prototype', 2, { prototype: 2 }],
    ['remove', '/list/0', undefined, { list: [2, 3] }],
  ])('%s %s %j', (op, path, value, expected) => {
    expect(patched(document, [actionOf(op, path, value)])).toEqual({
      document: { ...document, ...expected },
    });
  });

  it('remove of what is not there does nothing', () => {
    expect(patched(document, [actionOf('remove', '/a/nothing')])).toEqual({ document });
  });

  it.each([
    ['add', '', {}, 'the path names the whole, not a part of it'],
    ['add', 'a', 1, 'the path is no JSON pointer'],
    ['add', '/a~2', 1, 'the path is no JSON pointer'],
    ['add', '/nothing/b', 1, 'what it is to be in does not exist'],
    ['add', '/a/b/c', 1, 'what it is to be in does not exist'],
    ['add', '/__proto__/b', 1, 'what it is to be in does not exist'],
    ['add', '/toString/b', 1, 'what it is to be in does not exist'],
    ['remove', '/nothing/b', undefined, 'what it is to be in does not exist'],
    ['replace', '/nothing', 1, 'there is nothing to replace'],
    ['replace', '/toString', 1, 'there is nothing to replace'],
    ['add', '/list/4', 1, 'the array ends at 3'],
    ['remove', '/list/3', undefined, 'the array ends at 3'],
    ['replace', '/list/3', 1, 'the array ends at 3'],
    ['replace', '/list/-', 1, 'the array ends at 3'],
    ['add', '/list/first', 1, '"first" is no place in an array'],
    ['add', '/list/01', 1, '"01" is no place in an array'],
    ['add', '/list/-1', 1, '"-1" is no place in an array'],
  ])('%s %s: %s', (op, path, value, reason) => {
    expect(patched(document, [actionOf(op, path, value)])).toEqual({
      action: actionOf(op, path, value),
      reason,
    });
  });

  it('makes own properties of every name, and changes nothing else', () => {
    const result = patched({ a: {} }, [actionOf('add', '/a/__proto__', { polluted: true })]);
    expect(JSON.stringify(result)).toBe('{"document":{"a":{"__proto__":{"polluted":true}}}}');
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('leaves the document that it was given as it was', () => {
    const before = structuredClone(document);
    patched(document, [actionOf('remove', '/list/0'), actionOf('add', '/a/c', 1)]);
    expect(document).toEqual(before);
  });
});

describe('a delta on a set', () => {
  const set: DeploymentSet = {
    modules: { one: { spec: { n: 1 } }, two: { spec: {} } },
    shared: { db: { type: 'dns' } },
  };
  const on = (asked: AskedDelta) => {
    const delta = merged(emptyDelta, asked);
    return isMisfit(delta) ? delta : applied(set, delta);
  };

  it.each<[string, AskedDelta, Partial<DeploymentSet>]>([
    ['removes', { modules: { remove: ['two', 'nobody'] } }, { modules: { one: { spec: { n: 1 } } } }],
    [
      'replaces whole what is added again',
      { modules: { add: { one: { x: 1 } } } },
      { modules: { one: { x: 1 }, two: { spec: {} } } },
    ],
    [
      'adds what it removes and adds',
      { modules: { remove: ['two'], add: { two: { x: 1 } } } },
      { modules: { one: { spec: { n: 1 } }, two: { x: 1 } } },
    ],
    [
      'updates what it adds',
      { modules: { add: { three: {} }, update: { three: [actionOf('add', '/x', 1)] } } },
      { modules: { ...set.modules, three: { x: 1 } } },
    ],
    [
      'changes what is shared',
      { shared: [actionOf('add', '/name', { type: 's3' })] },
      { shared: { db: { type: 'dns' }, name: { type: 's3' } } },
    ],
    ['has workloads beside modules', { workloads: { add: { job: {} } } }, { workloads: { job: {} } }],
  ])('%s', (_, asked, expected) => {
    expect(on(asked)).toEqual({ ...set, ...expected });
  });

  it.each<[string, AskedDelta, string, string]>([
    [
      'a module that is not there',
      { modules: { update: { nobody: [actionOf('add', '/x', 1)] } } },
      'nobody',
      'there is no such module',
    ],
    [
      'a module that it removes',
      { modules: { remove: ['one'], update: { one: [actionOf('add', '/x', 1)] } } },
      'one',
      'there is no such module',
    ],
    [
      'a place that is not there',
      { modules: { update: { one: [actionOf('replace', '/x', 1)] } } },
      'one',
      'there is nothing to replace',
    ],
    [
      'a shared place that is not there',
      { shared: [actionOf('replace', '/x', 1)] },
      'shared',
      'there is nothing to replace',
    ],
  ])('that updates %s does not fit, and says what', (_, asked, module, reason) => {
    expect(on(asked)).toMatchObject({ module, reason });
  });
});

describe('merging deltas', () => {
  const of = (...asked: AskedDelta[]) => mergedAll(emptyDelta, asked);
  const x = actionOf('add', '/spec/x', 1);

  it.each<[string, AskedDelta[], unknown]>([
    ['nothing changes nothing', [], emptyDelta.modules],
    [
      'a remove cancels what is pending, and is remembered once',
      [
        { modules: { add: { a: {} }, update: { b: [x] } } },
        { modules: { remove: ['a', 'b'] } },
        { modules: { remove: ['b'] } },
      ],
      { add: {}, remove: ['a', 'b'], update: {} },
    ],
    [
      'an add replaces the pending one and cancels updates',
      [
        { modules: { update: { a: [x] } } },
        { modules: { add: { a: { one: 1 } } } },
        { modules: { add: { a: { two: 2 } } } },
      ],
      { add: { a: { two: 2 } }, remove: [], update: {} },
    ],
    [
      'an add with null only takes the id out of remove',
      [{ modules: { add: { b: {} }, remove: ['a'] } }, { modules: { add: { a: null, b: null } } }],
      { add: { b: {} }, remove: [], update: {} },
    ],
    [
      'a real add leaves the id in remove',
      [{ modules: { remove: ['a'] } }, { modules: { add: { a: {} } } }],
      { add: { a: {} }, remove: ['a'], update: {} },
    ],
    [
      'an update goes into a pending add',
      [{ modules: { add: { a: { spec: {} } } } }, { modules: { update: { a: [x] } } }],
      { add: { a: { spec: { x: 1 } } }, remove: [], update: {} },
    ],
    [
      'updates are appended',
      [{ modules: { update: { a: [x] } } }, { modules: { update: { a: [actionOf('remove', '/spec/y')] } } }],
      { add: {}, remove: [], update: { a: [x, actionOf('remove', '/spec/y')] } },
    ],
    [
      'a value that is replaced where it was put is put once',
      [{ modules: { update: { a: [x, actionOf('replace', '/spec/x', 2)] } } }],
      { add: {}, remove: [], update: { a: [actionOf('add', '/spec/x', 2)] } },
    ],
    [
      'a remove in the scope of the delta takes back what is pending at and below it',
      [
        { modules: { update: { a: [x, actionOf('add', '/spec/x/y', 1), actionOf('add', '/spec/xy', 1)] } } },
        { modules: { update: { a: [actionOf('remove', '/spec/x', { scope: 'delta' })] } } },
      ],
      { add: {}, remove: [], update: { a: [actionOf('add', '/spec/xy', 1)] } },
    ],
    [
      'and a list that is empty then is gone',
      [
        { modules: { update: { a: [x] } } },
        { modules: { update: { a: [actionOf('remove', '/spec', { scope: 'delta' })] } } },
      ],
      { add: {}, remove: [], update: {} },
    ],
  ])('%s', (_, asked, modules) => {
    expect(of(...asked)).toEqual({ modules, shared: [] });
  });

  it('shared actions are appended, or cancelled', () => {
    const asked = (op: string, path: string, value?: unknown) => ({ shared: [actionOf(op, path, value)] });
    expect(
      of(asked('add', '/a', 1), asked('add', '/b', 1), asked('remove', '/a', { scope: 'delta' })),
    ).toEqual({
      ...emptyDelta,
      shared: [actionOf('add', '/b', 1)],
    });
  });

  it('an update that does not fit a pending add is refused whole', () => {
    expect(of({ modules: { add: { a: {} } } }, { modules: { update: { a: [x] } } })).toEqual({
      module: 'a',
      action: x,
      reason: 'what it is to be in does not exist',
    });
  });
});

// ---- laws

const name = fc.constantFrom('a', 'b', 'x/y', '~0', '', 'constructor', 'reason', '0', 'toString');
const { value: json } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 0, 1.5, '', 'text'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  ),
}));
const object = fc.dictionary(name, json, { maxKeys: 4 }) as fc.Arbitrary<JsonObject>;
const modules = fc.dictionary(name, object, { maxKeys: 4 });
const sets: fc.Arbitrary<DeploymentSet> = fc.record(
  { modules, shared: object, workloads: fc.dictionary(name, object, { minKeys: 1, maxKeys: 3 }) },
  { requiredKeys: ['modules', 'shared'] },
);

const idOf = (set: DeploymentSet): string => setIdOf(setText(set));

describe('for all sets', () => {
  it('the difference, applied to one, makes the other', () => {
    fc.assert(
      fc.property(sets, sets, (to, from) => {
        expect(applied(from, diff(to, from))).toEqual(to);
      }),
      { numRuns: 2000 },
    );
  });

  it('a difference that was merged into an empty delta says the same', () => {
    fc.assert(
      fc.property(sets, sets, (to, from) => {
        const delta = merged(emptyDelta, diff(to, from));
        // A value that looks like `{"scope":"delta"}` on a remove is none of ours: a difference removes without a value.
        expect(isMisfit(delta) ? delta : applied(from, delta)).toEqual(to);
      }),
    );
  });

  it('equal sets, and no others, have equal ids', () => {
    fc.assert(
      fc.property(sets, sets, (one, other) => {
        const equal = setText(one) === setText(other);
        expect(idOf(one) === idOf(other)).toBe(equal);
        expect(idOf(structuredClone(one))).toBe(idOf(one));
      }),
    );
  });

  it('an empty delta changes nothing', () => {
    fc.assert(
      fc.property(sets, (set) => {
        expect(applied(set, emptyDelta)).toEqual(set);
      }),
    );
  });
});

it('the empty set is 43 zeros, any other 43 characters of base64url', () => {
  expect(idOf(emptySet)).toBe('0'.repeat(43));
  expect(idOf({ modules: { a: {} }, shared: {} })).toMatch(/^[\w-]{43}$/);
});
