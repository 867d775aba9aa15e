// Configs: every default, coercion and refusal, as tables.
import { describe, expect, it } from 'vitest';
import { givenHeat } from './given.ts';

const explanation =
  'The server could not comply with the request since it is either malformed or otherwise incorrect.';

describe('a config', () => {
  it('needs nothing at all', async () => {
    const { ask } = await givenHeat();
    const { status, body } = await ask('POST /software_configs', {});
    expect(status).toBe(200);
    expect(body.software_config).toMatchObject({
      name: null,
      group: null,
      config: null,
      inputs: [],
      outputs: [],
      options: {},
    });
    expect(Object.keys(body.software_config)).toHaveLength(8);
  });

  it.each([
    ['text', 'echo 1\n'],
    ['an object', { hiera: { a: [1, 2.5, null] } }],
    ['a list', [1, 'two']],
    ['a number', 7],
    ['null', null],
    ['odd text', 'line\r\n\u0000\ud83d\ude00 end'],
    ['keys of its own', JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}')],
  ])('keeps %s as it is', async (_, config) => {
    const { ask } = await givenHeat();
    const made = await ask('POST /software_configs', { config });
    const { body } = await ask(`GET /software_configs/${made.body.software_config.id}`);
    expect(JSON.stringify(body.software_config.config)).toBe(JSON.stringify(config));
  });

  it('may have almost a mebibyte', async () => {
    const { ask } = await givenHeat();
    const config = 'x'.repeat(1024 * 1024 - 100);
    const made = await ask('POST /software_configs', { name: 'large', config });
    const { body } = await ask(`GET /software_configs/${made.body.software_config.id}`);
    expect(body.software_config.config).toBe(config);
  });

  it.each([
    ['name', 7],
    ['name', ['a', 'b']],
    ['name', 'x'.repeat(255)],
    ['group', 'Heat::Ungrouped'],
    ['group', 'no such tool'],
    ['options', ['any', { json: true }]],
    ['unknown', 'is ignored'],
  ])('takes %s %o', async (field, value) => {
    const { ask } = await givenHeat();
    const { status, body } = await ask('POST /software_configs', { [field]: value });
    expect(status).toBe(200);
    expect(body.software_config[field]).toEqual(field === 'unknown' ? undefined : value);
  });

  it.each([
    ['name', 'x'.repeat(256)],
    ['group', 'x'.repeat(256)],
  ])('refuses %s of 256 characters, and says so', async (field, value) => {
    const { ask } = await givenHeat();
    const { status, body } = await ask('POST /software_configs', { [field]: value });
    expect([status, body.error.type, body.error.message]).toEqual([
      400,
      'HTTPBadRequest',
      `${field}: must be at most 255 characters long`,
    ]);
  });
});

const plain = { name: 'foo', type: 'String' };

describe('inputs', () => {
  it.each([
    ['null', null, []],
    ['an empty object', {}, []],
    ['only a name', [{ name: 'foo' }], [plain]],
    ['a name of null', [{ name: null }], [{ ...plain, name: '' }]],
    ['a description', [{ name: 'foo', description: 'd' }], [{ ...plain, description: 'd' }]],
    ['a description of null', [{ name: 'foo', description: null }], [{ ...plain, description: '' }]],
    ['a value', [{ name: 'foo', value: 'v' }], [{ ...plain, value: 'v' }]],
    ['a value of null', [{ name: 'foo', value: null }], [{ ...plain, value: null }]],
    ['a value of any JSON', [{ name: 'foo', value: { a: [1] } }], [{ ...plain, value: { a: [1] } }]],
    [
      'replace_on_change',
      [{ name: 'foo', replace_on_change: true }],
      [{ ...plain, replace_on_change: true }],
    ],
    [
      'replace_on_change as text',
      [{ name: 'foo', replace_on_change: 'true' }],
      [{ ...plain, replace_on_change: true }],
    ],
    ['no replace_on_change', [{ name: 'foo', replace_on_change: false }], [plain]],
    ['one name twice', [{ name: 'foo' }, { name: 'foo' }], [plain, plain]],
  ])('with %s are stored so', async (_, inputs, stored) => {
    const { ask } = await givenHeat();
    const { body } = await ask('POST /software_configs', { inputs });
    expect(body.software_config.inputs).toEqual(stored);
  });

  it.each([
    ['Number', '3', 3],
    ['Number', '2.5', 2.5],
    ['Number', 3, 3],
    ['Number', true, true],
    ['Number', null, 0],
    ['Boolean', 'true', true],
    ['Boolean', 'False', false],
    ['Boolean', true, true],
    ['CommaDelimitedList', 'a,b', ['a', 'b']],
    ['CommaDelimitedList', ['a'], ['a']],
    ['Json', { a: 1 }, { a: 1 }],
    ['Json', [1], '[1]'],
    ['String', 5, '5'],
    ['String', null, ''],
    ['String', 'x', 'x'],
    ['Number', '', ''],
    ['Json', '', ''],
    [undefined, 5, 5],
    [undefined, { a: 1 }, { a: 1 }],
  ])('of type %s turn the default %o into %o', async (type, given, stored) => {
    const { ask } = await givenHeat();
    const { status, body } = await ask('POST /software_configs', {
      inputs: [{ name: 'foo', type, default: given }],
    });
    expect([status, body.software_config?.inputs]).toEqual([
      200,
      [{ name: 'foo', type: type ?? 'String', default: stored }],
    ]);
  });

  it.each([
    ['Number', 'x'],
    ['Number', {}],
    ['Boolean', 'yes'],
    ['Boolean', 'maybe'],
    ['Boolean', 1],
    ['Json', 5],
    ['CommaDelimitedList', 5],
    ['String', [1]],
    ['String', {}],
    ['Text', 'x'],
    ['string', 'x'],
  ])('of type %s refuse the default %o', async (type, given) => {
    const { ask } = await givenHeat();
    const { status, body } = await ask('POST /software_configs', {
      inputs: [{ name: 'foo', type, default: given }],
    });
    expect([status, body.error]).toEqual([400, { type: 'ValueError', traceback: null }]);
  });
});

