// What the engine may rely on when it says that a slot wants a look, whatever carries the message.
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memoryTransitions } from '#adapters/memory/transitions';
import { sqsTransitions, transitionMessage } from '#adapters/sqs/transitions';
import type { SlotId } from '#domain/slot';
import { type Transitions, Unavailable } from '#engine/ports';
import { type SqsLocal, startSqs } from '#test/support/sqs-local';
import { range } from './given.ts';

interface Queue {
  readonly transitions: Transitions;
  /** All that waits, as its reader gets it. */
  readonly received: () => Promise<readonly SlotId[]>;
}

const release = (thing: string): SlotId => ({ thing, channel: 'release' });

const transitionsContract = (make: () => Promise<Queue>) => {
  it('brings the name of the slot', async () => {
    const { transitions, received } = await make();
    await transitions.send({ thing: '7hq2m9x4k1c8v5bn', channel: 'software' }, 'acme');
    expect(await received()).toEqual([{ thing: '7hq2m9x4k1c8v5bn', channel: 'software' }]);
  });

  it('loses nothing of what is sent at the same time, and nothing that is sent twice', async () => {
    const { transitions, received } = await make();
    const things = [...range(25).map((number) => `robot-${number}`), 'robot-0'];
    await Promise.all(things.map((thing) => transitions.send(release(thing), 'acme')));
    expect((await received()).map(({ thing }) => thing).toSorted()).toEqual(things.toSorted());
  });

  it('says how many wait', async () => {
    const { transitions, received } = await make();
    expect(await transitions.backlog()).toBe(0);
    for (const number of range(3)) await transitions.send(release(`robot-${number}`), 'acme');
    expect(await transitions.backlog()).toBe(3);
    await received();
    expect(await transitions.backlog()).toBe(0);
  });
};

const memoryQueue = async (): Promise<Queue> => {
  const transitions = memoryTransitions();
  return {
    transitions,
    received: async () => transitions.waiting().flatMap(() => transitions.take()?.slot ?? []),
  };
};

describe('transitions in memory', () => transitionsContract(memoryQueue));

describe('transitions in SQS', () => {
  let sqs: SqsLocal;
  beforeAll(async () => {
    sqs = await startSqs();
  });
  afterAll(() => sqs.close());

  const sqsQueue = async (): Promise<Queue> => {
    const queueUrl = await sqs.newQueue();
    return {
      transitions: sqsTransitions(sqs.client, queueUrl),
      received: async () =>
        (await sqs.receiveAll(queueUrl)).map(({ Body = '' }) => {
          const { thing, channel } = transitionMessage.parse(JSON.parse(Body));
          return { thing, channel };
        }),
    };
  };

  transitionsContract(sqsQueue);

  it('are sent in the group of their organization, so that no other waits for them', async () => {
    // Seen on the way out: the local queue does not keep the group of a message in a queue without order.
    const groups: unknown[] = [];
    const { credentials, region, endpoint } = sqs.client.config;
    const client = new SQSClient({ credentials, region, ...(endpoint === undefined ? {} : { endpoint }) });
    client.middlewareStack.add(
      (next) => async (args) => {
        groups.push((args.input as { MessageGroupId?: string }).MessageGroupId);
        return next(args);
      },
      { step: 'initialize' },
    );
    await sqsTransitions(client, await sqs.newQueue()).send(release('robot'), 'org_acme');
    expect(groups).toEqual(['org_acme']);
  });

  it('may work later when nobody answers', async () => {
    const { credentials, region } = sqs.client.config;
    const client = new SQSClient({ endpoint: 'http://127.0.0.1:1', credentials, region, maxAttempts: 1 });
    const transitions = sqsTransitions(client, 'http://127.0.0.1:1/000000000000/none');
    await expect(transitions.send(release('robot'), 'acme')).rejects.toThrow(Unavailable);
    await expect(transitions.backlog()).rejects.toThrow(Unavailable);
  });

  it('is a fault when there is no such queue', async () => {
    const transitions = sqsTransitions(sqs.client, (await sqs.newQueue()).replace(/[^/]+$/, 'none'));
    await expect(transitions.send(release('robot'), 'acme')).rejects.toMatchObject({ name: 'Error' });
  });

  it.each([
    ['of another version', { v: 2, thing: 'robot', channel: 'release' }],
    ['for no thing', { v: 1, thing: '', channel: 'release' }],
    ['for an unknown channel', { v: 1, thing: 'robot', channel: 'brightness' }],
  ])('has no message %s', (_, message) => {
    expect(transitionMessage.safeParse(message).success).toBe(false);
  });
});
