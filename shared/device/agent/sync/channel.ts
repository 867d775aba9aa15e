// A channel of files: what the shadow wants against what this device has said. A message is a hint; seq decides.
import type { Current } from '../../shadow.ts';
import type { Recovered } from '../files/recover.ts';
import { createDuty, type DutyDependencies } from './duty.ts';
import { type ChannelSync, createHearing, type HearingDependencies } from './hearing.ts';
import { readTarget } from './read-target.ts';

export type ChannelDependencies = DutyDependencies & HearingDependencies;

/** States after which nothing more is done for a seq. */
const final: Readonly<Record<Current['state'], boolean>> = {
  applying: false,
  retrying: false,
  applied: true,
  removed: true,
  failed: true,
};

export const createChannel = (needs: ChannelDependencies, { kept }: Recovered): ChannelSync => {
  const hearing = createHearing(needs, kept?.report, (raw, version) => take(raw, version));
  const { reporter, ignore } = hearing;
  const duty = createDuty(needs, reporter, kept);

  /** The whole decision about a target, whatever it says besides its seq. */
  const decide = (seq: number, version: number, act: () => void) => {
    const last = reporter.last();
    if (seq < duty.fence()) return ignore(seq, 'older');
    hearing.heard();
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
    if (needs.faults.ignoreTarget?.(target)) return ignore(target.seq, 'simulated silence');
    decide(target.seq, version, () => duty.start(target));
  };

  return {
    topics: hearing.topics,
    connected: hearing.connected,
    disconnected: hearing.disconnected,
    stop: async () => {
      hearing.disconnected();
      await duty.stop();
    },
  };
};
