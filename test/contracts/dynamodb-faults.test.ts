// What the stores make of a DynamoDB that is busy, in conflict or wrong: later, or a fault that names its cause.
import {
  type BatchGetItemCommandInput,
  ConditionalCheckFailedException,
  DynamoDBClient,
  InternalServerError,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { getItems } from '#adapters/dynamodb/batch';
import { dynamoCatalog } from '#adapters/dynamodb/catalog';
import { slotKey } from '#adapters/dynamodb/keys';
import { dynamoSlots } from '#adapters/dynamodb/slots';
import type { Table } from '#adapters/dynamodb/table';
import { Unavailable } from '#engine/ports';
import { freshTable, localClient } from '#test/support/dynamodb-table';
import { aDeployment, anEntry, aSlot } from './given.ts';

const about = { $metadata: {}, message: 'stubbed' };

const canceled = (...codes: readonly string[]) =>
  new TransactionCanceledException({ ...about, CancellationReasons: codes.map((Code) => ({ Code })) });

/** A table whose first requests of a kind fail, one for each error. */
const failing = async (command: string, ...errors: readonly Error[]) => {
  const left = [...errors];
  const pauses: number[] = [];
  const client = localClient((name) => {
    const error = name === command ? left.shift() : undefined;
    if (error !== undefined) throw error;
  });
  const pause = async (attempt: number) => void pauses.push(attempt);
  const table: Table = await freshTable({ client, pause });
  return { table, pauses, left };
};

const named = anEntry('r1', { unique: { slug: 'a', name: 'b' } });

describe('a transaction', () => {
  it('is tried again while another one is in the way', async () => {
    const { table, pauses } = await failing(
      'TransactWriteItemsCommand',
      canceled('None', 'TransactionConflict', 'None'),
      canceled('TransactionConflict', 'None', 'None'),
    );
    expect(await dynamoCatalog(table).save(named)).toEqual({ saved: true });
    expect(pauses).toEqual([1, 2]);
  });

  it('is given up for now when it stays in conflict', async () => {
    const conflict = canceled('TransactionConflict', 'None', 'None');
    const { table } = await failing(
      'TransactWriteItemsCommand',
      ...Array.from({ length: 9 }, () => conflict),
    );
    const saving = dynamoCatalog(table).save(named);
    await expect(saving).rejects.toThrow(Unavailable);
    await expect(saving).rejects.toMatchObject({ cause: conflict });
  });

  it.each([
    ['the entry', ['ConditionalCheckFailed', 'None', 'None'], { because: 'changed meanwhile' }],
    ['its first value', ['None', 'ConditionalCheckFailed', 'None'], { because: 'taken', name: 'slug' }],
    ['its second value', ['None', 'None', 'ConditionalCheckFailed'], { because: 'taken', name: 'name' }],
    [
      'all of them',
      ['ConditionalCheckFailed', 'ConditionalCheckFailed', 'None'],
      { because: 'changed meanwhile' },
    ],
    [
      'one, while another is busy',
      ['TransactionConflict', 'None', 'ConditionalCheckFailed'],
      { because: 'taken', name: 'name' },
    ],
  ])('says what failed: the condition of %s', async (_, codes, outcome) => {
    const { table } = await failing('TransactWriteItemsCommand', canceled(...codes));
    expect(await dynamoCatalog(table).save(named)).toEqual({ saved: false, ...outcome });
  });

  it('is a fault when something else is wrong with it', async () => {
    const invalid = canceled('TransactionConflict', 'ValidationError', 'None');
    const { table } = await failing('TransactWriteItemsCommand', invalid);
    const saving = dynamoCatalog(table).save(named);
    await expect(saving).rejects.toMatchObject({ name: 'Error', cause: invalid });
  });
});

describe('a single write', () => {
  it('is tried again while a transaction holds its item', async () => {
    const { table, pauses } = await failing('PutItemCommand', new TransactionConflictException(about));
    expect(await dynamoSlots(table).save(aSlot('robot'))).toBe(true);
    expect(pauses).toEqual([1]);
  });

  it.each([
    ['throttled', new ProvisionedThroughputExceededException(about)],
    ['in trouble', new InternalServerError({ ...about, $metadata: { httpStatusCode: 500 } })],
    ['cut off', Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })],
    ['silent', Object.assign(new Error('no answer'), { name: 'TimeoutError' })],
  ])('may work later when DynamoDB is %s', async (_, error) => {
    const { table } = await failing('PutItemCommand', error);
    const saving = dynamoSlots(table).save(aSlot('robot'));
    await expect(saving).rejects.toThrow(Unavailable);
    await expect(saving).rejects.toMatchObject({ cause: error });
  });

  it('is false, not a fault, when its condition fails', async () => {
    const { table } = await failing('PutItemCommand', new ConditionalCheckFailedException(about));
    expect(await dynamoSlots(table).save(aSlot('robot'))).toBe(false);
  });

  describe('whose answer was lost', () => {
    /** The write happens, and the SDK hears of it only by asking again. */
    const deafOnce = (beforeTheRepeat: () => Promise<unknown> = async () => {}) => {
      const client = localClient();
      let heard = false;
      client.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            const answer = await next(args);
            if (commandName !== 'PutItemCommand' || heard) return answer;
            heard = true;
            await beforeTheRepeat();
            throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
          },
        { step: 'deserialize', priority: 'high' },
      );
      return client;
    };
    const full = aSlot('robot', { live: [aDeployment('dpl_1')], seq: 7 });

    it('knows its own repeat', async () => {
      const table = { ...(await freshTable()), client: deafOnce() };
      expect(await dynamoSlots(table).save(full)).toBe(true);
      expect(await dynamoSlots(table).save(full)).toBe(false);
    });

    it('knows that somebody else came in between', async () => {
      const table = await freshTable();
      const next = () => dynamoSlots(table).save({ ...full, version: 2 });
      expect(await dynamoSlots({ ...table, client: deafOnce(next) }).save(full)).toBe(false);
    });
  });

  it('is a fault with its cause when the table is not there', async () => {
    const table = { ...(await freshTable()), name: 'nowhere' };
    await expect(dynamoSlots(table).save(aSlot('robot'))).rejects.toMatchObject({
      name: 'Error',
      message: expect.stringContaining('ResourceNotFoundException'),
    });
  });

  it('may work later when nobody answers at all', async () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const client = new DynamoDBClient({
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      credentials,
      maxAttempts: 1,
    });
    await expect(dynamoSlots({ client, name: 'any' }).load(aSlot('robot').id)).rejects.toThrow(Unavailable);
  });
});

