// Runs what is on the list: in its order, one at a time, and each once.
import type { Result } from '../../result.ts';
import { DeviceError } from '../errors.ts';
import { composeResult } from './compose-result.ts';
import { couldNot, type Ending } from './ending.ts';
import type { Execute, Job } from './job.ts';
import type { Journal } from './journal.ts';
import type { Pointer } from './list.ts';
import type { Prepare, Prepared } from './prepare.ts';
import { identify } from './processes.ts';
import { statusCodes } from './status-codes.ts';

export interface Queue {
  /** What shall be run, oldest first; undefined while nobody knows, and then nothing is begun. */
  want(pointers: readonly Pointer[] | undefined): void;
  isRunning(): boolean;
  stop(): Promise<void>;
}

export interface QueueDependencies {
  readonly journal: Journal;
  readonly prepare: Prepare;
  readonly execute: Execute;
  readonly job: Pick<Job, 'clock' | 'path'>;
  readonly onBegun: (pointer: Pointer, attempt: number) => void;
  readonly onEnded: (result: Result) => void;
  readonly onTrouble: (error: unknown) => void;
}

export const createQueue = (needs: QueueDependencies): Queue => {
  const { journal, prepare, job, onTrouble } = needs;
  const { clock } = job;
  const stopping = new AbortController();
  let wanted: readonly Pointer[] | undefined;
  let waiting: { readonly deployment: string; readonly abort: AbortController } | undefined;
  let running = false;
  let tail: Promise<void> = Promise.resolve();

  const next = (): Pointer | undefined =>
    stopping.signal.aborted ? undefined : wanted?.find(({ deployment }) => !journal.has(deployment));

  const onSpawned = (deployment: string) => async (pid: number) => {
    const process = await identify(pid);
    if (process) await journal.spawned(deployment, process).catch(onTrouble);
  };

  const run = ({ run, facts: { deployment } }: Prepared): Promise<Ending> => {
    if (run instanceof DeviceError)
      return Promise.resolve(couldNot(statusCodes.cannotRun, `${run.code}: ${run.message}.`));
    const place = journal.placeOf(deployment);
    return needs.execute({ ...job, run, place, onSpawned: onSpawned(deployment) }, stopping.signal);
  };

  const carryOut = async (prepared: Prepared): Promise<Result> => {
    const ending = await run(prepared);
    const result = composeResult(
      { ...prepared.facts, finished_at: new Date(clock.now()).toISOString() },
      ending,
    );
    // A disk that cannot keep it does not make it untrue.
    await journal.finish(result).catch(onTrouble);
    return result;
  };

  const begin = async (pointer: Pointer): Promise<void> => {
    const mine = { deployment: pointer.deployment, abort: new AbortController() };
    waiting = mine;
    const signal = AbortSignal.any([mine.abort.signal, stopping.signal]);
    const prepared = await prepare(pointer, signal).finally(() => {
      waiting = undefined;
    });
    if (!prepared) return;
    running = true;
    needs.onBegun(pointer, prepared.attempt);
    const result = await carryOut(prepared).finally(() => {
      running = false;
    });
    needs.onEnded(result);
  };

  const turn = async (): Promise<void> => {
    for (let pointer = next(); pointer; pointer = next()) await begin(pointer);
  };

  return {
    want: (pointers) => {
      wanted = pointers;
      if (waiting && next()?.deployment !== waiting.deployment) waiting.abort.abort();
      tail = tail.then(turn).catch(onTrouble);
    },
    isRunning: () => running,
    stop: async () => {
      stopping.abort();
      await tail;
    },
  };
};
