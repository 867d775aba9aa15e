// The comparison asks two servers the same: here two doors on worlds in memory, behind real HTTP.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { memoryWorld } from '#adapters/memory/world';
import { heat } from '#dialects/heat/dialect';
import { createKey } from '#engine/keys';
import { door } from '#functions/wiring/door';
import { PlainError } from '#infra/local/plain-error';
import { context, httpEvent, rememberingLog } from '#test/functions/given';
import { runHere } from '#test/support/command';
import { matchRoute } from '#test/support/route';
import { compareServers, knockAt, type Server, serverAt } from './compare/servers.ts';

const clock = { now: () => Date.now(), sleep: async () => {} };
const chance = { bytes: (length: number) => randomBytes(length) };

/** Its URL, and how it ends. */
const listen = async (answer: RequestListener) => {
  const server = createServer(answer);
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  const close = (): Promise<void> =>
    new Promise((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close };
};

const givenServer = async (name: string): Promise<Server & { readonly asked: string[] }> => {
  const { world } = memoryWorld({ clock, chance });
  const { key: token } = await createKey(world)({ organization: 'demo', scopes: ['*'] });
  const handler = door(heat, world, rememberingLog().log);
  const asked: string[] = [];
  const { url } = await listen(async (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const method = request.method ?? '';
    const { route = '$default', params } = matchRoute(Object.keys(heat.contract), method, path);
    asked.push(route);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([header, value]) => [header, String(value)]),
    );
    const body = Buffer.concat(await Array.fromAsync(request)).toString();
    const event = httpEvent(route, {
      rawPath: path,
      rawQueryString: query,
      pathParameters: { ...params },
      headers,
      body,
    });
    const answer = await handler(event, context());
    response.writeHead(answer.statusCode ?? 500, { 'content-type': 'application/json' }).end(answer.body);
  });
  return { name, url, tenant: 'demo', token, asked };
};

it('asks both servers the same in turn, and tells how many times as long the other takes', async () => {
  const [ours, theirs] = [await givenServer('ours'), await givenServer('theirs')];
  const compared = await compareServers(ours, theirs, 2);
  expect(compared.map(({ request }) => request)).toEqual([
    'create a config',
    'create a deployment',
    'list a server’s deployments',
    'poll its metadata',
    'signal its end',
  ]);
  for (const { oursMs, theirsMs, ratio } of compared) expect(ratio).toBeCloseTo(theirsMs / oursMs);
  expect(theirs.asked.slice(0, 3 * 5)).toEqual(ours.asked);
  expect(ours.asked).toHaveLength(3 * 5);
});

it('says which server did not answer as it should', async () => {
  const [ours, theirs] = [await givenServer('ours'), await givenServer('theirs')];
  await expect(compareServers(ours, { ...theirs, token: 'nobody' }, 1)).rejects.toThrow(
    /theirs: POST \/software_configs answered 401/,
  );
});

/** What there is of it. */
const leftOn = async ({ url, tenant, token }: Server) => {
  const list = async (what: string): Promise<unknown> =>
    (await fetch(`${url}/v1/${tenant}/${what}`, { headers: { 'x-auth-token': token } })).json();
  return { ...Object(await list('software_configs')), ...Object(await list('software_deployments')) };
};

/** The same server, but for what it refuses. */
const inFrontOf = async (server: Server, refuses: (request: IncomingMessage) => boolean): Promise<string> => {
  const { url } = await listen(async (request, response) => {
    if (refuses(request)) return response.writeHead(503).end('full');
    const answer = await fetch(`${server.url}${request.url}`, {
      method: request.method ?? '',
      headers: { 'x-auth-token': server.token, 'content-type': 'application/json' },
      body: request.method === 'GET' ? null : Buffer.concat(await Array.fromAsync(request)),
    });
    return response.writeHead(answer.status).end(await answer.text());
  });
  return url;
};

