// Who is let in, and every way in which Heat says no.
import { describe, expect, it } from 'vitest';
import { heat } from '#dialects/heat/dialect';
import { givenHeat } from './given.ts';

const generic =
  'The server could not comply with the request since it is either malformed or otherwise incorrect.';
const requestId = expect.stringMatching(/^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

describe('a token', () => {
  it.each([undefined, 'notused', 'api_key_0000000000000000_00000000000000000000000000000000'])(
    '%s is nobody’s',
    async (token) => {
      const { anybody } = await givenHeat();
      const { status, body, headers } = await anybody('GET /v1/demo/software_configs', undefined, {
        'x-auth-token': token,
      });
      expect([status, body]).toEqual([
        401,
        {
          error: {
            code: 401,
            title: 'Unauthorized',
            message: 'The request you have made requires authentication.',
          },
        },
      ]);
      expect(headers).toMatchObject({
        'www-authenticate': 'Keystone uri="https://heat.example/v3"',
        'x-openstack-request-id': requestId,
      });
    },
  );

  it('of another project is refused at this one', async () => {
    const { anybody, clientFor } = await givenHeat();
    const { key } = await clientFor('other');
    const { status, body } = await anybody('GET /v1/demo/software_deployments', undefined, {
      'x-auth-token': key,
    });
    expect([status, body]).toEqual([
      403,
      {
        code: 403,
        title: 'Forbidden',
        explanation: 'Access was denied to this resource.',
        error: {
          type: 'HTTPForbidden',
          traceback: null,
          message: 'Access was denied to this resource.',
        },
      },
    ]);
  });

  it.each([
    ['software_configs:read', 'POST /software_configs', 'software_configs:create'],
    ['software_configs:write', 'GET /software_configs', 'software_configs:index'],
    ['software_configs:read', 'DELETE /software_configs/x', 'software_configs:delete'],
    ['software_deployments:read', 'POST /software_deployments', 'software_deployments:create'],
    ['software_deployments:read', 'PUT /software_deployments/x', 'software_deployments:update'],
    ['software_deployments:read', 'DELETE /software_deployments/x', 'software_deployments:delete'],
    ['software_deployments:write', 'GET /software_deployments/x', 'software_deployments:show'],
    ['software_deployments:write', 'GET /software_deployments/metadata/x', 'software_deployments:metadata'],
    ['software_deployments:write', 'POST /servers/x/activation_token', 'servers:activation_token'],
  ])('with only %s may not %s', async (scope, request, policy) => {
    const { clientFor } = await givenHeat();
    const { status, body } = await (await clientFor('demo', scope))(request, {});
    expect([status, body.error.type]).toEqual([403, 'Forbidden']);
    expect(body.error.message).toMatch(`You are not authorized to use ${policy}.`);
  });
});

describe('a body', () => {
  const valid = '{"name":"x"}';

  it.each([
    ['application/json', valid, 200],
    ['application/json; charset=utf-8', valid, 200],
    ['text/plain', valid, 200],
    ['', valid, 200],
    [undefined, valid, 200],
    ['application/x-www-form-urlencoded', valid, 400],
    ['application/xml', valid, 400],
    ['application/json', '', 400],
    ['application/json', undefined, 400],
    ['application/json', ` ${valid}`, 400],
    ['application/json', `\n${valid}`, 400],
    ['application/json', `\ufeff${valid}`, 400],
    ['application/json', '[]', 400],
    ['application/json', 'null', 400],
    ['application/json', '"text"', 400],
    ['application/json', '{"name":', 400],
    ['application/json', '{name: 1}', 400],
    ['application/json', Buffer.from([0x7b, 0xff, 0x7d]), 400],
  ])('of type %s that is %o answers %i', async (type, body, status) => {
    const { ask } = await givenHeat();
    const answer = await ask('POST /software_configs', body, { 'content-type': type });
    expect(answer.status).toBe(status);
    if (status === 400)
      expect(answer.body).toMatchObject({
        code: 400,
        title: 'Bad Request',
        explanation: generic,
        error: { type: 'HTTPBadRequest', traceback: null, message: expect.any(String) },
      });
  });

  it('of more than a mebibyte is too large', async () => {
    const { ask } = await givenHeat();
    const { status, body } = await ask('POST /software_configs', { config: 'x'.repeat(1024 * 1024) });
    expect([status, body.error.type, body.error.message]).toEqual([
      400,
      'RequestLimitExceeded',
      'Request limit exceeded: The body is larger than 1048576 bytes.',
    ]);
  });
});

describe('a method', () => {
  it.each([
    ['/v1/demo/software_configs', 'POST,GET'],
    ['/v1/demo/software_configs/x', 'GET,DELETE'],
    ['/v1/demo/software_deployments', 'POST,GET'],
    ['/v1/demo/software_deployments/x', 'GET,PUT,DELETE'],
    ['/v1/demo/validate', 'POST'],
  ])('OPTIONS on %s is answered %s', async (path, allow) => {
    const { anybody } = await givenHeat();
    const { status, headers, raw } = await anybody(`OPTIONS ${path}`);
    expect([status, headers.allow, raw]).toEqual([204, allow, '']);
    expect(headers['x-openstack-request-id']).toEqual(requestId);
  });

  it.each([
    'PATCH /v1/demo/software_deployments/x',
    'HEAD /v1/demo/software_configs',
    'HEAD /v1/demo/software_deployments/metadata/x',
    'PUT /v1/demo/software_configs/x',
    'DELETE /v1/demo/software_configs',
    'GET /v1/demo/validate',
    'POST /v1',
    'POST /',
  ])('%s is not allowed, and no Allow says what is', async (request) => {
    const { anybody } = await givenHeat();
    const { status, body, headers } = await anybody(request);
    expect([status, body.code, body.error.type]).toEqual([405, 405, 'HTTPMethodNotAllowed']);
    expect(headers).not.toHaveProperty('allow');
  });
});

describe('a path that leads nowhere', () => {
  it.each([
    '/v1/demo/nothing',
    '/v1/demo/software_configs/',
    '/v1/demo/software_deployments/metadata/',
    '/v1/demo',
    '/v1/demo/stacks/x/y',
    '/favicon.ico',
    '/v1x/demo',
  ])('%s is no fault', async (path) => {
    const { anybody } = await givenHeat();
    const told = await anybody(`GET ${path}`, undefined, { accept: 'application/json' });
    expect([told.status, told.body]).toEqual([
      404,
      {
        message: 'The resource could not be found.<br /><br />\n\n\n',
        code: '404 Not Found',
        title: 'Not Found',
      },
    ]);
    const page = await anybody(`GET ${path}`);
    expect([page.status, page.headers['content-type']]).toEqual([404, 'text/html; charset=UTF-8']);
    expect(page.raw).toMatch('<h1>404 Not Found</h1>');
    expect(page.headers['x-openstack-request-id']).toEqual(requestId);
  });

  it('of another version is told which there are', async () => {
    const { anybody } = await givenHeat();
    for (const path of ['/v2/demo/x', '/v2', '/v10/x', '/v2.0/'])
      expect([path, (await anybody(`GET ${path}`)).status]).toEqual([path, 300]);
  });
});

describe('a fault of ours', () => {
  it('is told without a message, and with an id to quote', () => {
    const { status, headers, body } = heat.tellFault('5f0d2a30-0000-4000-8000-000000000001');
    expect([status, JSON.parse(String(body))]).toEqual([
      500,
      {
        code: 500,
        title: 'Internal Server Error',
        explanation: 'The server has either erred or is incapable of performing the requested operation.',
        error: { type: 'RemoteError', traceback: null },
      },
    ]);
    expect(headers['x-openstack-request-id']).toBe('req-5f0d2a30-0000-4000-8000-000000000001');
  });
});
