// The rules of a shadow document, each written out by hand: what was, what is asked, what is told.
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#infra/local/iot/json';
import { deltaOf } from '#infra/local/iot/shadow/delta';
import type { ShadowDocument, ShadowRecord } from '#infra/local/iot/shadow/document';
import { mergeSection } from '#infra/local/iot/shadow/merge';
import { parseUpdate } from '#infra/local/iot/shadow/request';
import { decideUpdate } from '#infra/local/iot/shadow/update';

const now = 1_000;
const at = (timestamp: number) => ({ timestamp });

describe('merging a section', () => {
  const cases: [string, JsonObject, JsonObject, JsonObject][] = [
    ['adds a key', { a: 1 }, { b: 2 }, { a: 1, b: 2 }],
    ['replaces a value', { a: 1 }, { a: 2 }, { a: 2 }],
    ['merges objects key by key', { o: { a: 1, b: 1 } }, { o: { b: 2, c: 3 } }, { o: { a: 1, b: 2, c: 3 } }],
    ['deletes a key with null', { a: 1, b: 2 }, { a: null }, { b: 2 }],
    ['deletes a nested key with null', { o: { a: 1, b: 2 } }, { o: { a: null } }, { o: { b: 2 } }],
    ['keeps an object that became empty', { o: { a: 1 } }, { o: { a: null } }, { o: {} }],
    ['ignores the deletion of what is not there', { a: 1 }, { b: null }, { a: 1 }],
    ['leaves nulls out of a new object', {}, { o: { a: null, b: 1 } }, { o: { b: 1 } }],
    ['replaces an array whole', { l: [1, 2, 3] }, { l: [9] }, { l: [9] }],
    ['replaces an object by a value', { o: { a: 1 } }, { o: 1 }, { o: 1 }],
    ['replaces a value by an object', { o: 1 }, { o: { a: 1 } }, { o: { a: 1 } }],
    ['replaces an array by an object', { o: [1] }, { o: { a: 1 } }, { o: { a: 1 } }],
    [
      'takes a key that JavaScript would not',
      {},
      JSON.parse('{"__proto__":{"a":1}}'),
      JSON.parse('{"__proto__":{"a":1}}'),
    ],
  ];

  it.each(cases)('%s', (_sentence, state, change, expected) => {
    const before = mergeSection({ state: {}, metadata: {} }, state, 1);

    const after = mergeSection(before, change, now);

    expect(after.state).toEqual(expected);
    expect(Object.keys(after.metadata)).toEqual(Object.keys(expected));
  });

  it('stamps what was named in the change, and nothing else', () => {
    const before = mergeSection({ state: {}, metadata: {} }, { a: 1, o: { x: 1, y: 1 }, l: [1, 2] }, 1);

    const after = mergeSection(before, { o: { y: 1 }, l: [3, { z: 4 }] }, now);

    expect(after.metadata).toEqual({ a: at(1), o: { x: at(1), y: at(now) }, l: [at(now), { z: at(now) }] });
  });
});

describe('the delta', () => {
  const cases: [string, JsonObject, JsonObject, JsonObject | undefined][] = [
    ['is absent where both agree', { a: 1 }, { a: 1 }, undefined],
    ['has what differs', { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 2 }],
    ['has what was never reported', { a: 1 }, {}, { a: 1 }],
    ['has nothing that is only reported', {}, { a: 1 }, undefined],
    [
      'has the path from the root',
      { l: { c: { r: 1, g: 2 } } },
      { l: { c: { r: 1, g: 0 } } },
      { l: { c: { g: 2 } } },
    ],
    ['has an array whole', { l: [1, 2] }, { l: [1, 3] }, { l: [1, 2] }],
    ['does not mind the order of keys', { o: { a: 1, b: 2 } }, { o: { b: 2, a: 1 } }, undefined],
    ['minds the order in an array', { l: [1, 2] }, { l: [2, 1] }, { l: [1, 2] }],
    ['tells a number from its text', { a: 1 }, { a: '1' }, { a: 1 }],
    ['has the whole object where a value was reported', { o: { a: 1 } }, { o: 1 }, { o: { a: 1 } }],
  ];

  it.each(cases)('%s', (_sentence, desired, reported, expected) => {
    const document: ShadowDocument = { version: 1, state: { desired, reported }, metadata: {} };

    expect(deltaOf(document)?.state).toEqual(expected);
  });

  it('carries the times of the desired values', () => {
    const { state, metadata } = mergeSection({ state: {}, metadata: {} }, { a: 1, o: { x: 1, y: 2 } }, 7);
    const document: ShadowDocument = {
      version: 1,
      state: { desired: state, reported: { a: 1, o: { x: 1 } } },
      metadata: { desired: metadata },
    };

    expect(deltaOf(document)?.metadata).toEqual({ o: { y: at(7) } });
  });
});