describe('the other server', () => {
  it('is left as it was', async () => {
    const [ours, theirs] = [await givenServer('ours'), await givenServer('theirs')];
    await compareServers(ours, theirs, 2);
    expect(theirs.asked.slice(3 * 5)).toEqual([
      ...Array(3).fill('DELETE /v1/{tenant_id}/software_deployments/{id}'),
      ...Array(3).fill('DELETE /v1/{tenant_id}/software_configs/{id}'),
    ]);
    expect(await leftOn(theirs)).toEqual({ software_configs: [], software_deployments: [] });
  });

  it('is left as it was even where the comparison broke off', async () => {
    const [ours, theirs] = [await givenServer('ours'), await givenServer('theirs')];
    let asked = 0;
    const isSecondDeployment = ({ method, url }: IncomingMessage): boolean => {
      const isDeployment = method === 'POST' && url?.endsWith('/software_deployments') === true;
      asked += isDeployment ? 1 : 0;
      return isDeployment && asked === 2;
    };
    const url = await inFrontOf(theirs, isSecondDeployment);
    await expect(compareServers(ours, { ...theirs, url }, 2)).rejects.toThrow(
      'theirs: POST /software_deployments answered 503: full',
    );
    expect(await leftOn(theirs)).toEqual({ software_configs: [], software_deployments: [] });
  });

  it('that deletes nothing is measured all the same', async () => {
    const [ours, theirs] = [await givenServer('ours'), await givenServer('theirs')];
    const url = await inFrontOf(theirs, ({ method }) => method === 'DELETE');
    const said: string[] = [];
    const compared = await compareServers(ours, { ...theirs, url }, 1, (line) => said.push(line));
    expect(compared).toHaveLength(5);
    expect(said).toEqual([`compare: 4 configs and deployments called bench could not be deleted on ${url}`]);
  });

  it.each([
    ['http://heat.example:8004', {}, 'http://heat.example:8004', 'admin'],
    ['http://heat.example:8004/', {}, 'http://heat.example:8004', 'admin'],
    ['http://heat.example:8004/v1', {}, 'http://heat.example:8004', 'admin'],
    ['http://heat.example:8004/v1/', {}, 'http://heat.example:8004', 'admin'],
    ['http://heat.example:8004/v1/4f2a', {}, 'http://heat.example:8004', '4f2a'],
    ['http://heat.example:8004/v1/4f2a/stacks', {}, 'http://heat.example:8004', '4f2a'],
    ['http://heat.example:8004/v1/4f2a', { BENCH_TENANT: 'acme' }, 'http://heat.example:8004', 'acme'],
    ['https://cloud.example/heat-api/v1/4f2a', {}, 'https://cloud.example/heat-api', '4f2a'],
    ['https://cloud.example/v1beta', {}, 'https://cloud.example/v1beta', 'admin'],
  ])('%s, with %j, is meant as %s of %s', (given, env, url, tenant) => {
    expect(serverAt(given, { ...env, BENCH_TOKEN: 'secret' })).toEqual({
      name: 'theirs',
      url,
      tenant,
      token: 'secret',
    });
  });

  it('is asked once whether it lets us in', async () => {
    const theirs = await givenServer('theirs');
    await knockAt(theirs);
    expect(theirs.asked).toEqual(['GET /v1/{tenant_id}/software_deployments']);
    await expect(knockAt({ ...theirs, token: 'nobody' })).rejects.toThrow(
      new PlainError(`${theirs.url} answered 401: it does not know the token in BENCH_TOKEN.`),
    );
    await expect(knockAt({ ...theirs, token: '' })).rejects.toThrow(
      new PlainError(`${theirs.url} answered 401: it wants a token, and BENCH_TOKEN has none.`),
    );
  });

  it.each([
    [403, 'no', 'answered 403: the token in BENCH_TOKEN is not for the tenant acme (BENCH_TENANT).'],
    [404, 'no', 'answered 404: there is no Heat under /v1/acme; BENCH_TENANT says which tenant.'],
    [503, 'busy', 'answered 503: busy.'],
    [200, '<html>', 'answers, but not as Heat does: is it the URL of another service?'],
    [200, 'null', 'answers, but not as Heat does: is it the URL of another service?'],
  ])('that answers %i %s is told in a sentence', async (status, body, told) => {
    const { url } = await listen((_, response) => response.writeHead(status).end(body));
    await expect(knockAt({ name: 'theirs', url, tenant: 'acme', token: 'good' })).rejects.toThrow(
      new PlainError(`${url} ${told}`),
    );
  });

  it('that is not there ends the bench in a sentence', async () => {
    const { url, close } = await listen(() => {});
    await close();
    const ran = await runHere(resolve(import.meta.dirname, 'main.ts'), ['--compare', `${url}/v1/acme`], {});
    expect(ran).toEqual({ code: 1, stdout: '', stderr: `${url} does not answer: ECONNREFUSED.\n` });
  });
});
