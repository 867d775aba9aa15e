// Every route, with every key that is not enough for it: what it is told, and that nothing comes of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect, Route } from '#dialects/dialect';
import { windowMs } from '#engine/limits';
import type { Given, Subject } from '#test/fuzz/fuzz';
import { opened } from '#test/fuzz/fuzz';
import { type Request, rightRequestsTo } from '#test/fuzz/requests';
import { deviceSubject } from '#test/fuzz/worlds/device';
import { heatSubject } from '#test/fuzz/worlds/heat';
import { humanitecSubject } from '#test/fuzz/worlds/humanitec';
import { miruSubject } from '#test/fuzz/worlds/miru';
import { changesOf } from '#test/support/writes';
import { deviceScopes, type Expected, heatScopes, humanitecScopes, miruScopes } from './expected.ts';

interface Row {
  readonly subject: Subject;
  readonly expected: Expected;
  /** In the dialect's words. */
  readonly noKey: unknown;
  /** Scopes that depend on what is asked for: one of them is needed beside the route's own. */
  readonly oneOf?: Readonly<Record<string, readonly string[]>>;
}

const rows: readonly Row[] = [
  {
    subject: miruSubject,
    expected: miruScopes,
    noKey: { error: { code: expect.any(String), message: expect.any(String), params: {} } },
    oneOf: { 'POST /beta/deployments': ['deployments:stage', 'deployments:deploy'] },
  },
  {
    subject: humanitecSubject,
    expected: humanitecScopes,
    noKey: { error: 'API-401', message: expect.any(String) },
  },
  {
    subject: heatSubject,
    expected: heatScopes,
    noKey: {
      error: {
        code: 401,
        title: 'Unauthorized',
        message: 'The request you have made requires authentication.',
      },
    },
  },
  { subject: deviceSubject, expected: deviceScopes, noKey: undefined },
];

const routeOf = ({ contract }: Dialect, key: string): Route => {
  const route = Object.entries(contract).find(([name]) => name === key)?.[1];
  if (route === undefined) throw new Error(`There is no ${key}.`);
  return route;
};

const samplesMax = 8;

/** What a route takes, made once for all who ask. */
const takenBy = (subject: Subject, { known, together = {} }: Given) => {
  const made = new Map<string, readonly Request[]>();
  return (key: string): readonly Request[] => {
    const there = made.get(key);
    if (there !== undefined) return there;
    const requests = rightRequestsTo(key, routeOf(subject.dialect, key), known, together);
    const samples = fc.sample(requests, { numRuns: samplesMax, seed: 7 });
    made.set(key, samples);
    return samples;
  };
};

/** Asks what the route takes, with a key of these scopes, or without one. */
const askIn = async (
  subject: Subject,
  given: Given,
  request: Request,
  organization: string,
  scopes: Scopes,
) => {
  const own = scopes === null ? '' : await given.system.newKey(organization, ...scopes);
  const ask = opened(subject, { ...given, keys: { ...given.keys, own } });
  const changed = changesOf(given.system);
  const heard = await ask(request);
  return { ...heard, changes: changed.changes() };
};

type Scopes = readonly string[] | null;

const guarded = ({ expected }: Row) =>
  Object.entries(expected).flatMap(([key, scopes]) => (scopes === 'public' ? [] : [[key, scopes] as const]));

const publicIn = ({ expected }: Row) =>
  Object.entries(expected).flatMap(([key, scopes]) => (scopes === 'public' ? [key] : []));

const allScopes = [
  ...new Set(
    rows.flatMap((row) => [
      ...guarded(row).flatMap(([, scopes]) => scopes),
      ...Object.values(row.oneOf ?? {}).flat(),
    ]),
  ),
];

/** A body of HEAD is never sent. */
const says = (key: string, json: unknown, words: unknown): void => {
  if (!key.startsWith('HEAD ')) expect(json).toEqual(words);
};

