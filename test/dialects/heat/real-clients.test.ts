// OpenStack's own programs against this dialect over HTTP: run where they are installed, and skipped where not.
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { heat } from '#dialects/heat/dialect';
import { smallSystem } from '#test/support/small-system';

const run = promisify(execFile);

const answers = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0;

/** Debian's, which has Debian's packages. */
const python = '/usr/bin/python3';

const installed = {
  openstack:
    answers('openstack', '--version') && answers('openstack', 'software', 'config', 'list', '--help'),
  'os-collect-config': answers('os-collect-config', '--help'),
  'python3-heatclient': answers(python, '-c', 'import heatclient.client'),
  openstacksdk: answers(python, '-c', 'import openstack'),
  'heat-tempest-plugin':
    answers('gabbi-run', '--help') && answers(python, '-c', 'import heat_tempest_plugin'),
};

const skipReason = (program: keyof typeof installed): string =>
  installed[program] ? '' : ` (skipped: ${program} is not installed; Debian has it)`;

const bodyOf = async (request: IncomingMessage): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(request));

const system = smallSystem();
let server: Server;
let url = '';
let key = '';
let folder = '';

const serve = (): Server => {
  const ask = system.clientOf(heat, {});
  return createServer((request, response) => {
    const answer = async () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const told = await ask(`${request.method} ${request.url}`, await bodyOf(request), {
        ...headers,
        'x-forwarded-proto': 'http',
      });
      response.writeHead(told.status, told.headers);
      response.end(told.status === 204 || request.method === 'HEAD' ? undefined : told.raw);
    };
    answer().catch((cause: unknown) => {
      response.writeHead(500);
      response.end(String(cause));
    });
  });
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heat-clients-'));
  key = await system.newKey('demo');
  server = serve();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

/** Two ways in: a token and an endpoint, or an application credential. */
const waysIn = {
  'a token': () => ({ OS_AUTH_TYPE: 'admin_token', OS_TOKEN: key, OS_ENDPOINT: `${url}/v1/demo` }),
  'an application credential': () => ({
    OS_AUTH_TYPE: 'v3applicationcredential',
    OS_AUTH_URL: `${url}/v3`,
    OS_APPLICATION_CREDENTIAL_ID: key.slice(0, key.lastIndexOf('_')),
    OS_APPLICATION_CREDENTIAL_SECRET: key,
  }),
} as const;

const openstackAs =
  (way: keyof typeof waysIn) =>
  async (...args: string[]): Promise<string> => {
    const { stdout } = await run('openstack', args, { env: { ...process.env, ...waysIn[way]() } });
    return stdout;
  };

const tellsJson = async (told: Promise<string>) => JSON.parse(await told);

describe.each(Object.keys(waysIn) as (keyof typeof waysIn)[])('openstack with %s', (way) => {
  it.skipIf(!installed.openstack)(
    `lives a whole life of a config and a deployment${skipReason('openstack')}`,
    { timeout: 180_000 },
    async () => {
      const openstack = openstackAs(way);
      const script = join(folder, 'hello.sh');
      const definition = join(folder, 'io.yaml');
      writeFileSync(script, '#!/bin/sh\necho hello\n');
      writeFileSync(
        definition,
        'inputs:\n- {name: foo, default: bar}\noutputs:\n- {name: result}\noptions: {a: b}\n',
      );
      const create = [
        'software',
        'config',
        'create',
        '--config-file',
        script,
        '--definition-file',
        definition,
      ];
      const config = await tellsJson(openstack(...create, '--group', 'script', 'cfg1', '-f', 'json'));
      expect(config).toMatchObject({ name: 'cfg1', group: 'script' });
      const configs = await tellsJson(openstack('software', 'config', 'list', '-f', 'json'));
      expect(configs.map((each: { id: string }) => each.id)).toContain(config.id);
      await openstack('software', 'config', 'show', config.id);

      const deploy = ['software', 'deployment', 'create', '--config', config.id, '--server', 'srv-1'];
      const more = ['--signal-transport', 'NO_SIGNAL', '--input-value', 'foo=baz', 'dep1', '-f', 'json'];
      const made = await tellsJson(openstack(...deploy, ...more));
      expect(made).toMatchObject({ status: 'IN_PROGRESS', server_id: 'srv-1' });
      const list = ['software', 'deployment', 'list', '--server', 'srv-1', '-f', 'json'];
      expect(await tellsJson(openstack(...list))).toHaveLength(1);
      const metadata = await openstack('software', 'deployment', 'metadata', 'show', 'srv-1');
      expect(metadata).toContain('baz');

      const signed = system.clientOf(heat, { host: url.slice('http://'.length), 'x-auth-token': key });
      const { body } = await signed(`GET /v1/demo/deployments/${made.id}/signal_url`);
      const signal = new URL(body.url);
      await signed(`POST ${signal.pathname}${signal.search}`, {
        deploy_stdout: 'hello\n',
        deploy_status_code: 0,
      });
      const outputs = await openstack('software', 'deployment', 'output', 'show', made.id, '--all', '--long');
      expect(outputs).toContain('hello');
      const shown = await tellsJson(openstack('software', 'deployment', 'show', made.id, '-f', 'json'));
      expect(shown).toMatchObject({ status: 'COMPLETE', status_reason: 'Outputs received' });

      await openstack('software', 'deployment', 'delete', made.id);
      await openstack('software', 'config', 'delete', config.id);
      expect(await tellsJson(openstack(...list))).toEqual([]);
      await expect(openstack('software', 'deployment', 'show', made.id)).rejects.toThrow(/not found/);
    },
  );
});

