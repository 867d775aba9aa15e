// Metadata: a list of configs for servers that poll, and how they learn that nothing has changed.
import { describe, expect, it } from 'vitest';
import { givenHeat } from './given.ts';

const namesIn = (body: { metadata: { name: string }[] }): string[] => body.metadata.map(({ name }) => name);
const path = '/software_deployments/metadata/srv1';
const minute = 60_000;

describe('the metadata of a server', () => {
  it('is every config of its deployments by name, those that are over too, one for each deployment', async () => {
    const { ask, config, deployment, system } = await givenHeat();
    const shared = await config({ name: 'b' });
    for (const over of [
      { config_id: await config({ name: 'c' }), status: 'COMPLETE' },
      { config_id: shared, action: 'DELETE', status: 'FAILED' },
      { config_id: await config({ name: 'a' }) },
      { config_id: shared },
      { config_id: await config({ name: 'Z' }), server_id: 'other' },
      { config_id: await config({ name: 'Z' }) },
    ]) {
      await deployment(over);
      system.clock.pass(1000);
    }
    const { body } = await ask(`GET ${path}`);
    expect(namesIn(body)).toEqual(['Z', 'a', 'b', 'b', 'c']);
    expect(Object.keys(body.metadata[0])).toEqual([
      'name',
      'group',
      'config',
      'id',
      'creation_time',
      'inputs',
      'outputs',
      'options',
    ]);
  });

  it('has equal names in the order of creation, and no values but the config’s own', async () => {
    const { ask, config, deployment, system } = await givenHeat();
    for (const text of ['first', 'second', 'third']) {
      const config_id = await config({ name: 'same', config: text, inputs: [{ name: 'i' }] });
      await deployment({ config_id, input_values: { i: 'given' } });
      system.clock.pass(1);
    }
    const { body } = await ask(`GET ${path}`);
    expect(body.metadata.map((each: { config: string }) => each.config)).toEqual([
      'first',
      'second',
      'third',
    ]);
    expect(body.metadata[0].inputs).toEqual([{ name: 'i', type: 'String' }]);
  });

  it('of nobody is empty, and without a server there is none', async () => {
    const { ask } = await givenHeat();
    expect((await ask(`GET ${path}`)).body).toEqual({ metadata: [] });
    const { status, body } = await ask('GET /software_deployments/metadata');
    expect([status, body.error.message]).toEqual([404, 'Deployment with id metadata not found']);
  });

  it('cannot be sorted when names are of different types', async () => {
    const { ask, config, deployment } = await givenHeat();
    await deployment({ config_id: await config({ name: null }) });
    expect((await ask(`GET ${path}`)).status).toBe(200);
    await deployment({ config_id: await config({ name: 'text' }) });
    const { status, body } = await ask(`GET ${path}`);
    expect([status, body.error.message]).toEqual([400, expect.stringContaining('different types')]);
  });

  it('follows a deployment to its new config', async () => {
    const { ask, config, deployment } = await givenHeat();
    const { id } = await deployment({ config_id: await config({ name: 'old' }) });
    await ask(`PUT /software_deployments/${id}`, { config_id: await config({ name: 'new' }) });
    expect(namesIn((await ask(`GET ${path}`)).body)).toEqual(['new']);
  });

  it('that no Lambda could answer is refused in words', async () => {
    const { ask, config, deployment } = await givenHeat();
    const config_id = await config({ config: 'x'.repeat(1_000_000) });
    for (let count = 0; count < 6; count += 1) await deployment({ config_id });
    const { status, body } = await ask(`GET ${path}`);
    expect([status, body.error.type]).toEqual([400, 'RequestLimitExceeded']);
  });
});

