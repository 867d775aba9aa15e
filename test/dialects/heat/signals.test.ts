// Signals: what a server says at its URL, by Heat's rules, and what is ignored or refused.
import { describe, expect, it } from 'vitest';
import { base, givenHeat } from './given.ts';

const outputs = [{ name: 'result' }, { name: 'errmsg', error_output: true }];

const own = { deploy_stdout: null, deploy_stderr: null, deploy_status_code: null };

describe('a signal', () => {
  it.each([
    [{}, 'COMPLETE', 'Outputs received', own],
    [
      { result: 'ok', deploy_stdout: 'hello bar\n', deploy_stderr: '', deploy_status_code: 0 },
      'COMPLETE',
      'Outputs received',
      { result: 'ok', deploy_stdout: 'hello bar\n', deploy_stderr: '', deploy_status_code: 0 },
    ],
    [{ deploy_status_code: '0' }, 'COMPLETE', 'Outputs received', { ...own, deploy_status_code: '0' }],
    [{ deploy_status_code: null }, 'COMPLETE', 'Outputs received', own],
    [
      { deploy_status_code: 3 },
      'FAILED',
      'deploy_status_code : Deployment exited with non-zero status code: 3',
      { ...own, deploy_status_code: 3 },
    ],
    [
      { deploy_status_code: '1' },
      'FAILED',
      'deploy_status_code : Deployment exited with non-zero status code: 1',
      { ...own, deploy_status_code: '1' },
    ],
    [{ errmsg: 'boom' }, 'FAILED', 'errmsg : boom', { ...own, errmsg: 'boom' }],
    [{ errmsg: null }, 'FAILED', 'errmsg : None', { ...own, errmsg: null }],
    [
      { errmsg: 'boom', deploy_status_code: 2 },
      'FAILED',
      'deploy_status_code : Deployment exited with non-zero status code: 2, errmsg : boom',
      { ...own, errmsg: 'boom', deploy_status_code: 2 },
    ],
    [{ undeclared: 1, result: { a: 1 } }, 'COMPLETE', 'Outputs received', { ...own, result: { a: 1 } }],
  ])('of %o makes it %s: %s', async (sent, status, status_reason, output_values) => {
    const { config, deployment, signalUrl, anybody, show, system } = await givenHeat();
    const { id } = await deployment({ config_id: await config({ outputs }) });
    system.clock.pass(2000);
    const answer = await anybody(`POST ${await signalUrl(id)}`, sent);
    expect([answer.status, answer.body]).toEqual([200, {}]);
    expect(await show(id)).toMatchObject({
      status,
      status_reason,
      output_values,
      updated_time: '2026-01-01T00:00:02Z',
    });
    expect((await show(id)).output_values).toEqual(output_values);
  });

  it.each(['POST', 'PUT'])('comes with %s, and with any content type or none', async (verb) => {
    const { deployment, signalUrl, anybody, show } = await givenHeat();
    for (const type of [undefined, 'application/json', 'text/plain', 'application/octet-stream']) {
      const { id } = await deployment();
      const headers = type === undefined ? {} : { 'content-type': type };
      const { status } = await anybody(
        `${verb} ${await signalUrl(id)}`,
        '{"deploy_status_code": 0}',
        headers,
      );
      expect([type, status, (await show(id)).status]).toEqual([type, 200, 'COMPLETE']);
    }
  });

  it('without a body is a success that said nothing', async () => {
    const { deployment, signalUrl, anybody, show } = await givenHeat();
    const { id } = await deployment();
    await anybody(`POST ${await signalUrl(id)}`);
    expect((await show(id)).status).toBe('COMPLETE');
  });

  it('adds to the outputs that were there', async () => {
    const { ask, deployment, signalUrl, anybody, show } = await givenHeat();
    const { id } = await deployment();
    const url = await signalUrl(id);
    await ask(`PUT /software_deployments/${id}`, { output_values: { before: 1 } });
    await anybody(`POST ${url}`, {});
    expect((await show(id)).output_values).toEqual({ before: 1, ...own });
  });

  it.each(['COMPLETE', 'FAILED', 'WAITING', undefined])(
    'is ignored without a word when the status is %s',
    async (status) => {
      const { deployment, signalUrl, anybody, show } = await givenHeat();
      const made = await deployment({ status });
      const answer = await anybody(`POST ${await signalUrl(made.id)}`, { deploy_status_code: 1 });
      expect(answer.status).toBe(200);
      expect(await show(made.id)).toEqual(made);
    },
  );

  it('that is repeated changes nothing', async () => {
    const { deployment, signalUrl, anybody, show, system } = await givenHeat();
    const { id } = await deployment();
    const url = await signalUrl(id);
    await anybody(`POST ${url}`, { deploy_status_code: 0 });
    const first = await show(id);
    system.clock.pass(5000);
    await anybody(`POST ${url}`, { deploy_status_code: 9 });
    expect(await show(id)).toEqual(first);
  });

  it.each([['not JSON'], ['[1]'], ['5'], ['null'], ['"text"'], ['{"a":1'], [Buffer.from([0xff, 0xfe])]])(
    'of %o is refused, and the deployment waits on',
    async (body) => {
      const { deployment, signalUrl, anybody, show } = await givenHeat();
      const { id } = await deployment();
      expect((await anybody(`POST ${await signalUrl(id)}`, body)).status).toBe(400);
      expect((await show(id)).status).toBe('IN_PROGRESS');
    },
  );
});

