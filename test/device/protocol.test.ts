// The protocol's schemas, by example: what a stranger's cloud or device may send, and what not.
import { readFileSync } from 'node:fs';
import canonicalize from 'canonicalize';
import { describe, expect, it } from 'vitest';
import { activationAnswer, activationRequest } from '#device/activation';
import { digestOf } from '#device/agent/digest';
import { errorCodes } from '#device/agent/errors';
import { result, run } from '#device/result';
import { current, digest, fetchRequest, manifest, runTarget, target, targetBytesMax } from '#device/shadow';
import { contentTopics, shadowTopics } from '#device/topics';

const sha = digestOf('text');
const item = { path: 'srv/a.json', digest: sha, size: 4 };
const aTarget = { v: 1, seq: 1, deployment: 'dpl_1', manifest: sha, items: [item] };
const aReport = {
  v: 1,
  seq: 1,
  deployment: 'dpl_1',
  manifest: sha,
  state: 'applied',
  attempt: 1,
  error: null,
};
const without = <Key extends string>(value: Record<string, unknown>, key: Key) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));

describe('a digest', () => {
  it.each([
    [sha, true],
    [sha.toUpperCase(), false],
    [sha.replace('sha256:', ''), false],
    [`${sha}0`, false],
    ['sha256:', false],
  ])('%s: %s', (text, valid) => expect(digest.safeParse(text).success).toBe(valid));

  it('of a manifest is that of its canonical JSON, whatever the order of its keys', () => {
    const [one, other] = [
      { v: 1, items: [{ path: 'a', id: 'x' }] },
      { items: [{ id: 'x', path: 'a' }], v: 1 },
    ];
    expect(canonicalize(one)).toBe('{"items":[{"id":"x","path":"a"}],"v":1}');
    expect(canonicalize(other)).toBe(canonicalize(one));
  });
});

describe('a target', () => {
  it.each<[string, unknown, boolean]>([
    ['with items', aTarget, true],
    ['with inline data', { ...aTarget, items: [{ ...item, data: 'text' }] }, true],
    ['with no items: the empty set', { ...aTarget, items: [] }, true],
    ['without items: fetched by its manifest', without(aTarget, 'items'), true],
    ['with a key that nobody knows yet', { ...aTarget, later: 1 }, true],
    ['with seq 0', { ...aTarget, seq: 0 }, true],
    ['of another version', { ...aTarget, v: 2 }, false],
    ['without a seq', without(aTarget, 'seq'), false],
    ['with a negative seq', { ...aTarget, seq: -1 }, false],
    ['with a seq that is no whole number', { ...aTarget, seq: 1.5 }, false],
    ['with a seq that a double cannot hold', { ...aTarget, seq: 2 ** 53 }, false],
    ['without a manifest', without(aTarget, 'manifest'), false],
    ['with an empty path', { ...aTarget, items: [{ ...item, path: '' }] }, false],
    ['with a path of 1025', { ...aTarget, items: [{ ...item, path: 'x'.repeat(1025) }] }, false],
    ['with a negative size', { ...aTarget, items: [{ ...item, size: -1 }] }, false],
    ['with salt', { ...aTarget, items: [{ ...item, salt: 4 }] }, true],
    ['with more salt than bytes', { ...aTarget, items: [{ ...item, salt: 5 }] }, false],
    ['with salt of no bytes', { ...aTarget, items: [{ ...item, salt: 0 }] }, false],
    ['with items that are none', { ...aTarget, items: null }, false],
  ])('%s', (_name, value, valid) => expect(target.safeParse(value).success).toBe(valid));
});

describe('a report', () => {
  it.each<[string, unknown, boolean]>([
    ['that is complete', aReport, true],
    ['with an error', { ...aReport, state: 'failed', error: { code: 'path_escapes', message: '' } }, true],
    ['whose shadow dropped the null', without(aReport, 'error'), true],
    ...Object.keys(without(aReport, 'error')).map((key): [string, unknown, boolean] => [
      `without ${key}`,
      without(aReport, key),
      false,
    ]),
    ['in an unknown state', { ...aReport, state: 'done' }, false],
    ['with a code of 65', { ...aReport, error: { code: 'x'.repeat(65), message: '' } }, false],
    ['with a message of 513', { ...aReport, error: { code: 'x', message: 'x'.repeat(513) } }, false],
  ])('%s', (_name, value, valid) => expect(current.safeParse(value).success).toBe(valid));

  it('of the longest kind and the largest target fit into a shadow together', () => {
    const longest = {
      ...aReport,
      seq: Number.MAX_SAFE_INTEGER,
      deployment: 'd'.repeat(128),
      state: 'retrying',
    };
    const error = { code: 'x'.repeat(64), message: '\u0001'.repeat(512) };
    const bytes = JSON.stringify({ current: { ...longest, attempt: 9999, error } }).length;
    expect(bytes + targetBytesMax).toBeLessThan(8 * 1024);
  });
});