describe('a server that polls', () => {
  it('is told 304 by tag as long as nothing has changed', async () => {
    const { ask, config, deployment } = await givenHeat();
    await deployment();
    const { headers } = await ask(`GET ${path}`);
    const again = () => ask(`GET ${path}`, undefined, { 'if-none-match': headers.etag });
    expect([(await again()).status, (await again()).raw]).toEqual([304, '']);
    await deployment({ config_id: await config({ name: 'z' }) });
    expect((await again()).status).toBe(200);
  });

  it('is told 304 by time, and never misses a change', async () => {
    const { ask, config, deployment, system } = await givenHeat();
    let made = await deployment();
    const modified = async (): Promise<string> => (await ask(`GET ${path}`)).headers['last-modified'] ?? '';
    const since = async (time: string) =>
      (await ask(`GET ${path}`, undefined, { 'if-modified-since': time })).status;
    expect(await modified()).toBe('');
    system.clock.pass(minute);
    const first = await modified();
    expect(Date.parse(first)).toBeGreaterThan(0);
    expect(await since(first)).toBe(304);
    const changes = [
      async () => ask(`PUT /software_deployments/${made.id}`, { config_id: await config() }),
      async () => ask(`DELETE /software_deployments/${made.id}`),
      async () => {
        made = await deployment();
      },
      async () => ask(`PUT /software_deployments/${made.id}`, { status: 'COMPLETE' }),
      async () => ask(`PUT /software_deployments/${made.id}`, { status: 'IN_PROGRESS' }),
    ];
    const moves: boolean[] = [];
    for (const change of changes) {
      system.clock.pass(minute);
      const before = await modified();
      await change();
      system.clock.pass(minute);
      moves.push(Date.parse(await modified()) > Date.parse(before));
    }
    // What only changes a status changes nothing that a server polls for.
    expect(moves).toEqual([true, true, true, false, true]);
  });

  it('needs no token at its own URL, which allows HEAD', async () => {
    const { ask, anybody, deployment, pathOf, system } = await givenHeat();
    await deployment();
    system.clock.pass(minute);
    const url = pathOf((await ask('GET /servers/srv1/metadata_url')).body.url);
    expect(pathOf((await ask('GET /servers/srv1/metadata_url')).body.url)).toBe(url);
    const [head, get] = [await anybody(`HEAD ${url}`), await anybody(`GET ${url}`)];
    expect([head.status, head.raw, get.status]).toEqual([200, '', 200]);
    expect(get.body).toEqual((await ask(`GET ${path}`)).body);
    expect(head.headers).toMatchObject({
      etag: get.headers.etag,
      'last-modified': get.headers['last-modified'],
    });
    const tagged = { 'if-none-match': get.headers.etag };
    expect((await anybody(`HEAD ${url}`, undefined, tagged)).status).toBe(304);
  });

  it('is refused at a URL that is wrong, of another server, or renewed', async () => {
    const { ask, anybody, pathOf, signalUrl, deployment } = await givenHeat();
    const { id } = await deployment();
    const url = pathOf((await ask('GET /servers/srv1/metadata_url')).body.url);
    await ask('GET /servers/srv2/metadata_url');
    const signature = /signature=(\w+)/.exec(await signalUrl(id))?.[1];
    for (const wrong of [
      url.replace('srv1', 'srv2'),
      url.replace('srv1', 'srv3'),
      url.replace('/demo/', '/other/'),
      url.replace(/signature=\w+/, `signature=${signature}`),
      url.replace(/\?.*/, ''),
    ])
      expect([wrong, (await anybody(`GET ${wrong}`)).status]).toEqual([wrong, 403]);
    const renewed = pathOf((await ask('POST /servers/srv1/metadata_url')).body.url);
    expect((await anybody(`GET ${url}`)).status).toBe(403);
    expect((await anybody(`GET ${renewed}`)).status).toBe(200);
  });

  it('may have any name', async () => {
    const { ask, anybody, deployment, pathOf } = await givenHeat();
    const name = 'a b/ü?#%';
    await deployment({ server_id: name });
    const url = pathOf((await ask(`GET /servers/${encodeURIComponent(name)}/metadata_url`)).body.url);
    expect((await anybody(`GET ${url}`)).body.metadata).toHaveLength(1);
    expect((await ask(`POST /servers/${encodeURIComponent(name)}/activation_token`)).status).toBe(200);
  });
});