describe('a signal URL', () => {
  it('is good for one deployment, one purpose and a time', async () => {
    const { deployment, signalUrl, anybody, system, show } = await givenHeat();
    const [one, two] = [await deployment(), await deployment()];
    const url = await signalUrl(one.id);
    const expires = Number(/expires=(\d+)/.exec(url)?.[1]);
    const wrong = [
      url.replace(one.id, two.id),
      url.replace(one.id, '00000000-0000-4000-8000-000000000000'),
      url.replace('/v1/demo/', '/v1/other/'),
      url.replace(`expires=${expires}`, `expires=${expires + 1}`),
      url.replace(/expires=\d+/, 'expires=abc'),
      url.replace(/expires=\d+&/, ''),
      url.replace(/signature=.*/, 'signature='),
      url.replace(/signature=.*/, 'signature=0123'),
      url.replace(/signature=.*/, `signature=${'%C3%A9'.repeat(64)}`),
      url.replace(/\?.*/, ''),
    ];
    for (const each of wrong) {
      const { status, body } = await anybody(`POST ${each}`, {});
      expect([each, status, body.error]).toEqual([
        each,
        403,
        {
          type: 'Forbidden',
          traceback: null,
          message: 'This signal URL is wrong, or it has expired.',
        },
      ]);
    }
    system.clock.pass(91 * 24 * 60 * 60 * 1000);
    expect((await anybody(`POST ${url}`, {})).status).toBe(403);
    expect([(await show(one.id)).status, (await show(two.id)).status]).toEqual([
      'IN_PROGRESS',
      'IN_PROGRESS',
    ]);
  });

  it('is told only to whoever may write', async () => {
    const { deployment, clientFor } = await givenHeat();
    const { id } = await deployment();
    const reader = await clientFor('demo', 'software_deployments:read');
    expect((await reader(`GET /deployments/${id}/signal_url`)).status).toBe(403);
  });

  it.each([
    ['CFN_SIGNAL', 'POST'],
    ['HEAT_SIGNAL', 'POST'],
    ['TEMP_URL_SIGNAL', 'PUT'],
  ])('is put where a config asks for %s, and works from there', async (transport, verb) => {
    const { ask, config, deployment, anybody, pathOf, show } = await givenHeat();
    const inputs = [
      { name: 'deploy_signal_transport', value: transport },
      { name: 'deploy_signal_id', value: '' },
    ];
    const config_id = await config({ inputs });
    const { id } = await deployment({ config_id });
    const { body } = await ask('GET /software_deployments/metadata/srv1');
    const told = Object.fromEntries(
      body.metadata[0].inputs.map(({ name, value }: { name: string; value: string }) => [name, value]),
    );
    expect(told).toEqual({
      deploy_signal_transport: transport,
      deploy_signal_id: expect.stringMatching(base),
      deploy_signal_verb: verb,
    });
    await anybody(`${verb} ${pathOf(told.deploy_signal_id)}`, { deploy_status_code: 0 });
    expect((await show(id)).status).toBe('COMPLETE');
    const stored = await ask(`GET /software_configs/${config_id}`);
    expect(stored.body.software_config.inputs[1].value).toBe('');
  });

  it.each([
    ['NO_SIGNAL', []],
    ['ZAQAR_SIGNAL', []],
    ['CFN_SIGNAL', [{ name: 'deploy_signal_id', value: 'https://elsewhere' }]],
  ])('is not put where %s with %o does not want it', async (transport, more) => {
    const { ask, config, deployment } = await givenHeat();
    const inputs = [{ name: 'deploy_signal_transport', type: 'String', value: transport }, ...more];
    await deployment({ config_id: await config({ inputs }) });
    const { body } = await ask('GET /software_deployments/metadata/srv1');
    expect(body.metadata[0].inputs).toEqual(inputs.map((input) => ({ type: 'String', ...input })));
  });
});
