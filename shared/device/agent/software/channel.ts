// The channel of things that run: a list of the next few in order, a result for each, and nothing that runs twice.
import type { RunTarget } from '../../shadow.ts';
import { contentTopics } from '../../topics.ts';
import { applyingAfterMs } from '../backoff.ts';
import type { Fetcher } from '../content/fetcher.ts';
import { asDeviceError, troubleOf } from '../errors.ts';
import type { Disk } from '../files/disk.ts';
import type { Limits } from '../limits.ts';
import { type ChannelSync, createHearing, type HearingDependencies } from '../sync/hearing.ts';
import { defaultPath } from './environment.ts';
import { execute } from './execute.ts';
import { fetchRun } from './fetch-run.ts';
import { createGiver } from './giver.ts';
import type { Execute } from './job.ts';
import type { Journal } from './journal.ts';
import { type ListReading, readList } from './list.ts';
import { createPrepare } from './prepare.ts';
import { createQueue } from './queue.ts';
import { begun, refused, retrying, wordOn } from './word.ts';

export interface SoftwareOptions {
  /** Where scripts look for programs. */
  readonly path?: string;
  readonly execute?: Execute;
  readonly disk?: Disk;
}

export interface SoftwareDependencies extends HearingDependencies {
  readonly fetcher: Fetcher;
  readonly limits: Limits;
  readonly journal: Journal;
  readonly options: SoftwareOptions;
}

export const createSoftware = (needs: SoftwareDependencies): ChannelSync => {
  const { thing, channel, clock, onEvent, journal, options } = needs;
  const last = journal.list();
  const hearing = createHearing(needs, last && wordOn(last, journal.has), (raw, version) =>
    take(raw, version),
  );
  const { reporter, ignore } = hearing;
  /** The newest list of this connection: after a silence nothing is begun that may have been taken away meanwhile. */
  let fresh: RunTarget | undefined;
  let fence = last?.seq ?? -1;
  let keeping: Promise<void> = Promise.resolve();
  let stopSaying = () => {};

  const onTrouble = (error: unknown) =>
    onEvent({ event: 'trouble', channel, error: troubleOf(asDeviceError(error)) });
  const keep = (act: () => Promise<void>) => {
    keeping = keeping.then(act).catch(onTrouble);
  };

  const giver = createGiver({
    clock,
    publish: (result) => {
      needs.publish(contentTopics(thing).result, result);
      onEvent({ event: 'gave', channel, seq: result.seq, deployment: result.deployment });
    },
  });
  const prepare = createPrepare({
    clock,
    journal,
    fetchRun: fetchRun(needs.fetcher, needs.limits),
    listKept: () => keeping,
    onRetry: (pointer, attempt, error) => reporter.say(retrying(pointer, attempt, error)),
  });
  const queue = createQueue({
    journal,
    prepare,
    execute: options.execute ?? execute,
    job: { clock, path: options.path ?? defaultPath },
    onBegun: (pointer, attempt) => {
      onEvent({ event: 'started', channel, seq: pointer.seq, deployment: pointer.deployment });
      const say = () => reporter.say(begun(pointer, attempt));
      // Its result says it soon enough, unless it takes its time, or something else was said of it before.
      if (attempt === 1) stopSaying = clock.after(applyingAfterMs, say);
      else say();
    },
    onEnded: ({ seq, deployment, status_code: status }) => {
      stopSaying();
      onEvent({ event: 'ran', channel, seq, deployment, status });
      settle();
    },
    onTrouble,
  });

  const bury = async (): Promise<void> => {
    if (fresh) await journal.buryExcept(new Set(fresh.run.map(({ deployment }) => deployment)));
  };

  /** After a list, and after an end: what is waited for is said, and what is not is let go. */
  const settle = () => {
    const results = (fresh?.run ?? []).flatMap((pointer) => {
      const result = journal.resultOf(pointer.deployment);
      return result ? [[pointer, result] as const] : [];
    });
    giver.give(results);
    keep(bury);
    if (fresh?.run.length !== 0 || queue.isRunning()) return;
    const word = wordOn(fresh, journal.has);
    if (word && word.seq !== reporter.last()?.seq) reporter.say(word);
  };

  const adopt = (list: RunTarget, version: number) => {
    if (fresh?.seq === list.seq) {
      ignore(list.seq, 'in progress');
      if (reporter.askedAgain(version) || !reporter.last()) giver.again();
      return;
    }
    if (list.seq > fence) keep(() => journal.keepList(list));
    fence = list.seq;
    fresh = list;
    onEvent({ event: 'listed', channel, seq: list.seq, runs: list.run.length });
    settle();
    queue.want(list.run);
  };

  const doNothing = () => {
    fresh = undefined;
    queue.want(undefined);
    settle();
  };

  const refuse = ({ seq, first, error }: Extract<ListReading, { is: 'refused' }>, version: number) => {
    const isSaid = reporter.last()?.seq === first.seq && reporter.last()?.state === 'failed';
    fence = seq;
    doNothing();
    const result = journal.resultOf(first.deployment);
    if (result) giver.give([[first, result]]);
    else if (isSaid) reporter.askedAgain(version);
    else reporter.say(refused(first, error));
  };

  const take = (raw: unknown, version: number) => {
    const reading = readList(raw);
    if (reading.is === 'unreadable') return ignore(null, 'unreadable');
    const seq = reading.is === 'list' ? reading.list.seq : reading.seq;
    if (seq < fence) return ignore(seq, 'older');
    hearing.heard();
    if (reading.is === 'list') adopt(reading.list, version);
    else refuse(reading, version);
  };

  return {
    topics: hearing.topics,
    connected: hearing.connected,
    disconnected: () => {
      hearing.disconnected();
      doNothing();
    },
    stop: async () => {
      await queue.stop();
      stopSaying();
      hearing.disconnected();
      doNothing();
      await keeping;
    },
  };
};
