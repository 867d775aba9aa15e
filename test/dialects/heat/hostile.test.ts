// What nobody should send: refused in words or taken, and never a fault of ours.
import { describe, expect, it } from 'vitest';
import { heat } from '#dialects/heat/dialect';
import { givenHeat } from './given.ts';

const deep = (open: string, close: string, levels: number): string =>
  `{"config":${open.repeat(levels)}${close.repeat(levels)}}`;

const values: readonly unknown[] = [
  null,
  true,
  0,
  -0,
  1e308,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '../../etc/passwd',
  "'; DROP TABLE deployments; --",
  '{{7*7}}',
  'x'.repeat(300),
  '😀'.repeat(200),
  [],
  [[]],
  [null],
  {},
  { a: { b: [] } },
  JSON.parse('{"__proto__":{"x":1}}'),
  { refused: 'not_found', message: 'x', params: {} },
  { raw: 'x' },
  { toString: 1, valueOf: null },
];

/** Half of a surrogate pair is no text, and refused by every dialect. */
const wellFormed = values.filter((value) => value !== '\ud800');

const fields = {
  'POST /software_configs': ['name', 'group', 'config', 'inputs', 'outputs', 'options'],
  'POST /software_deployments': [
    'config_id',
    'server_id',
    'action',
    'status',
    'status_reason',
    'input_values',
    'stack_user_project_id',
    'deadline_seconds',
  ],
  'PUT /software_deployments/ID': [
    'config_id',
    'action',
    'status',
    'status_reason',
    'input_values',
    'output_values',
  ],
} as const;

const cases = Object.entries(fields).flatMap(([request, names]) => names.map((name) => [request, name]));

describe('any value in any field', () => {
  it.each(cases)('%s %s is taken or refused', async (request, field) => {
    const { ask, config, deployment } = await givenHeat();
    const config_id = await config();
    const { id } = await deployment({ config_id });
    for (const value of values) {
      const body = { config_id, server_id: 'srv1', [field]: value };
      const { status } = await ask(request.replace('ID', id), body);
      expect([value, [200, 400].includes(status)]).toEqual([value, true]);
    }
    // Whatever was taken can be read again.
    for (const path of ['/software_configs', '/software_deployments', '/software_deployments?server_id=srv1'])
      expect([path, (await ask(`GET ${path}`)).status]).toEqual([path, 200]);
    expect([200, 400]).toContain((await ask('GET /software_deployments/metadata/srv1')).status);
    expect((await ask(`GET /deployments/${id}/why`)).status).toBe(200);
    expect((await ask(`GET /deployments/${id}/history`)).status).toBe(200);
  });

  it('in an input or output is taken or refused', async () => {
    const { ask } = await givenHeat();
    for (const list of ['inputs', 'outputs'])
      for (const key of [
        'name',
        'type',
        'description',
        'default',
        'value',
        'replace_on_change',
        'error_output',
      ])
        for (const value of values)
          for (const type of ['String', 'Number', 'Boolean', 'Json', 'CommaDelimitedList', undefined]) {
            const io = { name: 'x', ...(type === undefined ? {} : { type }), [key]: value };
            const { status } = await ask('POST /software_configs', { [list]: [io] });
            expect([io, [200, 400].includes(status)]).toEqual([io, true]);
          }
  });

  it('runs on a server, whatever its config and its values are', async () => {
    const { ask, activate, deployment, config, told, fetched } = await givenHeat();
    const thing = await activate();
    let runs = 0;
    for (const value of wellFormed) {
      const made = await ask('POST /software_configs', {
        name: 'x',
        config: value,
        options: value,
        inputs: [{ name: 'a', value }, { name: '__proto__', value }, { name: 'b' }],
      });
      const config_id = made.body.software_config?.id ?? (await config());
      const { id } = await deployment({ config_id, input_values: value });
      const [first] = await told(thing);
      await fetched(first?.manifest ?? '');
      runs += 1;
      await ask(`DELETE /software_deployments/${id}`);
    }
    expect(runs).toBe(wellFormed.length);
  });

  it('in a signal is taken or refused', async () => {
    const { deployment, config, signalUrl, anybody, show } = await givenHeat();
    const outputs = [{ name: 'result' }, { name: 'errmsg', error_output: true }];
    const config_id = await config({ outputs });
    for (const key of ['result', 'errmsg', 'deploy_status_code', 'deploy_stdout', '__proto__'])
      for (const value of wellFormed) {
        const { id } = await deployment({ config_id });
        const { status } = await anybody(`POST ${await signalUrl(id)}`, { [key]: value });
        expect([key, value, status]).toEqual([key, value, 200]);
        expect(['COMPLETE', 'FAILED']).toContain((await show(id)).status);
      }
  });
});

describe('a body that is a bomb', () => {
  it.each([
    ['lists', deep('[', ']', 100_000)],
    ['objects', deep('{"a":', '}', 50_000).replace(':}', ':1}')],
    ['201 levels', deep('[', ']', 201)],
  ])('of %s is refused', async (_, body) => {
    const { ask } = await givenHeat();
    expect((await ask('POST /software_configs', body)).status).toBe(400);
  });

  it('of no more than a hundred levels is taken', async () => {
    const { ask } = await givenHeat();
    expect((await ask('POST /software_configs', deep('[', ']', 100))).status).toBe(200);
  });
});

describe('any id in any path', () => {
  const ids = [
    '%00',
    '%2e%2e',
    'x'.repeat(4000),
    '%F0%9F%98%80',
    '%ED%95%9C',
    "'%22",
    '@',
    'a@b',
    '%20',
    '*',
  ];

  it.each(Object.keys(heat.contract).filter((route) => route.includes('{')))('%s', async (route) => {
    const { anybody, clientFor } = await givenHeat();
    const { key } = await clientFor('demo');
    for (const id of ids) {
      const request = route.replace('{tenant_id}', 'demo').replace(/\{\w+\}/, id);
      for (const query of ['', '?signature=%FF&expires=-1', '?limit=9999999999999999999999&marker=%00'])
        for (const body of [{}, undefined]) {
          const { status } = await anybody(`${request}${query}`, body, { 'x-auth-token': key });
          expect([request, status < 500]).toEqual([request, true]);
        }
    }
  });

  it.each(Object.keys(heat.contract).filter((route) => route.includes('{tenant_id}')))(
    'of another tenant is refused: %s',
    async (route) => {
      const { anybody, clientFor } = await givenHeat();
      const { key } = await clientFor('other');
      const { status } = await anybody(route.replaceAll(/\{\w+\}/g, 'demo'), {}, { 'x-auth-token': key });
      expect(status).toBe(403);
    },
  );
});