describe('outputs', () => {
  it.each([
    ['null', null, []],
    ['only a name', [{ name: 'r' }], [{ name: 'r', type: 'String', error_output: false }]],
    [
      'error_output',
      [{ name: 'r', error_output: true }],
      [{ name: 'r', type: 'String', error_output: true }],
    ],
    [
      'error_output as text',
      [{ name: 'r', error_output: 'true' }],
      [{ name: 'r', type: 'String', error_output: true }],
    ],
    [
      'all there is',
      [{ name: 'r', type: 'Json', description: 'd', error_output: false }],
      [{ name: 'r', type: 'Json', description: 'd', error_output: false }],
    ],
  ])('with %s are stored so', async (_, outputs, stored) => {
    const { ask } = await givenHeat();
    const { body } = await ask('POST /software_configs', { outputs });
    expect(body.software_config.outputs).toEqual(stored);
  });

  it.each(['inputs', 'outputs'])('and inputs have no other shape: %s', async (field) => {
    const { ask } = await givenHeat();
    const wrong = [
      { a: 1 },
      'text',
      5,
      ['text'],
      [['list']],
      [null],
      [{}],
      [{ type: 'String' }],
      [{ name: 'x', stranger: 1 }],
      [{ name: {} }],
      [{ name: 'x', type: 'Nope' }],
      [{ name: 'x', description: [] }],
      ...(field === 'outputs' ? [[{ name: 'x', error_output: 'yes' }], [{ name: 'x', value: 1 }]] : []),
    ];
    for (const value of wrong) {
      const { status, body } = await ask('POST /software_configs', { [field]: value });
      expect([value, status, body.error]).toEqual([value, 400, { type: 'ValueError', traceback: null }]);
      expect(body.explanation).toMatch(`${explanation} ${field}`);
    }
  });
});

describe('the list of configs', () => {
  it.each([
    ['limit=0', []],
    ['limit=1', ['c']],
    ['limit=2', ['c', 'b']],
    ['limit=99', ['c', 'b', 'a']],
    ['limit=1&limit=2', ['c', 'b']],
    ['marker=nope', ['c', 'b', 'a']],
    ['marker=nope&limit=1', ['c']],
    ['global_tenant=false', ['c', 'b', 'a']],
    ['stranger=1', ['c', 'b', 'a']],
  ])('?%s tells %o', async (query, names) => {
    const { ask, config, system } = await givenHeat();
    for (const name of ['a', 'b', 'c']) {
      await config({ name });
      system.clock.pass(1000);
    }
    const { body } = await ask(`GET /software_configs?${query}`);
    expect(body.software_configs.map(({ name }: { name: string }) => name)).toEqual(names);
    expect(Object.keys(body.software_configs[0] ?? {})).toEqual(
      names.length === 0 ? [] : ['id', 'name', 'group', 'creation_time'],
    );
  });

  it.each([
    ['limit=-1', 400, 'HTTPBadRequest'],
    ['limit=abc', 400, 'HTTPBadRequest'],
    ['limit=1.5', 400, 'HTTPBadRequest'],
    ['global_tenant=maybe', 400, 'HTTPBadRequest'],
    ['global_tenant=true', 403, 'Forbidden'],
  ])('?%s is refused', async (query, status, type) => {
    const { ask } = await givenHeat();
    const answer = await ask(`GET /software_configs?${query}`);
    expect([answer.status, answer.body.error.type]).toEqual([status, type]);
  });

  it('after the last is empty', async () => {
    const { ask, config } = await givenHeat();
    const id = await config();
    expect((await ask(`GET /software_configs?marker=${id}`)).body.software_configs).toEqual([]);
  });
});

describe('deleting a config', () => {
  it('that a deployment uses is refused, until the deployment is gone or uses another', async () => {
    const { ask, config, deployment } = await givenHeat();
    const config_id = await config();
    const { id } = await deployment({ config_id });
    const { status, body } = await ask(`DELETE /software_configs/${config_id}`);
    expect([status, body]).toEqual([
      400,
      {
        code: 400,
        title: 'Bad Request',
        explanation,
        error: {
          type: 'InvalidRestrictedAction',
          traceback: null,
          message: `Software config with id ${config_id} can not be deleted as it is referenced.`,
        },
      },
    ]);
    const next = await config();
    await ask(`PUT /software_deployments/${id}`, { config_id: next });
    expect((await ask(`DELETE /software_configs/${config_id}`)).status).toBe(204);
    expect((await ask(`DELETE /software_configs/${next}`)).status).toBe(400);
    await ask(`DELETE /software_deployments/${id}`);
    expect((await ask(`DELETE /software_configs/${next}`)).status).toBe(204);
  });

  it('that is not there, or another tenant’s, is not found', async () => {
    const { ask, config, clientFor } = await givenHeat();
    const id = await config();
    const other = await clientFor('other');
    for (const request of [`DELETE /software_configs/${id}`, `GET /software_configs/${id}`]) {
      const { status, body } = await other(request);
      expect([status, body.error.message]).toEqual([404, `Software config with id ${id} not found`]);
    }
    expect((await ask('DELETE /software_configs/nope')).status).toBe(404);
  });
});