describe('the other messages', () => {
  it.each<[string, { safeParse(value: unknown): { success: boolean } }, unknown, boolean]>([
    ['a fetch', fetchRequest, { digest: sha, chunk: 0 }, true],
    ['a fetch of no chunk', fetchRequest, { digest: sha }, false],
    ['a fetch of a negative chunk', fetchRequest, { digest: sha, chunk: -1 }, false],
    ['a manifest', manifest, { v: 1, items: [{ ...item, id: 'x', format: 'json' }] }, true],
    ['a manifest whose item has no id', manifest, { v: 1, items: [item] }, false],
    [
      'a manifest with a secret in it',
      manifest,
      { v: 1, items: [{ ...item, id: 'x', format: 'json', salt: 2, template: sha }] },
      true,
    ],
    [
      'a manifest with more salt than bytes',
      manifest,
      { v: 1, items: [{ ...item, id: 'x', format: 'json', salt: 5 }] },
      false,
    ],
    ['an activation', activationRequest, { token: 't', csr: 'c' }, true],
    ['an activation without a token', activationRequest, { csr: 'c' }, false],
    [
      'an answer',
      activationAnswer,
      { thing: 't', certificate: 'c', endpoint: { host: 'h', port: 8883 }, channels: ['release'] },
      true,
    ],
  ])('%s', (_name, schema, value, valid) => expect(schema.safeParse(value).success).toBe(valid));
});

describe('the page for strangers', () => {
  const page = readFileSync(new URL('../../docs/device-protocol.md', import.meta.url), 'utf8');

  it('explains every error code, and no other', () => {
    const rows = [...page.matchAll(/^\| `(\w+)` +\| (yes|no) +\|/gm)].map(([, code, retry]) => [
      code,
      retry === 'yes',
    ]);
    expect(rows).toEqual(Object.entries(errorCodes).map(([code, { retry }]) => [code, retry]));
  });

  it('names every topic', () => {
    const shadow = Object.values(shadowTopics('{thing}', '{channel}'));
    const { content, contentFilter: _, ...own } = contentTopics('{thing}');
    const used = shadow.filter((topic) => !topic.endsWith('/documents'));
    const last = content('{digest}', 0).replace(/0$/, '{chunk}');
    for (const topic of [...used, ...Object.values(own), last]) expect(page).toContain(`\`${topic}\``);
  });

  it('has examples that its schemas accept', () => {
    const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, json]) => JSON.parse(json ?? ''));
    const targets = examples.map((each) => each.state?.desired?.target).filter(Boolean);
    const files = targets.filter(({ run }) => run === undefined);
    const lists = targets.filter(({ run }) => run !== undefined);
    const reports = examples.map((each) => each.state?.reported?.current).filter(Boolean);
    const named = [...files, ...lists.flatMap(({ run }) => run)].map(({ manifest: digest }) => digest);
    const manifests = examples.filter((each) => each.items);
    const runs = examples.filter((each) => each.config);
    const results = examples.filter((each) => each.trimmed);
    for (const each of [files, lists, reports, manifests, runs, results]) expect(each).not.toEqual([]);
    for (const each of files) expect(target.safeParse(each).error).toBe(undefined);
    for (const each of lists) expect(runTarget.safeParse(each).error).toBe(undefined);
    for (const each of runs) expect(run.safeParse(each).error).toBe(undefined);
    for (const each of results) expect(result.safeParse(each).error).toBe(undefined);
    for (const each of reports) expect(current.safeParse(each).error).toBe(undefined);
    for (const each of manifests) {
      expect(manifest.safeParse(each).error).toBe(undefined);
      expect(named).toContain(digestOf(canonicalize(each) ?? ''));
    }
    for (const one of targets.flatMap(({ items }) => items ?? []).filter(({ data }) => data))
      expect([digestOf(one.data), Buffer.byteLength(one.data)]).toEqual([one.digest, one.size]);
    const contents = manifests.flatMap(({ items }) => items).map(({ digest, size }) => [digest, size]);
    for (const each of runs.map((one) => canonicalize(one) ?? ''))
      expect(contents).toContainEqual([digestOf(each), Buffer.byteLength(each)]);
  });
});
