// A webhook on the whole local cloud: from the request that starts a deployment to a receiver on this machine, and what it can prove.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, inject, it, onTestFinished } from 'vitest';
import { type LocalCloud, startLocalCloud } from '#infra/local/cloud';
import { eventually } from './support/folder.ts';

const directory = mkdtempSync(join(tmpdir(), 'shadowcast-test-'));
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({ directory, dynamodbLocal: inject('dynamodbEndpoint') });
});
afterAll(async () => {
  await cloud.close();
  rmSync(directory, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
type Answer = { readonly status: number; readonly body: any };

const ask = async (request: string, body?: object): Promise<Answer> => {
  const [method = '', path = ''] = request.split(' ');
  const answer = await fetch(`${cloud.config.url}/orgs/${cloud.config.organization}${path}`, {
    method,
    headers: { authorization: `Bearer ${cloud.config.apiKey}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
};

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

const givenReceiver = async () => {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      received.push({ headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
};

it('whoever listens hears of a deployment’s start and end, can prove that it was us, and the log knows no secret', async () => {
  const { received, url } = await givenReceiver();
  expect((await ask('POST /apps', { id: 'shop', name: 'Shop' })).status).toBe(201);
  const hook = await ask('POST /apps/shop/webhooks', { id: 'my-hook', url });
  expect(hook.status).toBe(201);
  const inside = await ask('POST /apps/shop/webhooks', { id: 'inside', url: 'http://169.254.169.254/' });
  expect(inside.status).toBe(400);

  const deployment = await ask('POST /apps/shop/envs/development/deploys', { comment: 'a secret plan' });
  expect(deployment.status).toBe(201);
  await eventually(
    () => received.length,
    (count) => count === 2,
    30_000,
  );

  const { secret } = hook.body;
  const verified = received.map(({ body, headers }) => new Webhook(secret).verify(body, headers));
  expect(verified).toHaveLength(2);
  for (const event of ['deployment.started', 'deployment.finished'])
    expect(verified).toContainEqual(
      expect.objectContaining({ event, deploy_id: deployment.body.id, app_id: 'shop' }),
    );

  const shown = await eventually(
    () => ask('GET /apps/shop/webhooks/my-hook'),
    ({ body }) => body.last_delivery !== null,
  );
  expect(shown.body.last_delivery).toMatchObject({ outcome: 'delivered', attempt: 1 });

  const logs = join(directory, 'logs');
  const written = readdirSync(logs).map((file) => readFileSync(join(logs, file), 'utf8'));
  expect(written.join('\n')).toContain('webhook.delivered');
  for (const word of [secret, url, 'a secret plan']) expect(written.join('\n')).not.toContain(word);
});
