// What the engine may rely on when it says that a rollout, or a shard of it, wants a look.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryFanOut } from '#adapters/memory/fan-out';
import { fanOutMessage, sqsFanOut } from '#adapters/sqs/fan-out';
import type { FanOut, FanOutMessage } from '#engine/ports';
import { testClock } from '#test/support/clock';
import { type SqsLocal, startSqs } from '#test/support/sqs-local';
import { range } from './given.ts';

interface Queue {
  readonly fanOut: FanOut;
  /** All whose time has come, as their reader gets them. */
  readonly received: () => Promise<readonly FanOutMessage[]>;
}

const fanOutContract = (make: () => Promise<Queue>) => {
  it('brings the rollout, and the shard where one is meant', async () => {
    const { fanOut, received } = await make();
    await fanOut.send([
      { organization: 'acme', rollout: 'r1' },
      { organization: 'acme', rollout: 'r1', shard: 0 },
    ]);
    expect([...(await received())].sort((one, other) => (one.shard ?? -1) - (other.shard ?? -1))).toEqual([
      { organization: 'acme', rollout: 'r1' },
      { organization: 'acme', rollout: 'r1', shard: 0 },
    ]);
  });

  it('loses nothing of many', async () => {
    const { fanOut, received } = await make();
    await fanOut.send(range(37).map((shard) => ({ organization: 'acme', rollout: 'r1', shard })));
    expect(
      (await received()).map(({ shard }) => shard).toSorted((one, other) => (one ?? 0) - (other ?? 0)),
    ).toEqual(range(37));
  });

  it('sends nothing where there is nothing to send', async () => {
    const { fanOut, received } = await make();
    await fanOut.send([]);
    expect(await received()).toEqual([]);
  });

  it('holds back what shall come later', async () => {
    const { fanOut, received } = await make();
    await fanOut.send([{ organization: 'acme', rollout: 'r1' }], 900_000);
    expect(await received()).toEqual([]);
  });
};

const memoryQueue = async (): Promise<Queue> => {
  const fanOut = memoryFanOut(testClock());
  return {
    fanOut,
    received: async () => {
      const messages: FanOutMessage[] = [];
      for (let next = fanOut.take(); next !== undefined; next = fanOut.take()) messages.push(next);
      return messages;
    },
  };
};

describe('fan-out in memory', () => {
  fanOutContract(memoryQueue);

  it('brings what is due first', async () => {
    const clock = testClock();
    const fanOut = memoryFanOut(clock);
    await fanOut.send([{ organization: 'acme', rollout: 'late' }], 2000);
    await fanOut.send([{ organization: 'acme', rollout: 'soon' }], 1000);
    clock.pass(2000);
    expect([fanOut.take()?.rollout, fanOut.take()?.rollout, fanOut.take()]).toEqual([
      'soon',
      'late',
      undefined,
    ]);
  });
});

describe('fan-out in SQS', () => {
  let sqs: SqsLocal;
  beforeAll(async () => {
    sqs = await startSqs();
  });
  afterAll(() => sqs.close());

  fanOutContract(async () => {
    const queueUrl = await sqs.newQueue();
    return {
      fanOut: sqsFanOut(sqs.client, queueUrl),
      received: async () =>
        (await sqs.receiveAll(queueUrl)).map(({ Body = '' }) => {
          const { v: _, shard, ...message } = fanOutMessage.parse(JSON.parse(Body));
          return shard === undefined ? message : { ...message, shard };
        }),
    };
  });
});
