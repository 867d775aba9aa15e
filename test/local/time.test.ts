// Time that is let pass: functions, queues and schedules all see it, and nobody waits for it.
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startEventSource } from '#infra/local/lambda/event-source';
import type { LocalFunction } from '#infra/local/lambda/local-function';
import { createMappings } from '#infra/local/lambda/mappings';
import { throttledType } from '#infra/local/lambda/messages';
import { startClock } from '#infra/local/schedule/clock';
import { startQueues } from '#infra/local/sqs/queues';
import { startTime } from '#infra/local/time';
import { testFolder } from './support/folder.ts';
import { givenFunction } from './support/functions.ts';

const hourMs = 3_600_000;
const minuteMs = 60_000;

describe('a function', () => {
  const source = `const loaded = Date.now();
    export const handler = async (_event, { getRemainingTimeInMillis }) => ({
      now: Date.now(), date: new Date().getTime(), told: new Date(5).getTime(), isDate: new Date() instanceof Date,
      loaded, remaining: getRemainingTimeInMillis() });`;

  it('lives in the cloud’s time, and has its own time to the end', async () => {
    const time = startTime();
    const { invoke } = givenFunction(source, { ahead: time.shared });
    time.pass(hourMs);
    const ask = async () => {
      const outcome = await invoke('{}');
      return JSON.parse(outcome.ok ? outcome.payload : 'null') as Record<string, number>;
    };

    const before = Date.now();
    const first = await ask();
    time.pass(hourMs);
    const second = await ask();

    expect(first).toMatchObject({ told: 5, isDate: true });
    for (const key of ['now', 'date', 'loaded']) expect(first[key]).toBeGreaterThanOrEqual(before + hourMs);
    expect(first.remaining).toBeLessThanOrEqual(5000);
    expect(first.remaining).toBeGreaterThan(0);
    expect(second.now).toBeGreaterThanOrEqual(before + 2 * hourMs);
  });
});

const queueArn = 'arn:aws:sqs:us-east-1:000000000000:jobs';

const givenQueue = async (attributes: Record<string, string> = {}) => {
  const queues = await startQueues({ dataDir: testFolder(), region: 'us-east-1' });
  onTestFinished(() => queues.close());
  queues.put('jobs', queueArn, attributes);
  const sqs = new SQSClient({
    region: 'us-east-1',
    endpoint: queues.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(() => sqs.destroy());
  return { queues, sqs };
};

describe('a queue', () => {
  it('shows again what was in flight for too long', async () => {
    const { queues, sqs } = await givenQueue({ VisibilityTimeout: '60' });
    await queues.send(queues.url('jobs'), 'one');
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: queues.url('jobs') }));

    queues.pass(59_000);
    expect(queues.depths()).toMatchObject([{ visible: 0, inFlight: 1 }]);
    queues.pass(1_000);

    expect(queues.depths()).toMatchObject([{ visible: 1, inFlight: 0 }]);
  });

  it('shows what it held back', async () => {
    const { queues } = await givenQueue({ DelaySeconds: '90' });
    await queues.send(queues.url('jobs'), 'one');

    expect(queues.depths()).toMatchObject([{ visible: 0, delayed: 1 }]);
    queues.pass(90_000);

    expect(queues.depths()).toMatchObject([{ visible: 1, delayed: 0 }]);
  });
});

type Records = { Records: { body: string; attributes: { SentTimestamp: string } }[] };

const givenWorker = (answer: (event: Records) => boolean = () => true) => {
  const taken: Records[] = [];
  const target: LocalFunction = {
    name: 'worker',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:worker',
    timeoutMs: 1000,
    concurrencyMax: 1,
    invoke: async (event) => {
      const read = JSON.parse(event) as Records;
      if (!answer(read))
        return { ok: false, error: { errorType: throttledType, errorMessage: 'Rate Exceeded.' } };
      taken.push(read);
      return { ok: true, payload: 'null' };
    },
    stop: async () => {},
  };
  return { taken, target };
};

describe('an event source', () => {
  const feed = async (given: ReturnType<typeof givenWorker>, aheadMs = () => 0) => {
    const { queues, sqs } = await givenQueue();
    const mappings = createMappings();
    onTestFinished(() => mappings.stop());
    mappings.add(queueArn, () =>
      startEventSource(sqs, {
        queueUrl: queues.url('jobs'),
        queueArn,
        region: 'us-east-1',
        batchSize: 1,
        windowMs: 0,
        reportsFailures: false,
        concurrencyMax: 1,
        target: given.target,
        aheadMs,
        log: () => {},
      }),
    );
    return { queues, mappings };
  };

  it('says when a message was sent in the time that functions know', async () => {
    const worker = givenWorker();
    const { queues } = await feed(worker, () => hourMs);
    const before = Date.now();

    await queues.send(queues.url('jobs'), 'one');
    await expect.poll(() => worker.taken).toHaveLength(1);

    const sent = Number(worker.taken[0]?.Records[0]?.attributes.SentTimestamp);
    expect(sent).toBeGreaterThanOrEqual(before + hourMs);
  });

  it('tries again where there is no room for a call, and uses up no receive of the message', async () => {
    let calls = 0;
    const worker = givenWorker(() => {
      calls += 1;
      return calls > 3;
    });
    const { queues } = await feed(worker);

    await queues.send(queues.url('jobs'), 'one');
    await expect.poll(() => worker.taken).toHaveLength(1);

    expect(calls).toBe(4);
    expect(worker.taken[0]?.Records[0]).toMatchObject({ attributes: { ApproximateReceiveCount: '1' } });
  });

  it('that is disabled leaves messages where they are, until it is enabled again', async () => {
    const worker = givenWorker();
    const { queues, mappings } = await feed(worker);

    const enable = await mappings.disable('jobs');
    expect(mappings.enabled()).toEqual(new Set());
    await queues.send(queues.url('jobs'), 'one');
    expect(queues.depths()).toMatchObject([{ visible: 1 }]);
    enable();

    await expect.poll(() => worker.taken).toHaveLength(1);
    expect(mappings.enabled()).toEqual(new Set(['jobs']));
  });

  it('of a queue that feeds nobody cannot be disabled', async () => {
    const { mappings } = await feed(givenWorker());

    await expect(mappings.disable('others')).rejects.toThrow('No function is fed from a queue others');
  });
});

describe('a schedule', () => {
  const givenSchedule = () => {
    const clock = startClock();
    onTestFinished(clock.stop);
    const woken = { count: 0 };
    clock.every(5 * minuteMs, () => {
      woken.count += 1;
    });
    return { clock, woken };
  };

  it('wakes as often as its time has come', () => {
    const { clock, woken } = givenSchedule();

    clock.pass(4 * minuteMs);
    expect(woken.count).toBe(0);
    clock.pass(1 * minuteMs);
    expect(woken.count).toBe(1);
    clock.pass(11 * minuteMs);
    expect(woken.count).toBe(3);
  });

  it('wakes nobody while it is disabled', () => {
    const { clock, woken } = givenSchedule();

    const enable = clock.suspend();
    clock.pass(10 * minuteMs);
    expect(woken.count).toBe(0);
    enable();
    clock.pass(5 * minuteMs);

    expect(woken.count).toBe(1);
  });
});
