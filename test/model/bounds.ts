// How much of the world a search looks at. Every figure that it prints is true within these bounds, and says nothing beyond them.
import { type Channel, rulesOf } from '#domain/channel';
import type { decide } from '#domain/decide';

export interface Bounds {
  readonly name: string;
  readonly channel: Channel;
  readonly devices: 1 | 2;
  /** Deployments that are asked for, over all devices; restores come on top. */
  readonly deployments: number;
  /** Processes of the cloud that are under way at one time: doors, workers, sweepers. */
  readonly workers: number;
  /** `stage` as well as `deploy`, each of another release. */
  readonly stages: boolean;
  /** The second deployment has a deadline. */
  readonly deadlines: boolean;
  /** Devices go offline and come back, and the cloud hears of it late. */
  readonly outages: boolean;
  /** Every delivery of a message may fail, until an operator sends it back. */
  readonly givesUp: boolean;
  /** How often a device loses everything and starts from nothing. */
  readonly losses: number;
  /** Processes die between any two of their calls, as often as they like. */
  readonly crashes: boolean;
  /** How many different words of a device are on their way at one time; the oldest is lost for a newer one. */
  readonly wordsMax: number;
  /** A request is repeated under its idempotency key while, or after, it is answered. */
  readonly repeats: boolean;
  /** Its channel belongs to a group: it joins and leaves, is given parts of rollouts, and called back. */
  readonly group: boolean;
  /** Devices also fail, try again, and say that they have what they were not sent. */
  readonly failures: boolean;
}

const small: Bounds = {
  name: 'small',
  channel: 'release',
  devices: 1,
  deployments: 2,
  workers: 1,
  stages: false,
  deadlines: false,
  outages: false,
  givesUp: false,
  losses: 0,
  crashes: true,
  wordsMax: 2,
  repeats: true,
  failures: true,
  group: false,
};

export const bounds = (over: Partial<Bounds>): Bounds => ({ ...small, ...over });

export const sentenceOf = (of: Bounds): string =>
  [
    `channel ${of.channel} (${rulesOf(of.channel).order})`,
    `${of.devices} device(s)`,
    `${of.deployments} deployments${of.stages ? ', staged or deployed at once' : ''}${of.deadlines ? ', one with a deadline' : ''}`,
    `${of.workers} process(es) at a time`,
    `messages lost, doubled and late (${of.wordsMax} different words of a device on their way)`,
    of.crashes ? 'a crash at each await' : 'no crashes',
    of.repeats ? 'repeated requests' : 'no repeated requests',
    of.failures ? 'devices that fail, retry and lie' : 'devices that obey',
    of.outages ? 'outages' : 'no outages',
    of.givesUp ? 'messages that always fail' : 'no message that always fails',
    of.group ? 'a group that it joins and leaves, whose rollouts give and call back' : 'no group',
    `${of.losses} loss(es) of a device`,
  ].join(', ');

/** What the checked code is made of. A mutant replaces one of them, to see the check fail. */
export interface Rules {
  readonly decide: typeof decide;
  /** A device takes nothing that is older than what it has. */
  readonly deviceFence: boolean;
  /** A save asks for the version that was loaded. */
  readonly conditionalSave: boolean;
  /** What has left a slot gets its end on record before the slot forgets it. */
  readonly settlesLeaving: boolean;
  /** Somebody looks at what is overdue. */
  readonly sweeps: boolean;
}