const update = (record: ShadowRecord | undefined, request: object, time = now) => {
  const parsed = parseUpdate(Buffer.from(JSON.stringify(request)));
  return parsed.rejection ? { rejection: parsed.rejection } : decideUpdate(record, parsed.request, time);
};

const accepted = (record: ShadowRecord | undefined, request: object, time = now) => {
  const decision = update(record, request, time);
  if (decision.rejection) throw new Error(decision.rejection.message);
  return decision;
};

const recordOf = (document: ShadowDocument): ShadowRecord => ({ version: document.version, document });

describe('an update', () => {
  it('makes the first version, and tells what was asked, what differs and what is', () => {
    const decision = accepted(undefined, { state: { desired: { a: 1 } }, clientToken: 't' });

    const current = { state: { desired: { a: 1 } }, metadata: { desired: { a: at(now) } }, version: 1 };
    expect(decision).toEqual({
      after: current,
      accepted: { ...current, timestamp: now, clientToken: 't' },
      delta: { state: { a: 1 }, metadata: { a: at(now) }, version: 1, timestamp: now, clientToken: 't' },
      documents: { previous: null, current, timestamp: now, clientToken: 't' },
    });
  });

  it('tells only what was asked, nulls included, and the documents before and after', () => {
    const first = accepted(undefined, { state: { desired: { a: 1, b: 2 }, reported: { a: 1 } } }, 1);

    const second = accepted(recordOf(first.after), { state: { reported: { a: null, b: 2 } } });

    expect(second.accepted).toEqual({
      state: { reported: { a: null, b: 2 } },
      metadata: { reported: { a: at(now), b: at(now) } },
      version: 2,
      timestamp: now,
    });
    expect(second.documents).toEqual({ previous: first.after, current: second.after, timestamp: now });
  });

  it('tells the delta again after a report that leaves a difference', () => {
    const first = accepted(undefined, { state: { desired: { a: 1, b: 2 } } }, 1);

    const second = accepted(recordOf(first.after), { state: { reported: { a: 1 } } });

    expect(second.delta).toMatchObject({ state: { b: 2 }, metadata: { b: at(1) }, version: 2 });
  });

  it('tells no delta once everything is reported', () => {
    const first = accepted(undefined, { state: { desired: { a: 1 } } }, 1);

    expect(accepted(recordOf(first.after), { state: { reported: { a: 1 } } }).delta).toBeUndefined();
  });

  it('removes a section with null', () => {
    const first = accepted(undefined, { state: { desired: { a: 1 }, reported: { a: 1 } } }, 1);

    const { after } = accepted(recordOf(first.after), { state: { desired: null } });

    expect(after.state).toEqual({ reported: { a: 1 } });
    expect(after.metadata).toEqual({ reported: { a: at(1) } });
  });

  it('leaves out a section that has become empty', () => {
    const first = accepted(undefined, { state: { desired: { a: 1 } } }, 1);

    expect(accepted(recordOf(first.after), { state: { desired: { a: null } } }).after.state).toEqual({});
  });

  it.each([
    ['of the current version', { version: 5 }, 5, undefined],
    ['without a version', { version: 5 }, undefined, undefined],
    ['of an older version', { version: 5 }, 4, 409],
    ['of a version to come', { version: 5 }, 6, 409],
    ['of a shadow that never was, as version 0', undefined, 0, undefined],
    ['of a shadow that never was, as version 1', undefined, 1, 409],
    [
      'of a shadow deleted an hour ago, as its last version',
      { version: 5, deletedAt: now - 3600 },
      5,
      undefined,
    ],
    [
      'of a shadow deleted 48 hours ago, as its last version',
      { version: 5, deletedAt: now - 172_800 },
      5,
      409,
    ],
  ] as const)('%s: %j, version %s is answered %s', (_sentence, record, version, code) => {
    const decision = update(record, {
      state: { desired: { a: 1 } },
      ...(version !== undefined && { version }),
    });

    expect(decision.rejection?.code).toBe(code);
  });

  it.each([
    [3600, 6],
    [48 * 3600 - 1, 6],
    [48 * 3600, 1],
  ])('of a shadow that was deleted %i seconds ago gives version %i', (seconds, version) => {
    const { after } = accepted({ version: 5, deletedAt: now - seconds }, { state: { desired: { a: 1 } } });

    expect(after.version).toBe(version);
  });
});

