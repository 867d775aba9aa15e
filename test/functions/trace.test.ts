// Traces: one datagram for each unit of work that X-Ray looks at, with what it is searched for; nothing where there is no X-Ray.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tracesTo } from '#functions/wiring/trace';
import { concerns, inUnit } from '#functions/wiring/unit';
import { rememberingLog } from './given.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const traced = 'Root=1-5f84c7a1-sample00000000000000001;Parent=53995c3f42cd8ad8;Sampled=1';

const givenDaemon = async () => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  return { socket, address: `127.0.0.1:${port}` };
};

/** As Lambda sets them: the X-Ray SDK looks whether it is there when it is loaded. */
const givenLambda = (trace: string): void => {
  vi.stubEnv('LAMBDA_TASK_ROOT', '/var/task');
  vi.stubEnv('AWS_EXECUTION_ENV', 'AWS_Lambda_nodejs24.x');
  vi.stubEnv('_X_AMZN_TRACE_ID', trace);
};

const heard = async (work: Parameters<typeof inUnit>[1]) => {
  const { socket, address } = await givenDaemon();
  const datagram = once(socket, 'message');
  const log = { ...rememberingLog().log, traces: tracesTo(address, 'take-report') };
  await inUnit(log, work).catch(() => undefined);
  const [header, document] = String((await datagram)[0]).split('\n');
  socket.close();
  return { header: JSON.parse(header ?? ''), document: JSON.parse(document ?? '') };
};

describe('a unit of work that X-Ray looks at', () => {
  it('is a subsegment of the invocation, by its deployment and organization', async () => {
    givenLambda(traced);
    const { header, document } = await heard(async (log) => {
      concerns('dpl_1', { thing: 'robot' });
      log.line({ code: 'report.taken', organization: 'acme' });
    });
    expect(header).toEqual({ format: 'json', version: 1 });
    expect(document).toMatchObject({
      type: 'subsegment',
      name: 'take-report',
      trace_id: '1-5f84c7a1-sample00000000000000001',
      parent_id: '53995c3f42cd8ad8',
      annotations: { deployment: 'dpl_1', organization: 'acme' },
    });
    expect(document.id).toMatch(/^[0-9a-f]{16}$/);
    expect(document.end_time).toBeGreaterThanOrEqual(document.start_time);
    expect(document.fault).toBe(undefined);
  });

  it('says that it failed, and why', async () => {
    givenLambda(traced);
    const { document } = await heard(async (log) => log.fault({ code: 'report.later' }, new Error('broken')));
    expect(document.fault).toBe(true);
    expect(document.cause.exceptions[0]).toMatchObject({ type: 'Error', message: 'broken' });
  });
});

describe('without X-Ray', () => {
  it.each([
    ['no daemon', undefined, traced],
    ['no trace', '127.0.0.1:1', ''],
    ['a trace that is not sampled', '127.0.0.1:1', traced.replace('Sampled=1', 'Sampled=0')],
    ['a daemon that is not there', '127.0.0.1:1', traced],
  ])('(%s) the work is done all the same', async (_, daemon, header) => {
    givenLambda(header);
    const log = { ...rememberingLog().log, traces: tracesTo(daemon, 'take-report') };
    expect(await inUnit(log, async () => 'done')).toBe('done');
  });
});
