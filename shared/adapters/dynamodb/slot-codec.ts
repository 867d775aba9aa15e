// A slot as an item, small: two live deployments with their histories shall stay under the 1 KB of one write unit.
import * as z from 'zod';
import { channels } from '#device/shadow';
import { type Slot, type SlotId, type Target, type TargetWait, wakeAtOf } from '#domain/slot';
import { storedWait, waitCode } from './code-table.ts';
import { decodeDeployment, encodeDeployment, storedDeployment } from './deployment-codec.ts';
import { type Item, reading } from './item.ts';
import { channelOf, dueIn, type ItemKey, slotKey, thingOf } from './keys.ts';
import { readTexts, storedTexts, type TextReader, type TextWriter, textPlace, writeTexts } from './texts.ts';

const storedTarget = z.tuple([
  z.int(), // seq
  textPlace.nullable(), // deployment
  textPlace.nullable(), // revision
]);

const storedWaiting = z.tuple([
  storedWait, // for
  z.int(), // since
  z.int().nullable(), // until
  z.int(), // times
]);

/** The version of this format: another one is another decoder's. */
const format = 1;

/** Every name is written with every save. Absent: null or empty. */
const storedSlot = z.object({
  pk: z.string(),
  sk: z.string(),
  /** Format. */
  f: z.literal(format),
  /** Version. */
  v: z.int().positive(),
  /** Organization, by its place among the texts. */
  o: textPlace,
  /** Since: what times and seqs are counted from. */
  z: z.int(),
  /** Seq. */
  s: z.int(),
  /** Member: group, generation. */
  m: z.tuple([textPlace, z.int().nonnegative()]).optional(),
  /** Target. */
  g: storedTarget.optional(),
  /** Waiting. */
  w: storedWaiting.optional(),
  /** Live. */
  l: z.array(storedDeployment).default([]),
  /** Leaving. */
  x: z.array(storedDeployment).default([]),
  /** Texts. */
  t: storedTexts,
});

const encodeTarget = (texts: TextWriter, since: number, target: Target): z.input<typeof storedTarget> => [
  target.seq - since,
  texts.placeOrNull(target.deployment),
  texts.placeOrNull(target.revision),
];

const encodeWaiting = (since: number, wait: TargetWait): z.input<typeof storedWaiting> => [
  waitCode(wait.for),
  wait.since - since,
  wait.until === null ? null : wait.until - since,
  wait.times,
];

const sinceOf = (slot: Slot): number => slot.live[0]?.createdAt ?? slot.seq;

const present = <Value>(values: Value[]): Value[] | undefined => (values.length === 0 ? undefined : values);

const keptIn = (slot: Slot): Omit<z.input<typeof storedSlot>, 'pk' | 'sk'> => {
  const texts = writeTexts();
  const since = sinceOf(slot);
  const deployments = encodeDeployment(texts, since);
  return {
    f: format,
    v: slot.version,
    o: texts.place(slot.organization),
    z: since,
    s: slot.seq - since,
    m: slot.member && [texts.place(slot.member.group), slot.member.generation],
    g: slot.target === null ? undefined : encodeTarget(texts, since, slot.target),
    w: slot.waiting === null ? undefined : encodeWaiting(since, slot.waiting),
    l: present(slot.live.map(deployments)),
    x: present(slot.leaving.map(deployments)),
    // Last: what is before has said by now which texts there are.
    t: texts.texts(),
  };
};

export const encodeSlot = (slot: Slot): Item => ({
  ...slotKey(slot.id),
  ...keptIn(slot),
  ...dueIn(slot.id.thing, wakeAtOf(slot)),
});

const decodeTarget = (
  texts: TextReader,
  since: number,
  [seq, deployment, revision]: z.output<typeof storedTarget>,
): Target => ({
  seq: seq + since,
  deployment: texts.atOrNull(deployment),
  revision: texts.atOrNull(revision),
});

const decodeWaiting = (
  since: number,
  [waitingFor, waitsSince, until, times]: z.output<typeof storedWaiting>,
): TargetWait => ({
  for: waitingFor,
  since: waitsSince + since,
  until: until === null ? null : until + since,
  times,
});

const channel = z.enum(channels);

export const decodeSlotId = (key: ItemKey): SlotId => ({
  thing: thingOf(key),
  channel: channel.parse(channelOf(key)),
});

export const decodeSlot = reading('slot', storedSlot, (stored): Slot => {
  const texts = readTexts(stored.t);
  const deployments = decodeDeployment(texts, stored.z);
  return {
    id: decodeSlotId(stored),
    organization: texts.at(stored.o),
    version: stored.v,
    ...(stored.m === undefined ? {} : { member: { group: texts.at(stored.m[0]), generation: stored.m[1] } }),
    seq: stored.s + stored.z,
    target: stored.g === undefined ? null : decodeTarget(texts, stored.z, stored.g),
    waiting: stored.w === undefined ? null : decodeWaiting(stored.z, stored.w),
    live: stored.l.map(deployments),
    leaving: stored.x.map(deployments),
  };
});
