// One channel of a thing: what the shadow wants against what this device has said. A message is a hint; seq decides.
import type { Current } from '../../shadow.ts';
import { shadowTopics } from '../../topics.ts';
import { backoffs, deltaOverdueMs, repeat } from '../backoff.ts';
import type { Ignored } from '../events.ts';
import type { Recovered } from '../files/recover.ts';
import { createDuty, type DutyDependencies } from './duty.ts';
import { deltaMessage, documentMessage, noSuchShadow, rejectedMessage } from './messages.ts';
import { readTarget } from './read-target.ts';
import { createReporter } from './reporter.ts';

export interface ChannelSync {
  /** What to subscribe to, and what to do with what comes. */
  readonly topics: ReadonlyMap<string, (message: unknown) => void>;
  connected(): void;
  disconnected(): void;
  stop(): Promise<void>;
}

export interface ChannelDependencies extends DutyDependencies {
  readonly thing: string;
  readonly publish: (topic: string, message: unknown) => void;
}

/** States after which nothing more is done for a seq. */
const final: Readonly<Record<Current['state'], boolean>> = {
  applying: false,
  retrying: false,
  applied: true,
  removed: true,
  failed: true,
};

export const createChannel = (needs: ChannelDependencies, { kept }: Recovered): ChannelSync => {
  const { channel, clock, faults, onEvent, thing } = needs;
  const names = shadowTopics(thing, channel);
  const publish = (message: unknown) => needs.publish(names.update, message);
  const reporter = createReporter({ channel, clock, onEvent, publish }, kept?.report);
  const duty = createDuty(needs, reporter, kept);
  let stopAsking = () => {};

  const ignore = (seq: number | null, why: Ignored) => onEvent({ event: 'ignored', channel, seq, why });

  /** The whole decision about a target, whatever it says besides its seq. */
  const decide = (seq: number, version: number, act: () => void) => {
    const last = reporter.last();
    if (seq < duty.fence()) return ignore(seq, 'older');
    stopAsking();
    if (seq === duty.inProgress()) return ignore(seq, 'in progress');
    if (seq !== last?.seq || !final[last.state]) return act();
    ignore(seq, 'already reported');
    reporter.askedAgain(version);
  };

  const take = (raw: unknown, version: number) => {
    const reading = readTarget(raw);
    if (reading.is === 'unreadable') return ignore(null, 'unreadable');
    if (reading.is === 'refused') {
      const { envelope, error } = reading;
      return decide(envelope.seq, version, () => duty.refuse(envelope, error));
    }
    const { target } = reading;
    if (faults.ignoreTarget?.(target)) return ignore(target.seq, 'simulated silence');
    decide(target.seq, version, () => duty.start(target));
  };

  const onDelta = (message: unknown): void => {
    const { success, data } = deltaMessage.safeParse(message);
    if (success) take(data.state.target, data.version);
    else ignore(null, 'unreadable');
  };

  const onDocument = (message: unknown): void => {
    stopAsking();
    const { data } = documentMessage.safeParse(message);
    const wanted = data?.state?.desired?.target;
    if (data && wanted !== undefined) take(wanted, data.version);
  };

  const onGetRejected = (message: unknown): void => {
    if (rejectedMessage.safeParse(message).data?.code === noSuchShadow) stopAsking();
  };

  return {
    topics: new Map([
      [names.delta, onDelta],
      [names.getAccepted, onDocument],
      [names.getRejected, onGetRejected],
      [names.updateAccepted, reporter.accepted],
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
    stop: async () => {
      reporter.disconnected();
      stopAsking();
      await duty.stop();
    },
  };
};
