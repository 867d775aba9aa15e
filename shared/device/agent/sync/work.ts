// Carries out one target: attempt after attempt, until it is in force, refused for good, or superseded.
import { type Channel, type Current, protocolVersion, type Target } from '../../shadow.ts';
import { applyingAfterMs, backoffs, delayAfter } from '../backoff.ts';
import { type Clock, pause } from '../clock.ts';
import type { Fetcher } from '../content/fetcher.ts';
import { gather } from '../content/gather.ts';
import { readItems } from '../content/items.ts';
import { asDeviceError, DeviceError, troubleOf } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import type { Faults } from '../faults.ts';
import type { Files } from '../files/open.ts';
import { appliedReport } from '../files/recover.ts';
import { recorded } from '../files/salt.ts';
import type { Limits } from '../limits.ts';

export interface WorkDependencies {
  readonly channel: Channel;
  readonly clock: Clock;
  readonly files: Files;
  readonly fetcher: Fetcher;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly onEvent: OnEvent;
  /** `retryAt` is when the next attempt begins, for a report that is not the last word. */
  readonly report: (current: Current, retryAt: number | null) => Promise<void>;
}

interface Start {
  /** Attempts that were made before a restart. */
  readonly attemptsBefore: number;
  readonly waitMs: number;
}

const simulateFault = (faults: Faults, target: Target, attempt: number): void => {
  const fault = faults.failApply?.(target, attempt);
  if (fault) throw new DeviceError(fault.code, fault.message, fault.retry ?? true);
};

const placeTarget =
  (
    { channel, files, fetcher, limits, faults, onEvent }: WorkDependencies,
    contents: Map<string, Uint8Array>,
  ) =>
  async (target: Target, attempt: number, signal: AbortSignal): Promise<Current> => {
    simulateFault(faults, target, attempt);
    const items = await readItems(fetcher, limits)(target, signal);
    const onFetched = ({ digest, size }: { digest: string; size: number }) =>
      onEvent({ event: 'fetched', channel, digest, size });
    await gather({ fetcher, find: files.find, onFetched }, items, contents, signal);
    const { seq, deployment, manifest } = target;
    const listed = items.map((item) => recorded(item, contents));
    const record = { seq, deployment, manifest, attempt, items: listed };
    await files.place({ record, contents }, signal);
    return appliedReport(record);
  };

const unfinished = (target: Target, attempt: number): Current => ({
  v: protocolVersion,
  seq: target.seq,
  deployment: target.deployment,
  manifest: target.manifest,
  state: 'applying',
  attempt,
  error: null,
});

export const carryOut =
  (needs: WorkDependencies) =>
  async (target: Target, { attemptsBefore, waitMs }: Start, signal: AbortSignal): Promise<void> => {
    const { clock, report } = needs;
    const tryOnce = placeTarget(needs, new Map());

    /** Answers with the error, if there was one. */
    const attempt = async (number: number): Promise<DeviceError | undefined> => {
      let said = Promise.resolve();
      const cancel = clock.after(applyingAfterMs, () => {
        said = report(unfinished(target, number), null);
      });
      try {
        const done = await tryOnce(target, number, signal);
        cancel();
        await said;
        if (!signal.aborted) await report(done, null);
        return undefined;
      } catch (error) {
        return asDeviceError(error);
      } finally {
        cancel();
        // What is said next must not be overtaken by this.
        await said;
      }
    };

    await pause(clock, waitMs, signal);
    for (let number = attemptsBefore + 1; !signal.aborted; number += 1) {
      const error = await attempt(number);
      if (!error || signal.aborted) return;
      const delayMs = delayAfter(backoffs.apply, number);
      const state = error.retry ? 'retrying' : 'failed';
      const said = { ...unfinished(target, number), state, error: troubleOf(error) } as const;
      await report(said, error.retry ? clock.now() + delayMs : null);
      if (!error.retry) return;
      await pause(clock, delayMs, signal);
    }
  };
