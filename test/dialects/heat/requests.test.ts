// What the real clients send, request by request, and the shape of what they must be answered.
import { describe, expect, it } from 'vitest';
import { givenHeat } from './given.ts';

const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const requestId = expect.stringMatching(/^req-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const server = 'ec14c864-096e-4e27-bb8a-2c2b4dc6f3f5';

/** As the command line sends them, empty ones too. */
const cli = { 'user-agent': 'python-heatclient', 'x-region-name': '', 'content-type': 'application/json' };

const declared = {
  inputs: [{ name: 'foo', type: 'String', default: 'bar' }],
  outputs: [{ name: 'result' }, { name: 'errmsg', error_output: true }],
  options: { modulepath: '/etc/puppet' },
};

const derivedInputs = (...own: unknown[]) => [
  ...own,
  {
    name: 'deploy_server_id',
    description: 'ID of the server being deployed to',
    type: 'String',
    value: server,
  },
  {
    name: 'deploy_action',
    description: 'Name of the current action being deployed',
    type: 'String',
    value: 'CREATE',
  },
  {
    name: 'deploy_signal_transport',
    description: 'How the server should signal to heat with the deployment output values.',
    type: 'String',
    value: 'NO_SIGNAL',
  },
];

describe('openstack software config create', () => {
  it('validates a template first', async () => {
    const { ask } = await givenHeat();
    const template = {
      heat_template_version: '2013-05-23',
      resources: { cfg1: { type: 'OS::Heat::SoftwareConfig', properties: { group: 'script', ...declared } } },
    };
    const { status, body, headers } = await ask('POST /validate', { template }, cli);
    expect([status, body]).toEqual([200, { Description: 'No description', Parameters: {}, Environment: {} }]);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-openstack-request-id': requestId,
    });
  });

  it('then creates the config', async () => {
    const { ask } = await givenHeat();
    const sent = { group: 'script', config: '#!/bin/sh\necho hello\n', ...declared, name: 'cfg1' };
    const { status, body } = await ask('POST /software_configs', sent, cli);
    expect(status).toBe(200);
    expect(body).toEqual({
      software_config: {
        name: 'cfg1',
        group: 'script',
        config: '#!/bin/sh\necho hello\n',
        id: uuid,
        creation_time: time,
        inputs: declared.inputs,
        outputs: [
          { name: 'result', type: 'String', error_output: false },
          { name: 'errmsg', type: 'String', error_output: true },
        ],
        options: { modulepath: '/etc/puppet' },
      },
    });
  });
});

describe('openstack software config', () => {
  it('list, whole and after a marker', async () => {
    const { ask, config, system } = await givenHeat();
    const first = await config({ name: 'cfg1' });
    system.clock.pass(1000);
    const second = await config({ name: 'cfg2' });
    const summary = (id: string, name: string) => ({ id, name, group: 'script', creation_time: time });
    const all = await ask('GET /software_configs', undefined, cli);
    expect(all.body).toEqual({ software_configs: [summary(second, 'cfg2'), summary(first, 'cfg1')] });
    const next = await ask(`GET /software_configs?limit=1&marker=${second}`, undefined, cli);
    expect(next.body).toEqual({ software_configs: [summary(first, 'cfg1')] });
  });

  it('show and delete', async () => {
    const { ask, config } = await givenHeat();
    const id = await config({ name: 'cfg2' });
    const { body } = await ask(`GET /software_configs/${id}`, undefined, cli);
    expect(body).toEqual({
      software_config: {
        name: 'cfg2',
        group: 'script',
        config: '#!/bin/sh\necho hello\n',
        id,
        creation_time: time,
        inputs: [],
        outputs: [],
        options: {},
      },
    });
    const gone = await ask(`DELETE /software_configs/${id}`, undefined, { ...cli, 'content-length': '0' });
    expect([gone.status, gone.raw]).toEqual([204, '']);
    expect((await ask(`GET /software_configs/${id}`)).status).toBe(404);
  });
});

