// The one thing a channel has to do: the work on the newest target, and what was last said about it. An older one never wins.
import { type Current, protocolVersion, type Target } from '../../shadow.ts';
import { backoffs, delayAfter } from '../backoff.ts';
import { asDeviceError, type Trouble, troubleOf } from '../errors.ts';
import type { KeptReport } from '../files/report-file.ts';
import type { Envelope } from './read-target.ts';
import type { Reporter } from './reporter.ts';
import { carryOut, type WorkDependencies } from './work.ts';

export interface Duty {
  /** The seq below which nothing counts. */
  fence(): number;
  inProgress(): number | undefined;
  start(target: Target): void;
  /** A target that cannot even be tried. */
  refuse(envelope: Envelope, error: Trouble): void;
  stop(): Promise<void>;
}

export type DutyDependencies = Omit<WorkDependencies, 'report'>;

/** What is in force tells by itself, after a restart, that it was applied. */
const derived: Readonly<Record<Current['state'], boolean>> = {
  applying: false,
  retrying: false,
  applied: true,
  removed: true,
  failed: false,
};

const failedReport = ({ seq, deployment, manifest }: Envelope, error: Trouble): Current => ({
  v: protocolVersion,
  seq,
  deployment,
  manifest,
  state: 'failed',
  attempt: 1,
  error: troubleOf(error),
});

/** Where a restart left off: the attempts that were made, and the rest of the wait for the next. */
const resumption = ({ report, retryAt }: KeptReport, now: number) => {
  const attemptsBefore = report.state === 'applying' ? report.attempt - 1 : report.attempt;
  // A clock that was set anew must not make it wait longer than the backoff would.
  const longestMs = delayAfter(backoffs.apply, report.attempt);
  return { attemptsBefore, waitMs: retryAt === null ? 0 : Math.min(longestMs, Math.max(0, retryAt - now)) };
};

export const createDuty = (
  needs: DutyDependencies,
  reporter: Reporter,
  kept: KeptReport | undefined,
): Duty => {
  const { channel, clock, files, onEvent } = needs;
  let work: { readonly seq: number; readonly abort: AbortController } | undefined;
  let tail: Promise<void> = Promise.resolve();

  const trouble = (error: unknown) =>
    onEvent({ event: 'trouble', channel, error: troubleOf(asDeviceError(error)) });
  const fence = () => Math.max(reporter.last()?.seq ?? -1, work?.seq ?? -1);

  const report = async (current: Current, retryAt: number | null): Promise<void> => {
    if (current.seq < fence()) return;
    // Kept before it is said, so that what is said never goes back; a disk that cannot keep it does not make it untrue.
    if (!derived[current.state]) await files.keepReport({ report: current, retryAt }).catch(trouble);
    if (current.seq >= fence()) reporter.say(current);
  };

  const begin = ({ seq, deployment }: Envelope, run: (signal: AbortSignal) => Promise<void>) => {
    const mine = { seq, abort: new AbortController() };
    work?.abort.abort();
    work = mine;
    onEvent({ event: 'target', channel, seq, deployment });
    // One at a time: the next begins when the last has let go of the disk.
    tail = tail
      .then(() => run(mine.abort.signal))
      .catch(trouble)
      .finally(() => {
        if (work === mine) work = undefined;
      });
  };

  return {
    fence,
    inProgress: () => work?.seq,
    start: (target) => {
      const resumes = kept?.report.seq === target.seq;
      const from = resumes ? resumption(kept, clock.now()) : { attemptsBefore: 0, waitMs: 0 };
      begin(target, (signal) => carryOut({ ...needs, report })(target, from, signal));
    },
    refuse: (envelope, error) => begin(envelope, () => report(failedReport(envelope, error), null)),
    stop: async () => {
      work?.abort.abort();
      await tail;
    },
  };
};
