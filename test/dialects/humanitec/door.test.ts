// Who is let in, and what is answered to those who ask in the wrong way: in Humanitec's words, and never with a 500.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Route } from '#dialects/contract';
import { contract } from '#dialects/humanitec/contract';
import { humanitec } from '#dialects/humanitec/dialect';
import { anyCharacter } from '#test/support/any-character';
import { app, clientFor, env, givenApp, looseClientFor } from './given.ts';

const errorBody = { error: expect.any(String), message: expect.any(String) };

describe('who is let in', () => {
  it.each([
    ['no header', undefined, 401],
    ['a key that nobody issued', `Bearer api_key_${'0'.repeat(16)}_${'0'.repeat(32)}`, 401],
    ['no scheme', 'api_key', 401],
    ['another scheme', 'Basic YTpi', 401],
    ['a header that goes on', 'Bearer a b', 401],
  ])('%s', async (_, authorization, status) => {
    const { ask } = await givenApp();
    const answer = await ask(`GET ${app}`, undefined, { authorization });
    expect([answer.status, answer.body]).toEqual([status, { error: 'API-401', message: expect.any(String) }]);
  });

  it.each(['Bearer', 'JWT', 'bearer'])('a key as %s', async (scheme) => {
    const { system } = await givenApp();
    const ask = system.clientOf(humanitec, { authorization: `${scheme} ${await system.newKey('acme')}` });
    expect((await ask(`GET ${app}`)).status).toBe(200);
  });

  const scoped = Object.entries<Route>(contract).flatMap(([route, { scopes }]) =>
    scopes === 'public' ? [] : scopes.map((scope) => [route, scope] as const),
  );

  it.each(scoped)('%s needs %s', async (route, scope) => {
    const { system } = await givenApp();
    const others = [...new Set(scoped.map(([, each]) => each))].filter((each) => each !== scope);
    const ask = await clientFor(system, 'acme', ...others);
    const path = route.replace('{orgId}', 'acme').replaceAll(/\{\w+\}/g, 'nobody');
    const { status, body } = await ask(path, {});
    expect([status, body.details]).toEqual([403, { scope }]);
  });
});

describe('what is asked in the wrong way', () => {
  it.each<[string, string, unknown, number]>([
    ['a body that is not JSON', `POST ${env}/deploys`, '{"comment":', 422],
    ['an empty body', `POST ${env}/deploys`, undefined, 422],
    ['an array for an object', `POST ${env}/deploys`, [], 422],
    ['an object for an array', `PATCH ${app}/deltas/x`, {}, 422],
    ['a string for a boolean', `PUT ${env}/runtime/paused`, '"true"', 422],
    ['a number for a string', `PUT ${env}/from_deploy_id`, '7', 422],
    ['a body that is too large', `POST ${app}/deltas`, 'x'.repeat(4 * 1024 * 1024 + 1), 413],
    ['a wrong field', 'POST /orgs/acme/apps', { id: 7, name: 'x' }, 400],
    ['a missing field', 'POST /orgs/acme/apps', { id: 'ab' }, 400],
    ['a query that is wrong', `GET ${app}/deltas?archived=perhaps`, undefined, 400],
    ['a path that is none', 'GET /orgs/acme/nothing', undefined, 404],
    ['a method that it does not know', `DELETE ${app}/deltas/x`, undefined, 405],
    ['a method that nobody knows', `OPTIONS ${app}`, undefined, 405],
  ])('%s', async (_, request, body, status) => {
    const { ask } = await givenApp();
    const answer = await ask(request, body);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining(errorBody)]);
  });

  it('a 405 names what would be right', async () => {
    const { ask } = await givenApp();
    expect((await ask(`DELETE ${app}/deltas/x`)).headers.allow).toBe('GET, PATCH, PUT');
  });

  it('a content type is nobody’s business', async () => {
    const { ask } = await givenApp();
    for (const type of [undefined, 'text/plain', 'application/x-www-form-urlencoded', 'nonsense'])
      expect((await ask(`POST ${app}/deltas`, {}, { 'content-type': type })).status).toBe(200);
  });
});

// ---- hostile input

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    '__proto__',
    'constructor',
    '..%2f..%2f',
    '%00',
    'a'.repeat(3000),
    '\u{1F600}',
    '0',
    '00000000-0000-0000-0000-000000000000',
  ),
  fc.string({ unit: anyCharacter, maxLength: 20 }),
);

const routes = Object.keys(contract).filter((route) => !route.endsWith('openapi.json'));

const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(
      null,
      true,
      0,
      -1,
      1e308,
      '',
      'a',
      'development',
      '__proto__',
      '/a/-',
      'add',
      'remove',
      'replace',
    ),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom(
        'id',
        'name',
        'key',
        'value',
        'description',
        'modules',
        'shared',
        'add',
        'remove',
        'update',
        'op',
        'path',
        'metadata',
        'env',
        'type',
        'delta_id',
        'set_id',
        'comment',
        'pipeline',
        'secret_ref',
        'is_secret',
        '__proto__',
        'constructor',
      ),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;

const encoded = (part: unknown): string => {
  const text = String(part);
  return text.isWellFormed() ? encodeURIComponent(text) : 'x';
};

it('whatever is sent to whatever route, it is answered, and never with a 500', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...routes),
      fc.constantFrom(
        '',
        '?env=%00',
        '?archived=1',
        '?diff=__proto__',
        '?id=a&id=,',
        '?key_changed=',
        '?%',
        '?a[]=%ff',
      ),
      fc.array(fc.oneof(hostile, fc.constantFrom('shop', 'development')), { minLength: 6, maxLength: 6 }),
      value,
      async (route, query, parts, body) => {
        // A new one each time: some of this deletes it.
        const { system } = await givenApp();
        const ask = await looseClientFor(system, 'acme');
        const given = [...parts];
        const known: Record<string, string> = { orgId: 'acme', appId: 'shop', envId: 'development' };
        const path = route.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
          parts[0] === 'shop' && known[name] !== undefined ? known[name] : encoded(given.pop()),
        );
        const { status } = await ask(`${path}${query}`, JSON.stringify(body));
        expect(status).toBeLessThan(500);
      },
    ),
    { numRuns: 1500 },
  );
});