describe('a batch', () => {
  /** Answers one item at a time, and calls the others unprocessed. */
  const stingy = (client: DynamoDBClient, answersNothing: boolean) => {
    client.middlewareStack.add(
      (next) => async (args) => {
        const { RequestItems } = args.input as { RequestItems?: Record<string, { Keys: unknown[] }> };
        const [name, asked] = Object.entries(RequestItems ?? {})[0] ?? [];
        if (name === undefined || asked === undefined) return next(args);
        if (answersNothing)
          return { response: {}, output: { $metadata: {}, UnprocessedKeys: RequestItems } as never };
        const [first, ...others] = asked.Keys;
        const input = { ...args.input, RequestItems: { [name]: { ...asked, Keys: [first] } } };
        const answer = await next({ ...args, input });
        const UnprocessedKeys = others.length === 0 ? {} : { [name]: { ...asked, Keys: others } };
        return { ...answer, output: { ...answer.output, UnprocessedKeys } };
      },
      { step: 'initialize' },
    );
    return client;
  };

  const threeSlots = ['one', 'two', 'three'].map((thing) => aSlot(thing));

  it('asks again for what DynamoDB left out', async () => {
    const table = await freshTable();
    for (const slot of threeSlots) await dynamoSlots(table).save(slot);
    const pauses: number[] = [];
    const patient = {
      ...table,
      client: stingy(localClient(), false),
      pause: async (attempt: number) => void pauses.push(attempt),
    };
    const found = await dynamoSlots(patient).loadMany(threeSlots.map(({ id }) => id));
    expect(found.map(({ id }) => id.thing).toSorted()).toEqual(['one', 'three', 'two']);
    expect(pauses).toEqual([1, 2]);
  });

  it('may work later when DynamoDB keeps leaving things out', async () => {
    const table = { ...(await freshTable()), client: stingy(localClient(), true), pause: async () => {} };
    const asking = getItems(table, [slotKey({ thing: 'robot', channel: 'release' })]);
    await expect(asking).rejects.toThrow(Unavailable);
  });
});

/** Reads that do not ask for certainty see nothing of what was made a moment ago, which is whatever has this in its key. */
const lagging = (made: string): DynamoDBClient => {
  const client = localClient();
  client.middlewareStack.add(
    (next) => async (args) => {
      for (const asked of Object.values((args.input as BatchGetItemCommandInput).RequestItems ?? {}))
        if (asked.ConsistentRead === false)
          asked.Keys = asked.Keys?.filter((key) => !JSON.stringify(key).includes(made));
      return next(args);
    },
    { step: 'initialize' },
  );
  return client;
};

describe('a copy that lags behind', () => {
  it('hides nothing: what it lacks is looked for again where it is certain', async () => {
    const catalog = dynamoCatalog(await freshTable({ client: lagging('just-made') }));
    await catalog.save(anEntry('older'));
    await catalog.save(anEntry('just-made'));
    const found = await catalog.loadUnchanging('acme', 'release', ['just-made', 'older', 'none']);
    expect(found.map(({ id }) => id).toSorted()).toEqual(['just-made', 'older']);
  });
});
