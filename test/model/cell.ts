// One device and all that the cloud keeps for it, as one value: equal values are the same state.
//
// Hours, histories and version numbers are left out of it; what they are good for is checked when a step is taken, or kept as
// order: a wait is over at 0, a deadline has passed at 1, and a slot that was saved meanwhile makes whoever holds it stale.
import type { Deployment } from '#domain/deployment';
import type { Report } from '#domain/event';
import { emptySlot, type Slot } from '#domain/slot';
import type { Bounds } from './bounds.ts';
import type { RecordState } from './invariants.ts';

/** What a shadow shows as wanted: the one thing, or the list. */
export interface Shown {
  readonly seq: number;
  readonly revision: string | null;
  readonly run: readonly { readonly seq: number; readonly id: string; readonly revision: string }[];
}

export interface Device {
  readonly online: boolean;
  /** It has lost everything, and is not activated again. */
  readonly isBare: boolean;
  /** What it took last; -1 for none. */
  readonly fence: number;
  /** What it is about to do. */
  readonly doing: Shown | null;
  /** Its last word, said again until the cloud has heard it. */
  readonly last: Report | null;
  /** What is in force: its seq and its revision. */
  readonly applied: { readonly seq: number; readonly revision: string } | null;
  /** Of a queue: what it has run, in order. */
  readonly ran: readonly string[];
}

export interface Cell {
  /** Canonical: see `settleTimes`. */
  readonly slot: Slot;
  readonly records: Readonly<Record<string, RecordState>>;
  /** Deployments that a saved slot has named. */
  readonly accepted: readonly string[];
  /** Whether a message says to look here. One stands for many: it may be taken and stay. */
  readonly message: boolean;
  readonly shown: Shown | null;
  readonly reported: Report | null;
  readonly device: Device;
  /** Words on their way, oldest first; they stay, as every message may come again, and late. */
  readonly words: readonly Report[];
  /** What was asked for, and how: its idempotency key means this for ever. */
  readonly wished: Readonly<Record<string, 'stage' | 'deploy'>>;
  /** Of rollouts: what was called back since it came into its group. */
  readonly calledBack: readonly string[];
  /** Whether the cloud believes that it is connected. */
  readonly believedOnline: boolean;
  /** How often its device has started from nothing. */
  readonly losses: number;
}

export const thing = 'robot-7';
export const organization = 'acme';
export const nothing = 'sha256:nothing';

const freshDevice: Device = {
  online: true,
  isBare: false,
  fence: -1,
  doing: null,
  last: null,
  applied: null,
  ran: [],
};

export const freshCell = ({ channel }: Pick<Bounds, 'channel'>): Cell => ({
  slot: emptySlot({ thing, channel }, organization),
  records: {},
  accepted: [],
  message: false,
  shown: null,
  reported: null,
  device: freshDevice,
  words: [],
  wished: {},
  calledBack: [],
  believedOnline: true,
  losses: 0,
});

/** It has lost everything but its name; what it has said is still on its way. */
export const wiped = (device: Device): Device => ({ ...freshDevice, online: device.online, isBare: true });

const settleDeployment = (one: Deployment): Deployment => ({
  id: one.id,
  phase: one.phase,
  seq: one.seq,
  revision: one.revision,
  track: one.track,
  attempts: one.attempts,
  failure: null,
  result: null,
  deadline: one.deadline === null ? null : 1,
  restores: one.restores,
  ...(one.part === undefined ? {} : { part: one.part }),
  createdAt: 0,
  updatedAt: 0,
  version: 0,
  history: [],
});

/** A slot without its hours, histories and version: whether it was ever saved is left of that. */
export const settleTimes = (slot: Slot): Slot => ({
  id: slot.id,
  organization: slot.organization,
  ...(slot.member === undefined ? {} : { member: slot.member }),
  version: Math.min(slot.version, 1),
  seq: slot.seq,
  target: slot.target,
  waiting: slot.waiting && {
    for: slot.waiting.for,
    since: 0,
    until: slot.waiting.until === null ? null : 0,
    times: Math.min(slot.waiting.times, 1),
  },
  live: slot.live.map(settleDeployment),
  leaving: slot.leaving.map(settleDeployment),
});

export const wordKey = ({ seq, revision, state, attempt }: Report): string =>
  `${seq} ${state} ${revision} ${attempt}`;

/** The newest few; what is older is lost. Said again, a word is new again. */
export const withWord = (words: readonly Report[], word: Report, wordsMax: number): readonly Report[] =>
  words.some((one) => wordKey(one) === wordKey(word)) ? words : [...words, word].slice(-wordsMax);

const sorted = <Value>(of: Readonly<Record<string, Value>>): [string, Value][] =>
  Object.entries(of).sort(([one], [other]) => (one < other ? -1 : 1));

/** Text that two cells share exactly if they are the same state. */
export const cellKey = (cell: Cell, slotName: (slot: Slot) => number): string =>
  JSON.stringify([
    slotName(cell.slot),
    sorted(cell.records),
    [...cell.accepted].sort(),
    cell.message,
    cell.shown,
    cell.reported,
    cell.device,
    cell.words.map(wordKey),
    sorted(cell.wished),
    cell.calledBack,
    cell.believedOnline,
    cell.losses,
  ]);
