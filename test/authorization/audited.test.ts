// Every route that changes something leaves an entry of who asked for it: a new one cannot escape.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { recorded } from '#dialects/audit-call';
import { listAudit } from '#engine/audit';
import type { AuditEntry } from '#engine/ports';
import { type Given, opened, type Subject } from '#test/fuzz/fuzz';
import { rightRequestsTo } from '#test/fuzz/requests';
import { deviceSubject } from '#test/fuzz/worlds/device';
import { heatSubject } from '#test/fuzz/worlds/heat';
import { humanitecSubject } from '#test/fuzz/worlds/humanitec';
import { miruSubject } from '#test/fuzz/worlds/miru';

/** Who an entry is by, where no key is asked for. */
const guests: Readonly<Record<string, RegExp>> = {
  'POST /v1/{tenant_id}/deployments/{id}/signal': /^signal:[0-9a-f-]{36}$/,
  'PUT /v1/{tenant_id}/deployments/{id}/signal': /^signal:[0-9a-f-]{36}$/,
  'POST /device/activation': /^thing:[0-9a-z]{16}$/,
};

/** Routes that leave none, although their method is one that writes. */
const changesNothing: Readonly<Record<string, string>> = {
  'POST /v3/auth/tokens': 'A login makes nothing: the token is the key.',
};

const isReading = (key: string): boolean => /^(GET|HEAD) /.test(key);

const entriesIn = async ({ system }: Given, route: string): Promise<AuditEntry[]> => {
  const between = { from: 0, to: system.clock.now() + 1 };
  const list = { organization: 'acme', between, order: 'newest first', recorded } as const;
  return (await Array.fromAsync(listAudit(system.world)(list))).filter((entry) => entry.route === route);
};

/** Until one is granted; the others leave their entries, too. */
const asked = async (subject: Subject, key: string, given: Given): Promise<number> => {
  const route = subject.dialect.contract[key as keyof typeof subject.dialect.contract];
  if (route === undefined) throw new Error(`There is no ${key}.`);
  const requests = rightRequestsTo(key, route, given.known, given.together ?? {});
  const ask = opened(subject, given);
  let status = 0;
  for (const request of fc.sample(requests, { numRuns: 8, seed: 7 })) {
    status = (await ask({ ...request, key: 'own' })).status;
    if (status < 400) return status;
  }
  return status;
};

const subjects = [miruSubject, humanitecSubject, heatSubject, deviceSubject];

describe.each(subjects.map((subject) => [subject.dialect.name, subject] as const))('%s', (_, subject) => {
  const routes = Object.keys(subject.dialect.contract);
  const writing = routes.filter((key) => !isReading(key));
  // One world for all who only look.
  let looked: Promise<Given> | undefined;

  it.each(writing.filter((key) => !(key in changesNothing)))('%s leaves an entry', async (key) => {
    const given = await subject.given();
    const before = (await entriesIn(given, key)).length;
    given.system.clock.pass(1000);
    await asked(subject, key, given);
    const entries = await entriesIn(given, key);
    expect(entries.length).toBeGreaterThan(before);
    const [newest] = entries;
    expect(newest?.by).toMatch(guests[key] ?? /^api_key_[0-9a-z]{16}$/);
    expect(newest?.organization).toBe('acme');
  });

  it.each(routes.filter((key) => isReading(key) || key in changesNothing))('%s leaves none', async (key) => {
    looked ??= subject.given();
    const given = await looked;
    const before = given.system.count('audit', 'write');
    await asked(subject, key, given);
    expect(given.system.count('audit', 'write')).toBe(before);
  });
});

it('what leaves none is there, and asks for nothing that it could change', () => {
  const keys = subjects.flatMap(({ dialect }) => Object.keys(dialect.contract));
  for (const key of [...Object.keys(changesNothing), ...Object.keys(guests)]) expect(keys).toContain(key);
});