describe('openstack software deployment', () => {
  const derived = {
    group: 'script',
    config: '#!/bin/sh\necho hello\n',
    options: {},
    inputs: derivedInputs({ name: 'foo', type: 'String', value: 'baz' }),
    outputs: [],
    name: 'dep1',
  };

  it('create: derives a config, and deploys that', async () => {
    const { ask } = await givenHeat();
    const made = await ask('POST /software_configs', derived, cli);
    expect(made.body.software_config).toEqual({ ...derived, id: uuid, creation_time: time });
    const config_id = made.body.software_config.id;
    const sent = { config_id, server_id: server, action: 'CREATE', status: 'IN_PROGRESS' };
    const { status, body } = await ask('POST /software_deployments', sent, cli);
    expect(status).toBe(200);
    expect(body).toEqual({
      software_deployment: {
        id: uuid,
        server_id: server,
        input_values: {},
        output_values: null,
        action: 'CREATE',
        status: 'IN_PROGRESS',
        status_reason: 'None',
        config_id,
        creation_time: time,
      },
    });
    expect(Object.keys(body.software_deployment)).toEqual([
      'id',
      'server_id',
      'input_values',
      'output_values',
      'action',
      'status',
      'status_reason',
      'config_id',
      'creation_time',
    ]);
  });

  it('create without a config: an empty one of no group', async () => {
    const { ask } = await givenHeat();
    const sent = { ...derived, group: 'Heat::Ungrouped', config: '', inputs: derivedInputs(), name: 'dep2' };
    const { body } = await ask('POST /software_configs', sent, cli);
    expect(body.software_config).toEqual({ ...sent, id: uuid, creation_time: time });
  });

  it('list, of all servers and of one; show; output show; metadata show', async () => {
    const { ask, config, deployment } = await givenHeat();
    const config_id = await config(derived);
    const one = await deployment({ config_id, server_id: server });
    await deployment({ server_id: 'other' });
    const all = await ask('GET /software_deployments', undefined, cli);
    expect(all.body.software_deployments).toHaveLength(2);
    const ofServer = await ask(`GET /software_deployments?server_id=${server}`, undefined, cli);
    expect(ofServer.body).toEqual({ software_deployments: [one] });
    const shown = await ask(`GET /software_deployments/${one.id}`, undefined, cli);
    expect(shown.body).toEqual({ software_deployment: one });
    const metadata = await ask(`GET /software_deployments/metadata/${server}`, undefined, cli);
    expect(metadata.body).toEqual({ metadata: [{ ...derived, id: config_id, creation_time: time }] });
  });

  it('delete: shows, deletes, and deletes the config', async () => {
    const { ask, deployment } = await givenHeat();
    const { id, config_id } = await deployment();
    expect((await ask(`GET /software_deployments/${id}`)).status).toBe(200);
    const gone = await ask(`DELETE /software_deployments/${id}`, undefined, { 'content-length': '0' });
    expect([gone.status, gone.raw]).toEqual([204, '']);
    expect((await ask(`DELETE /software_configs/${config_id}`)).status).toBe(204);
    expect((await ask(`DELETE /software_deployments/${id}`)).status).toBe(404);
  });

  it('show of what is not there', async () => {
    const { ask } = await givenHeat();
    const id = '00000000-0000-0000-0000-000000000000';
    const { status, body } = await ask(`GET /software_deployments/${id}`, undefined, cli);
    expect([status, body]).toEqual([
      404,
      {
        code: 404,
        title: 'Not Found',
        explanation: 'The resource could not be found.',
        error: { type: 'NotFound', traceback: null, message: `Deployment with id ${id} not found` },
      },
    ]);
  });
});

describe('python-heatclient and openstacksdk', () => {
  it('create, list, poll, update, show and delete', async () => {
    const { ask } = await givenHeat();
    const config = { name: 'py', group: 'script', config: 'echo 1' };
    const io = { inputs: [{ name: 'foo' }], outputs: [{ name: 'result' }], options: {} };
    const made = await ask('POST /software_configs', { ...config, ...io });
    const config_id = made.body.software_config.id;
    const sent = {
      config_id,
      server_id: 'srv-py',
      action: 'CREATE',
      status: 'IN_PROGRESS',
      status_reason: 'Deploy data available',
      input_values: { foo: 'x' },
    };
    const created = (await ask('POST /software_deployments', sent)).body.software_deployment;
    expect(created).toMatchObject({ ...sent, output_values: null });
    const update = { status: 'COMPLETE', output_values: { deploy_status_code: 0 } };
    const { body } = await ask(`PUT /software_deployments/${created.id}`, update);
    expect(body.software_deployment).toEqual({ ...created, ...update, updated_time: time });
    const { status } = await ask(`DELETE /software_deployments/${created.id}`);
    expect(status).toBe(204);
    expect((await ask(`DELETE /software_configs/${config_id}`)).status).toBe(204);
  });

  it('discover the version', async () => {
    const { anybody } = await givenHeat();
    const document = {
      versions: [
        { id: 'v1.0', status: 'CURRENT', links: [{ rel: 'self', href: 'https://heat.example/v1/' }] },
      ],
    };
    for (const path of ['/', '/v1', '/v1/', '/v2/demo/stacks']) {
      const { status, body } = await anybody(`GET ${path}`);
      expect([path, status, body]).toEqual([path, 300, document]);
    }
  });
});
