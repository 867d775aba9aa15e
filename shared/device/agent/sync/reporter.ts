// Says what there is to say until the shadow has heard it, and never twice without a reason: each report makes the shadow send its delta
// anew, which is the answer. `update/accepted` would tell the same, at twice the messages.
import { isDeepStrictEqual } from 'node:util';
import { type Channel, type Current, current } from '../../shadow.ts';
import { backoffs, repeat } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { OnEvent } from '../events.ts';
import { rejectedMessage } from './messages.ts';

export interface Reporter {
  readonly last: () => Current | undefined;
  say(report: Current): void;
  connected(): void;
  disconnected(): void;
  /** A target arrived that was reported on already; `version` is the shadow's when it sent it. True if it is said again. */
  askedAgain(version: number): boolean;
  /** A delta follows an update, and says which: by its token, and the version that the shadow has had since. */
  answered(token: string | undefined, version: number): void;
  /** A whole shadow, which shows what it has heard last: `reported`. */
  shown(reported: unknown, version: number): void;
  rejected(message: unknown): void;
}

interface Dependencies {
  readonly channel: Channel;
  readonly clock: Clock;
  readonly publish: (message: unknown) => void;
  readonly onEvent: OnEvent;
}

export const createReporter = (
  { channel, clock, publish, onEvent }: Dependencies,
  first: Current | undefined,
): Reporter => {
  let report = first;
  let online = false;
  let count = 0;
  let token = '';
  let heardVersion: number | undefined;
  let stopRepeating = () => {};

  const send = () => {
    if (!report) return;
    publish({ state: { reported: { current: report } }, clientToken: token });
    onEvent({ event: 'reported', channel, current: report });
  };

  const isHeard = (version: number) => {
    if (!report || heardVersion !== undefined) return;
    stopRepeating();
    heardVersion = version;
    onEvent({ event: 'confirmed', channel, seq: report.seq, state: report.state });
  };

  const sayUntilHeard = () => {
    stopRepeating();
    count += 1;
    token = `report-${count}`;
    heardVersion = undefined;
    if (online && report) stopRepeating = repeat(clock, backoffs.ask, send);
  };

  return {
    last: () => report,
    say: (next) => {
      report = current.parse(next);
      sayUntilHeard();
    },
    connected: () => {
      online = true;
      sayUntilHeard();
    },
    disconnected: () => {
      online = false;
      stopRepeating();
    },
    askedAgain: (version) => {
      // A delta with the version of our own report is its echo; a later one means that the cloud wants to hear it again.
      const isAsked = heardVersion !== undefined && version > heardVersion;
      if (isAsked) sayUntilHeard();
      return isAsked;
    },
    answered: (of, version) => {
      if (of === token) isHeard(version);
    },
    shown: (reported, version) => {
      if (isDeepStrictEqual(current.safeParse(reported).data, report)) isHeard(version);
    },
    rejected: (message) => {
      const { success, data } = rejectedMessage.safeParse(message);
      // The repetition goes on: a conflict, a throttle or a fault of the cloud passes.
      if (!success || data.clientToken !== token) return;
      onEvent({ event: 'rejected', channel, code: data.code, message: data.message });
    },
  };
};
