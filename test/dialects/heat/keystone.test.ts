// Logging in as OpenStack's clients do: an application credential, a token, and a catalog that says where Heat is.
import { describe, expect, it } from 'vitest';
import { givenHeat } from './given.ts';

const credential = (id: string, secret: string) => ({
  auth: {
    identity: { methods: ['application_credential'], application_credential: { id, secret } },
  },
});

const login = 'POST /v3/auth/tokens';

const given = async () => {
  const story = await givenHeat();
  const { key } = story.ask;
  const cut = key.lastIndexOf('_');
  return { ...story, key, id: key.slice(0, cut), secret: key.slice(cut + 1) };
};

describe('logging in', () => {
  it.each(['the whole key', 'its secret part'])('works with %s as the secret', async (which) => {
    const { anybody, key, id, secret } = await given();
    const { status, body, headers } = await anybody(
      login,
      credential(id, which === 'the whole key' ? key : secret),
    );
    expect(status).toBe(201);
    expect(headers).toMatchObject({ 'x-subject-token': key, 'content-type': 'application/json' });
    expect(body.token).toMatchObject({
      methods: ['application_credential'],
      user: { id, name: id, domain: { id: 'default', name: 'Default' } },
      project: { id: 'demo', name: 'demo', domain: { id: 'default', name: 'Default' } },
      issued_at: '2026-01-01T00:00:00.000Z',
      expires_at: '2026-01-02T00:00:00.000Z',
    });
  });

  it('tells an endpoint where the token works', async () => {
    const { anybody, key, id, pathOf } = await given();
    const { body, headers } = await anybody(login, credential(id, key));
    const orchestration = body.token.catalog.find(({ type }: { type: string }) => type === 'orchestration');
    expect(orchestration.endpoints.map((each: { interface: string }) => each.interface)).toEqual([
      'public',
      'internal',
      'admin',
    ]);
    const [{ url }] = orchestration.endpoints;
    expect(url).toBe('https://heat.example/v1/demo');
    const { status } = await anybody(`GET ${pathOf(url)}/software_configs`, undefined, {
      'x-auth-token': headers['x-subject-token'],
    });
    expect(status).toBe(200);
  });

  it('is refused in Keystone’s shape with a wrong id, a wrong secret, or none', async () => {
    const { anybody, key, id } = await given();
    for (const body of [
      credential(id, 'wrong'),
      credential('api_key_0000000000000000', key),
      credential('', ''),
      { auth: { identity: { methods: ['password'] } } },
    ]) {
      const answer = await anybody(login, body);
      expect([answer.status, answer.body]).toEqual([
        401,
        {
          error: {
            code: 401,
            title: 'Unauthorized',
            message: 'The request you have made requires authentication.',
          },
        },
      ]);
      expect(answer.headers['www-authenticate']).toBe('Keystone uri="https://heat.example/v3"');
    }
  });

  it.each([{}, { auth: {} }, { auth: { identity: { methods: 'x' } } }, '', 'not JSON', '[]'])(
    'with %o is a bad request in Keystone’s shape',
    async (body) => {
      const { anybody } = await given();
      const answer = await anybody(login, body);
      expect([answer.status, answer.body.error?.code ?? answer.raw]).toEqual([400, 400]);
      expect(answer.body.error.title).toBe('Bad Request');
    },
  );
});

describe('a token', () => {
  it('is shown and checked', async () => {
    const { anybody, key, clientFor } = await given();
    const headers = { 'x-auth-token': key, 'x-subject-token': key };
    const shown = await anybody('GET /v3/auth/tokens', undefined, headers);
    expect([shown.status, shown.body.token.project.id]).toEqual([200, 'demo']);
    expect(shown.headers['x-subject-token']).toBe(key);
    const checked = await anybody('HEAD /v3/auth/tokens', undefined, headers);
    expect([checked.status, checked.raw]).toEqual([200, '']);
    const other = await clientFor('other');
    for (const subject of [other.key, 'nonsense']) {
      const { status, body } = await anybody('GET /v3/auth/tokens', undefined, {
        ...headers,
        'x-subject-token': subject,
      });
      expect([status, body.error.code]).toEqual([404, 404]);
    }
    expect((await anybody('GET /v3/auth/tokens')).status).toBe(401);
  });

  it('tells its catalog', async () => {
    const { anybody, key } = await given();
    const { body } = await anybody('GET /v3/auth/catalog', undefined, { 'x-auth-token': key });
    expect(body.catalog.map(({ type }: { type: string }) => type)).toEqual(['orchestration', 'identity']);
  });
});

describe('the identity API', () => {
  it.each(['/v3', '/v3/'])('tells its version at %s', async (path) => {
    const { anybody } = await given();
    const { status, body } = await anybody(`GET ${path}`);
    expect([status, body.version.id, body.version.links]).toEqual([
      200,
      'v3.14',
      [{ rel: 'self', href: 'https://heat.example/v3/' }],
    ]);
  });

  it.each([
    ['GET /v3/users', 404],
    ['DELETE /v3/auth/tokens', 405],
  ])('answers %s with %i in its own shape', async (request, code) => {
    const { anybody } = await given();
    const { status, body } = await anybody(request);
    expect([status, body.error.code]).toEqual([code, code]);
  });
});
