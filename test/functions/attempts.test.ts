// Calls outward: counted in the unit that makes them, and told one by one in the few invocations that say more.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { countUnits, eachAttempt } from '#functions/wiring/attempts';
import { lambdaLog } from '#functions/wiring/log';
import { inUnit } from '#functions/wiring/unit';
import { context, rememberingLog } from './given.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const attempt = (commandName: string, outcome: () => Promise<unknown> = async () => 'answer') =>
  eachAttempt(outcome, { commandName })({} as never);

const failing = (name: string) => async () => {
  throw Object.assign(new Error('no'), { name });
};

const measuredBy = async (work: () => Promise<unknown>) => {
  const { log, measured } = rememberingLog();
  await inUnit(log, async (unit) => {
    await work().catch(() => undefined);
    unit.line({ code: 'sweep.done' });
  });
  return measured[0];
};

describe('an attempt', () => {
  it.each([
    ['SendMessageCommand', { QueueRequests: 1 }],
    ['SendMessageBatchCommand', { QueueRequests: 1 }],
    ['GetQueueAttributesCommand', { QueueRequests: 1 }],
    ['GetThingShadowCommand', { ShadowOperations: 1 }],
    ['UpdateThingShadowCommand', { ShadowOperations: 1 }],
    ['PublishCommand', { DeviceMessages: 1 }],
    ['GetItemCommand', {}],
    ['CreateThingCommand', {}],
  ])('of %s counts as %j', async (command, expected) => {
    expect(await measuredBy(() => attempt(command))).toEqual(expected);
  });

  it.each([
    'ThrottlingException',
    'ThrottledException',
    'TooManyRequestsException',
    'ProvisionedThroughputExceededException',
    'RequestLimitExceeded',
  ])('that is turned away by a %s counts as that, too', async (name) => {
    expect(await measuredBy(() => attempt('GetThingShadowCommand', failing(name)))).toEqual({
      ShadowOperations: 1,
      Throttles: 1,
    });
  });

  it('that fails otherwise is thrown on, and counts', async () => {
    await expect(attempt('PublishCommand', failing('AccessDenied'))).rejects.toThrow('no');
    expect(await measuredBy(() => attempt('PublishCommand', failing('AccessDenied')))).toEqual({
      DeviceMessages: 1,
    });
  });

  it('is counted where it was made, however many units run beside each other', async () => {
    const counts = await Promise.all(
      [1, 2, 3].map((times) =>
        measuredBy(async () => {
          for (let at = 0; at < times; at += 1) await attempt('PublishCommand');
        }),
      ),
    );
    expect(counts).toEqual([{ DeviceMessages: 1 }, { DeviceMessages: 2 }, { DeviceMessages: 3 }]);
  });

  it('outside of any unit is only made', async () => {
    expect(await attempt('PublishCommand')).toBe('answer');
  });
});

describe('what the table charges', () => {
  it.each([
    ['GetItem', 'ReadUnits'],
    ['BatchGetItem', 'ReadUnits'],
    ['Query', 'ReadUnits'],
    ['PutItem', 'WriteUnits'],
    ['UpdateItem', 'WriteUnits'],
    ['DeleteItem', 'WriteUnits'],
    ['BatchWriteItem', 'WriteUnits'],
    ['TransactWriteItems', 'WriteUnits'],
  ])('for %s counts as %s, half units too', async (operation, metric) => {
    const measured = await measuredBy(async () => {
      countUnits({ CapacityUnits: 0.5 }, operation);
      countUnits({ CapacityUnits: 2 }, operation);
      countUnits({}, operation);
    });
    expect(measured).toEqual({ [metric]: 2.5 });
  });
});

describe('the attempts of an invocation', () => {
  const linesOf = async (isSampled: boolean): Promise<string[]> => {
    const texts: string[] = [];
    vi.stubEnv('AWS_LAMBDA_LOG_LEVEL', 'DEBUG');
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      texts.push(String(text));
      return true;
    });
    const log = lambdaLog('take-report', 'test', () => isSampled);
    log.begin(context());
    await inUnit(log, async (unit) => {
      await attempt('PublishCommand');
      unit.line({ code: 'report.taken' });
    });
    vi.unstubAllEnvs();
    return texts;
  };

  it('are told where it is one of the few', async () => {
    const [told, line, ...others] = (await linesOf(true)).map((text) => JSON.parse(text));
    expect(told).toMatchObject({ level: 'DEBUG', code: 'attempt.made', command: 'PublishCommand' });
    expect(line).toMatchObject({ code: 'report.taken' });
    // Which is INFO to Lambda.
    expect(line).not.toHaveProperty('level');
    expect(others).toEqual([]);
  });

  it('are not told elsewhere, although Lambda lets them through', async () => {
    expect(await linesOf(false)).toHaveLength(1);
  });
});