describe('an update is rejected', () => {
  const nested = (levels: number): object => (levels === 0 ? {} : { a: nested(levels - 1) });
  const tower = (height: number) =>
    Buffer.from(`{"state":{"desired":{"a":${'['.repeat(height)}${']'.repeat(height)}}}}`);
  const bytes = (count: number) => ({ a: 'x'.repeat(count) });
  /** `{"desired":{"a":"..."}}` around the text. */
  const frame = '{"desired":{"a":""}}'.length;

  const cases: [string, object, number, string][] = [
    ['without state', {}, 400, 'Missing required node: state'],
    ['when state is a number', { state: 1 }, 400, 'State node must be an object'],
    ['when state is null', { state: null }, 400, 'State node must be an object'],
    ['when desired is an array', { state: { desired: [] } }, 400, 'Desired node must be an object'],
    ['when reported is text', { state: { reported: '' } }, 400, 'Reported node must be an object'],
    [
      'when state has another section',
      { state: { delta: {} } },
      400,
      "State contains an invalid node: 'delta'",
    ],
    ['when the version is text', { state: {}, version: '1' }, 400, 'Invalid version'],
    ['when the version is a fraction', { state: {}, version: 1.5 }, 400, 'Invalid version'],
    ['when the version is negative', { state: {}, version: -1 }, 400, 'Invalid version'],
    ['when the token is a number', { state: {}, clientToken: 1 }, 400, 'Invalid clientToken'],
    ['when the token has 65 bytes', { state: {}, clientToken: 'x'.repeat(65) }, 400, 'Invalid clientToken'],
    [
      'when the token has 22 characters of 66 bytes',
      { state: {}, clientToken: '€'.repeat(22) },
      400,
      'Invalid clientToken',
    ],
    [
      'when an array has null',
      { state: { desired: { l: [1, null] } } },
      400,
      "State contains an invalid node: 'null'",
    ],
    [
      'when an object in an array has null',
      { state: { desired: { l: [{ a: null }] } } },
      400,
      "State contains an invalid node: 'null'",
    ],
    [
      'when it is too deep',
      { state: { desired: nested(6) } },
      400,
      'JSON contains too many levels of nesting; maximum is 6',
    ],
    [
      'when the state has 8193 bytes',
      { state: { desired: bytes(8193 - frame) } },
      413,
      'The payload exceeds the maximum size allowed',
    ],
  ];

  it.each(cases)('%s', (_sentence, request, code, message) => {
    expect(update(undefined, request).rejection).toEqual({ code, message });
  });

  it.each([
    ['with an empty state', { state: {} }],
    ['with a token of 64 bytes', { state: {}, clientToken: 'x'.repeat(64) }],
    ['with five levels below desired', { state: { desired: nested(5) } }],
    ['with a state of 8192 bytes', { state: { desired: bytes(8192 - frame) } }],
  ])('but not %s', (_sentence, request) => {
    expect(update(undefined, request).rejection).toBeUndefined();
  });

  it('for the size of the merged document, not of the request', () => {
    const first = accepted(undefined, { state: { desired: bytes(5000) } });

    expect(update(recordOf(first.after), { state: { reported: bytes(5000) } }).rejection?.code).toBe(413);
  });

  it.each([
    ['no JSON', Buffer.from('{'), 400, 'Invalid JSON'],
    ['a list', Buffer.from('[]'), 400, 'Invalid JSON'],
    ['nothing', Buffer.from(''), 400, 'Invalid JSON'],
    ['a tower', tower(50_000), 400, 'JSON contains too many levels of nesting; maximum is 6'],
    [
      'no UTF-8',
      Buffer.from([0xff, 0xfe]),
      415,
      'Unsupported documented encoding; supported encoding is UTF-8',
    ],
  ])('when it is %s', (_sentence, payload, code, message) => {
    expect(parseUpdate(payload).rejection).toEqual({ code, message });
  });
});
