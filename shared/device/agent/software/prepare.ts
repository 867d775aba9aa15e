// Everything that has to be done before a deployment is started: get hold of it, and write down that it is started. It may be tried again.

import type { Run } from '../../result.ts';
import { protocolVersion } from '../../shadow.ts';
import { backoffs, delayAfter } from '../backoff.ts';
import { type Clock, pause } from '../clock.ts';
import { asDeviceError, type DeviceError } from '../errors.ts';
import type { Facts } from './compose-result.ts';
import type { FetchRun } from './fetch-run.ts';
import type { Journal } from './journal.ts';
import type { Pointer } from './list.ts';

export interface PrepareDependencies {
  readonly clock: Clock;
  readonly journal: Journal;
  readonly fetchRun: FetchRun;
  /** The list that names it is on the disk. */
  readonly listKept: () => Promise<void>;
  readonly onRetry: (pointer: Pointer, attempt: number, error: DeviceError) => void;
}

export interface Prepared {
  /** What to run; or why that will never be possible. */
  readonly run: Run | DeviceError;
  readonly facts: Omit<Facts, 'finished_at'>;
  readonly attempt: number;
}

/** Answers undefined when nobody wants it any more. */
export type Prepare = (pointer: Pointer, signal: AbortSignal) => Promise<Prepared | undefined>;

const unlessFinal = (error: unknown): DeviceError => {
  const trouble = asDeviceError(error);
  if (trouble.retry) throw trouble;
  return trouble;
};

export const createPrepare = ({
  clock,
  journal,
  fetchRun,
  listKept,
  onRetry,
}: PrepareDependencies): Prepare => {
  /** Of the deployment in hand: a lost connection interrupts it, and it counts on. */
  let failed = { deployment: '', attempts: 0 };

  const tryOnce = async (pointer: Pointer, signal: AbortSignal): Promise<Omit<Prepared, 'attempt'>> => {
    const run = await fetchRun(pointer, signal).catch(unlessFinal);
    await listKept();
    signal.throwIfAborted();
    const { seq, deployment, manifest } = pointer;
    const started_at = new Date(clock.now()).toISOString();
    await journal.start({ seq, deployment, manifest, started_at });
    return { run, facts: { v: protocolVersion, seq, deployment, manifest, started_at } };
  };

  return async (pointer, signal) => {
    if (failed.deployment !== pointer.deployment) failed = { deployment: pointer.deployment, attempts: 0 };
    while (!signal.aborted) {
      try {
        return { ...(await tryOnce(pointer, signal)), attempt: failed.attempts + 1 };
      } catch (error) {
        if (signal.aborted) break;
        failed.attempts += 1;
        onRetry(pointer, failed.attempts, asDeviceError(error));
        await pause(clock, delayAfter(backoffs.apply, failed.attempts), signal);
      }
    }
    return undefined;
  };
};
