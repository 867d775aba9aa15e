// One named shadow as a device hears it: the newest target comes by itself, or is asked for; what is in it is for others to judge.
import type { Channel, Current } from '../../shadow.ts';
import { shadowTopics } from '../../topics.ts';
import { backoffs, deltaOverdueMs, repeat } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { Ignored, OnEvent } from '../events.ts';
import { deltaMessage, documentMessage, noSuchShadow, rejectedMessage } from './messages.ts';
import { createReporter, type Reporter } from './reporter.ts';

export interface ChannelSync {
  /** What to subscribe to, and what to do with what comes. */
  readonly topics: ReadonlyMap<string, (message: unknown) => void>;
  connected(): void;
  disconnected(): void;
  stop(): Promise<void>;
}

export interface HearingDependencies {
  readonly thing: string;
  readonly channel: Channel;
  readonly clock: Clock;
  readonly onEvent: OnEvent;
  readonly publish: (topic: string, message: unknown) => void;
}

export interface Hearing extends Omit<ChannelSync, 'stop'> {
  readonly reporter: Reporter;
  /** A target that is new enough has come: nobody needs to ask for it any more. */
  heard(): void;
  ignore(seq: number | null, why: Ignored): void;
}

/** `take` gets what stands under `desired.target`, and the version of the shadow that it comes from. */
export const createHearing = (
  needs: HearingDependencies,
  first: Current | undefined,
  take: (raw: unknown, version: number) => void,
): Hearing => {
  const { thing, channel, clock, onEvent } = needs;
  const names = shadowTopics(thing, channel);
  const publish = (message: unknown) => needs.publish(names.update, message);
  const reporter = createReporter({ channel, clock, onEvent, publish }, first);
  let stopAsking = () => {};

  const heard = () => stopAsking();
  const ignore = (seq: number | null, why: Ignored) => onEvent({ event: 'ignored', channel, seq, why });

  const onDelta = (message: unknown): void => {
    const { success, data } = deltaMessage.safeParse(message);
    if (success) {
      reporter.answered(data.clientToken, data.version);
      take(data.state.target, data.version);
    } else ignore(null, 'unreadable');
  };

  const onDocument = (message: unknown): void => {
    stopAsking();
    const { data } = documentMessage.safeParse(message);
    // Where nothing is wanted there is no delta to answer a report: then the shadow itself shows it.
    if (data) reporter.shown(data.state?.reported?.current, data.version);
    const wanted = data?.state?.desired?.target;
    if (data && wanted !== undefined) take(wanted, data.version);
  };

  const onGetRejected = (message: unknown): void => {
    if (rejectedMessage.safeParse(message).data?.code === noSuchShadow) stopAsking();
  };

  return {
    reporter,
    heard,
    ignore,
    topics: new Map([
      [names.delta, onDelta],
      [names.getAccepted, onDocument],
      [names.getRejected, onGetRejected],
      [names.updateRejected, reporter.rejected],
    ]),
    connected: () => {
      reporter.connected();
      stopAsking();
      // With a report the shadow sends its delta by itself: asking is for who has none, or whose delta was lost.
      const ask = () => needs.publish(names.get, { clientToken: 'get' });
      stopAsking = repeat(clock, backoffs.ask, ask, reporter.last() ? deltaOverdueMs : 0);
    },
    disconnected: () => {
      reporter.disconnected();
      stopAsking();
    },
  };
};
