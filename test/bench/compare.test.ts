// The comparison asks two servers the same: here two doors on worlds in memory, behind real HTTP.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { memoryWorld } from '#adapters/memory/world';
import { heat } from '#dialects/heat/dialect';
import { createKey } from '#engine/keys';
import { door } from '#functions/wiring/door';
import { context, httpEvent, rememberingLog } from '#test/functions/given';
import { matchRoute } from '#test/support/route';
import { compareServers, type Server } from './compare/servers.ts';

const clock = { now: () => Date.now(), sleep: async () => {} };
const chance = { bytes: (length: number) => randomBytes(length) };

const givenServer = async (name: string): Promise<Server & { readonly asked: string[] }> => {
  const { world } = memoryWorld({ clock, chance });
  const { key: token } = await createKey(world)({ organization: 'demo', scopes: ['*'] });
  const handler = door(heat, world, rememberingLog().log);
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
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
  await new Promise<void>((listening) => {
    server.listen(0, '127.0.0.1', listening);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { name, url: `http://127.0.0.1:${port}`, tenant: 'demo', token, asked };
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
  expect(theirs.asked).toEqual(ours.asked);
  expect(ours.asked).toHaveLength(3 * 5);
});

it('says which server did not answer as it should', async () => {
  const [ours, theirs] = [await givenServer('ours'), await givenServer('theirs')];
  await expect(compareServers(ours, { ...theirs, token: 'nobody' }, 1)).rejects.toThrow(
    /theirs: POST \/software_configs answered 401/,
  );
});