describe.each(rows.map((row) => [row.subject.dialect.name, row] as const))('%s', (_, row) => {
  const { subject, expected, noKey } = row;

  // One world for all refusals: each of them is seen to change nothing.
  let shared: Promise<Given> | undefined;
  let taken: ReturnType<typeof takenBy> | undefined;
  // And one for what is granted: whatever has become of it, who may ask does not depend on that.
  let worn: Promise<Given> | undefined;
  const used = (): Promise<Given> => {
    worn ??= subject.given();
    return worn;
  };
  // Who is let in finds what others have left: only what deletes has a world of its own, or the others would look for what is gone.
  let open: Promise<Given> | undefined;
  const openTo = async (key: string): Promise<Given> => {
    if (key.startsWith('DELETE ')) return subject.given();
    open ??= subject.given();
    const given = await open;
    given.system.clock.pass(windowMs);
    return given;
  };
  const asking = async (of: Subject, key: string, organization: string, scopes: Scopes, world = shared) => {
    world ??= subject.given();
    shared ??= world;
    const given = await world;
    taken ??= takenBy(of, given);
    const [request] = taken(key);
    if (request === undefined) throw new Error(`Nothing is made for ${key}.`);
    return { ...(await askIn(of, given, request, organization, scopes)), given, request };
  };

  it('has the routes and the scopes that are written here, and no others', () => {
    const contracted = Object.entries(subject.dialect.contract).map(([key, { scopes }]) => [key, scopes]);
    expect(Object.fromEntries(contracted)).toEqual(expected);
  });

  it.each(publicIn(row))('%s asks for no key', async (key) => {
    const given = await subject.given();
    const statuses: number[] = [];
    for (const request of takenBy(subject, given)(key))
      statuses.push((await askIn(subject, given, request, 'acme', null)).status);
    expect(Math.min(...statuses)).toBeLessThan(400);
  });

  it.each(guarded(row).map(([key]) => key))('%s without a key is 401', async (key) => {
    const { status, json, changes } = await asking(subject, key, 'acme', null);
    expect([status, changes]).toEqual([401, []]);
    says(key, json, noKey);
  });

  it.each(guarded(row).flatMap(([key, scopes]) => scopes.map((scope) => [key, scope] as const)))(
    '%s without %s is 403',
    async (key, scope) => {
      const others = allScopes.filter((each) => each !== scope);
      const { status, text, changes } = await asking(subject, key, 'acme', others);
      expect([status, changes]).toEqual([403, []]);
      if (!key.startsWith('HEAD ')) expect(text).toContain(scope);
    },
  );

  it.each(guarded(row))('%s with its scopes alone is let in: %s', async (key, scopes) => {
    const also = row.oneOf?.[key] ?? [];
    const { status } = await asking(subject, key, 'acme', [...scopes, ...also, 'nothing:read'], openTo(key));
    expect([401, 403, 429]).not.toContain(status);
  });

  it.each(Object.entries(row.oneOf ?? {}))('%s needs one of %s as well', async (key, scopes) => {
    const others = allScopes.filter((each) => !scopes.includes(each));
    const { status, changes } = await asking(subject, key, 'acme', others);
    expect([status, changes]).toEqual([403, []]);
  });

  const { organizationParam = 'none' } = subject;
  const named = guarded(row).filter(([key]) => key.includes(`{${organizationParam}}`));
  const byId = guarded(row).filter(([key]) => key.includes('{') && !key.includes(`{${organizationParam}}`));
  const unnamed = guarded(row).filter(([key]) => !key.includes('{'));

  // Heat: a URL of another project is refused before anything is looked at, and says nothing of what is there.
  it.each(named.map(([key]) => key))(
    `%s of another organization is ${subject.foreignStatus}`,
    async (key) => {
      const { status, changes } = await asking(subject, key, 'globex', ['*']);
      expect([status, changes]).toEqual([subject.foreignStatus, []]);
    },
  );

  it.each(byId.map(([key]) => key))('%s with the id of another organization is 404', async (key) => {
    const { status, changes } = await asking(subject, key, 'globex', ['*']);
    expect([status, changes]).toEqual([404, []]);
  });

  it.each(unnamed.map(([key]) => key))('%s tells another organization nothing of this one', async (key) => {
    const { text, given, request } = await asking(subject, key, 'globex', ['*'], used());
    const said = String(request.body);
    expect(given.ours.filter((name) => text.includes(`"${name}"`) && !said.includes(name))).toEqual([]);
  });
});
