// A worker: takes a batch, and gives back exactly those messages that must come again.
import { describe, expect, it } from 'vitest';
import { receivesOf, type Work, worker } from '#functions/wiring/worker';
import { context, rememberingLog, sqsEvent, sqsRecord } from './given.ts';

const quiet: Work = { take: async () => {}, failed: async () => {} };

const run = (work: Partial<Work>, ...records: ReturnType<typeof sqsRecord>[]) =>
  worker(rememberingLog().log, { ...quiet, ...work })(sqsEvent(...records), context());

const returned = (...messageIds: string[]) => ({
  batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a batch', () => {
  it('that is taken whole gives nothing back', async () => {
    const taken: unknown[] = [];
    const take: Work['take'] = async (body) => {
      taken.push(body);
    };
    expect(await run({ take }, sqsRecord('a', { n: 1 }), sqsRecord('b', { n: 2 }))).toEqual(returned());
    expect(taken).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it('gives back those that failed, and no others', async () => {
    const take: Work['take'] = async (body) => {
      if (Object(body).bad) throw new Error('bad');
    };
    const records = [{}, { bad: true }, {}, { bad: true }].map((body, at) => sqsRecord(`m${at}`, body));
    expect(await run({ take }, ...records)).toEqual(returned('m1', 'm3'));
  });

  it('gives back one that throws before it waits for anything', async () => {
    const take: Work['take'] = () => {
      throw new Error('at once');
    };
    expect(await run({ take }, sqsRecord('a', {}))).toEqual(returned('a'));
  });

  it('of nothing is nothing', async () => {
    expect(await run({})).toEqual(returned());
  });

  it('gives back only what failed, also when it cannot even be said what went wrong', async () => {
    const take: Work['take'] = async (body) => {
      if (Object(body).bad) throw new Error('bad');
    };
    const failed: Work['failed'] = async () => {
      throw new Error('and the table is not there either');
    };
    const records = [sqsRecord('good', {}), sqsRecord('bad', { bad: true })];
    expect(await run({ take, failed }, ...records)).toEqual(returned('bad'));
  });
});

describe('the numbers of a batch', () => {
  const retried = { TransitionRetries: 1, TransitionAge: 40 };
  const batch = (says: (body: unknown) => boolean) => {
    const { log, lines, measured } = rememberingLog();
    const take: Work['take'] = async (body, _, log) => {
      if (says(body)) log.line({ code: 'transition.carried_out', outcome: String(body) }, retried);
    };
    const handler = worker(log, { ...quiet, take });
    const records = ['one', 'two', 'three'].map((body) => sqsRecord(body, JSON.stringify(body)));
    return { run: () => handler(sqsEvent(...records), context()), lines, measured };
  };

  it('are told with the line of the last of its messages: counts added up, of times each', async () => {
    const { run, lines, measured } = batch(() => true);
    await run();
    expect(lines.map(({ outcome }) => outcome)).toEqual(['one', 'two', 'three']);
    expect(measured).toEqual([{}, {}, { TransitionRetries: 3, TransitionAge: [40, 40, 40] }]);
  });

  it('have a line of their own where one of its messages had nothing to say', async () => {
    const { run, lines, measured } = batch((body) => body !== 'three');
    await run();
    expect(lines.at(-1)).toEqual({ code: 'batch.done', messages: 3 });
    expect(measured).toEqual([{}, {}, { TransitionRetries: 2, TransitionAge: [40, 40] }]);
  });

  it('are told once: the next batch begins with none', async () => {
    const { run, measured } = batch(() => true);
    await run();
    await run();
    expect(measured.at(-1)).toEqual(measured[2]);
  });
});

describe('a message', () => {
  it('whose body is no JSON is handed on as it is: who takes it knows what to make of it', async () => {
    const bodies: unknown[] = [];
    const take: Work['take'] = async (body) => {
      bodies.push(body);
      throw new Error('not ours');
    };
    expect(await run({ take }, sqsRecord('a', '{ no json'), sqsRecord('b', ''))).toEqual(returned('a', 'b'));
    expect(bodies).toEqual(['{ no json', '']);
  });

  it('that failed is told to whoever does what is left to be done, with its cause', async () => {
    const cause = new Error('why');
    const told: unknown[] = [];
    const take: Work['take'] = async () => {
      throw cause;
    };
    const failed: Work['failed'] = async (body, record, why) => {
      told.push([body, receivesOf(record), why]);
    };
    await run({ take, failed }, sqsRecord('a', { n: 1 }, 5));
    expect(told).toEqual([[{ n: 1 }, 5, cause]]);
  });
});