describe('os-collect-config', () => {
  it.skipIf(!installed['os-collect-config'])(
    `collects the metadata from its signed URL${skipReason('os-collect-config')}`,
    { timeout: 60_000 },
    async () => {
      const ask = system.clientOf(heat, {
        host: url.slice('http://'.length),
        'x-forwarded-proto': 'http',
        'x-auth-token': key,
      });
      const config = (await ask('POST /v1/demo/software_configs', { name: 'polled', config: 'echo 1' })).body;
      await ask('POST /v1/demo/software_deployments', {
        config_id: config.software_config.id,
        server_id: 'srv-2',
      });
      const { body } = await ask('GET /v1/demo/servers/srv-2/metadata_url');
      const file = join(folder, 'occ.conf');
      writeFileSync(
        file,
        [
          '[DEFAULT]',
          'collectors = request',
          `cachedir = ${join(folder, 'cache')}`,
          `backup_cachedir = ${join(folder, 'backup')}`,
          'deployment_key = metadata',
          '[request]',
          `metadata_url = ${body.url.replaceAll('%', '%%')}`,
          '',
        ].join('\n'),
      );
      const { stdout } = await run('os-collect-config', ['--config-file', file, '--one-time', '--print']);
      expect(JSON.stringify(JSON.parse(stdout))).toContain('polled');
    },
  );
});

/** `URL` and `TOKEN` are in the environment; what is printed last is JSON. */
const inPython = async (script: string) => {
  const env = { ...process.env, URL: `${url}/v1/demo`, TOKEN: key };
  const { stdout } = await run(python, ['-W', 'ignore', '-c', script], { env });
  return JSON.parse(stdout);
};

const heatclientScript = `
import json, os
from heatclient import client, exc
heat = client.Client('1', endpoint=os.environ['URL'], token=os.environ['TOKEN'])
config = heat.software_configs.create(name='py', group='script', config='echo 1', inputs=[{'name': 'foo'}], outputs=[], options={})
made = heat.software_deployments.create(config_id=config.id, server_id='srv-py', action='CREATE', status='IN_PROGRESS',
    status_reason='Deploy data available', input_values={'foo': 'x'})
listed = [d.id for d in heat.software_deployments.list(server_id='srv-py')]
metadata = heat.software_deployments.metadata(server_id='srv-py')
updated = heat.software_deployments.update(made.id, status='COMPLETE', output_values={'deploy_status_code': 0})
heat.software_deployments.delete(made.id)
heat.software_configs.delete(config.id)
try:
    heat.software_deployments.get(made.id)
    gone = False
except exc.HTTPNotFound as refused:
    gone = str(refused)
print(json.dumps([listed == [made.id], metadata[0]['name'], updated.status, updated.output_values, gone]))
`;

const sdkScript = `
import json, os, openstack
url = os.environ['URL']
cloud = openstack.connect(auth_type='admin_token', auth=dict(endpoint=url, token=os.environ['TOKEN']),
    orchestration_endpoint_override=url, orchestration_api_version='1')
heat = cloud.orchestration
config = heat.create_software_config(name='sdk', group='script', config='echo 1', inputs=[], outputs=[], options={})
made = heat.create_software_deployment(config_id=config.id, server_id='srv-sdk', action='CREATE', status='IN_PROGRESS')
updated = heat.update_software_deployment(made.id, status='COMPLETE', status_reason='ok')
listed = made.id in [d.id for d in heat.software_deployments()]
heat.delete_software_deployment(made.id, ignore_missing=False)
configs = config.id in [c.id for c in heat.software_configs()]
heat.delete_software_config(config.id, ignore_missing=False)
print(json.dumps([listed, configs, updated.status, updated.status_reason]))
`;

describe('in Python', () => {
  it.skipIf(!installed['python3-heatclient'])(
    `heatclient lives a whole life${skipReason('python3-heatclient')}`,
    { timeout: 60_000 },
    async () => {
      const [isListed, name, status, outputs, gone] = await inPython(heatclientScript);
      expect([isListed, name, status, outputs]).toEqual([true, 'py', 'COMPLETE', { deploy_status_code: 0 }]);
      expect(gone).toMatch(/Deployment with id .* not found/);
    },
  );

  it.skipIf(!installed.openstacksdk)(
    `openstacksdk lives a whole life${skipReason('openstacksdk')}`,
    { timeout: 60_000 },
    async () => {
      expect(await inPython(sdkScript)).toEqual([true, true, 'COMPLETE', 'ok']);
    },
  );
});

describe('heat-tempest-plugin', () => {
  it.skipIf(!installed['heat-tempest-plugin'])(
    `passes its cases of software configs${skipReason('heat-tempest-plugin')}`,
    { timeout: 60_000 },
    async () => {
      const { stdout } = await run(python, [
        '-c',
        'import heat_tempest_plugin as plugin; print(plugin.__path__[0])',
      ]);
      const cases = readFileSync(join(stdout.trim(), 'tests/api/gabbits/softwareconfig.yaml'), 'utf8');
      // The fixture asks Keystone for a token, which is here already.
      const file = join(folder, 'softwareconfig.yaml');
      writeFileSync(file, cases.replace(/^fixtures:\n(\s+- \w+\n)+/m, ''));
      const env = { ...process.env, OS_TOKEN: key, PREFIX: 'api' };
      const told = await run('gabbi-run', [`${url}/v1/demo`, '--', file], { env });
      expect(`${told.stdout}${told.stderr}`).toMatch(/Ran 10 tests/);
    },
  );
});
