// What a thing's word makes of a slot. Late, repeated and foreign words change nothing.
import { type Deployment, type Digest, type Failure, isOutstanding, moved } from './deployment.ts';
import type { Context, Decide, Report, ReportState } from './event.ts';
import type { Slot } from './slot.ts';
import { aimAtQueue, because, failHead, isQueue, replaceIn, waitFor, withdrawOthers } from './target.ts';

interface Reported {
  readonly slot: Slot;
  /** The deployment that the word is about; undefined when it is about a target of nothing. */
  readonly about: Deployment | undefined;
  readonly report: Report;
  readonly context: Context;
}

/** A target of nothing has nobody to fail: whoever waited for it is let go. */
const letGo = ({ slot, report, context }: Reported): Slot => ({
  ...withdrawOthers(slot, `the thing could not remove it: ${report.failure?.code ?? 'unknown'}`, context),
  waiting: null,
});

const unknownFailure: Failure = { code: 'unknown', message: 'The thing gave no reason.' };

const fails = (reported: Reported, why: string): Slot => {
  const { slot, about, report, context } = reported;
  if (about === undefined) return letGo(reported);
  const attempts = Math.max(about.attempts, report.attempt);
  const also = { attempts, result: report.result ?? null };
  return failHead(slot, about, why, report.failure ?? unknownFailure, context, also);
};

const retries = (reported: Reported): Slot => {
  const { slot, about, report, context } = reported;
  if (report.attempt >= context.attemptsMax) return fails(reported, `${report.attempt} attempts failed`);
  const waiting = waitFor(slot, 'thing retrying', context.now, report.attempt);
  if (about === undefined) return slot.waiting?.for === 'thing retrying' ? slot : waiting;
  if (report.attempt <= about.attempts) return slot;
  const also = { attempts: report.attempt, failure: report.failure ?? unknownFailure };
  return replaceIn(
    waiting,
    moved(about, 'retry', because(context, `attempt ${report.attempt} failed`), also),
  );
};

const confirms = ({ slot, about, report, context }: Reported): Slot => {
  const confirmed =
    about === undefined
      ? slot
      : replaceIn(
          slot,
          moved(about, 'confirm', because(context, 'confirmed'), {
            failure: null,
            result: report.result ?? null,
          }),
        );
  if (isQueue(slot)) return aimAtQueue(confirmed, context.now);
  return { ...withdrawOthers(confirmed, 'the thing confirmed what came after it', context), waiting: null };
};

const reportDeciders: Readonly<Record<ReportState, (reported: Reported) => Slot>> = {
  applying: ({ slot, about, report, context }) =>
    slot.waiting === null ||
    slot.waiting.for === 'thing applying' ||
    Math.max(report.attempt, 1) <= (about?.attempts ?? 0)
      ? slot
      : waitFor(slot, 'thing applying', context.now),
  applied: confirms,
  removed: confirms,
  retrying: retries,
  failed: (reported) => fails(reported, 'the thing gave up'),
};

const done: ReadonlySet<ReportState> = new Set<ReportState>(['applied', 'removed']);

/** A thing that says it is done, and has something else under our seq, will not try again by itself: it has failed. */
const honest = (report: Report, expected: Digest, nothing: Digest): Report => {
  const isDone =
    report.state === (expected === nothing ? 'removed' : 'applied') && report.revision === expected;
  if (isDone || !done.has(report.state)) return report;
  const message = `The thing reports ${report.state} ${report.revision}, not ${expected}.`;
  return { ...report, state: 'failed', failure: { code: 'digest_mismatch', message } };
};

const isCurrent = (slot: Slot, seq: number): boolean => slot.waiting !== null && slot.target?.seq === seq;

/** The list of a queue in which everything has run: the thing has heard of it, and nobody need look whether it has. */
const hearsOfNothing = (slot: Slot, { seq, state }: Report): boolean =>
  state === 'removed' && isCurrent(slot, seq) && !slot.live.some(isOutstanding);

export const takeReport: Decide<'report'> = (slot, { report }, context) => {
  const about = slot.live.find((deployment) => deployment.seq === report.seq && isOutstanding(deployment));
  if (isQueue(slot)) {
    if (about === undefined) return hearsOfNothing(slot, report) ? { ...slot, waiting: null } : slot;
  } else if (!isCurrent(slot, report.seq)) return slot;
  const expected = about?.revision ?? slot.target?.revision ?? report.revision;
  const heard = honest(report, expected, context.nothing);
  return reportDeciders[heard.state]({ slot, about, report: heard, context });
};
