// What the reports worker does with a message: take a thing's word, its comings and goings, its answers and results.
import * as z from 'zod';
import { result } from '#device/result';
import { channel, current, ping } from '#device/shadow';
import type { World } from '#engine/ports';
import { takePresence } from '#engine/take-presence';
import { takeReport } from '#engine/take-report';
import { takeResult } from '#engine/take-result';
import { reasonOf } from '../wiring/error-of.ts';
import type { Facts } from '../wiring/facts.ts';
import { receivesOf, type Work } from '../wiring/worker.ts';

/** As the IoT rules write them; the thing's name is the topic's, not the payload's. */
const report = z.object({ kind: z.literal('report'), thing: z.string(), channel, current });
const presence = z.object({
  kind: z.literal('presence'),
  thing: z.string(),
  eventType: z.enum(['connected', 'disconnected']),
  versionNumber: z.number(),
  timestamp: z.number(),
});
const pong = ping.extend({ kind: z.literal('pong'), thing: z.string(), timestamp: z.number() });
const ran = result.extend({ kind: z.literal('result'), thing: z.string() });
const word = z.discriminatedUnion('kind', [report, presence, pong, ran]);

/** Whatever a device may publish under its own shadow: only its name is known for sure. */
const anything = z.object({ thing: z.string() }).partial();

type Word = z.infer<typeof word>;
type Said<Kind extends Word['kind']> = Extract<Word, { kind: Kind }>;

type Takers = { readonly [Kind in Word['kind']]: (said: Said<Kind>) => Promise<boolean> };

/** True when it was news. */
const takersIn = (world: World): Takers => ({
  report: ({ thing, channel, current }) => takeReport(world)({ thing, channel }, current),
  presence: ({ thing, eventType, versionNumber, timestamp }) =>
    takePresence(world)({ thing, eventType, versionNumber, at: timestamp }),
  result: ({ thing, kind: _, ...given }) => takeResult(world)(thing, given),
  pong: async ({ thing, ping, timestamp }) => {
    await world.pongs.add(thing, ping, timestamp);
    return true;
  },
});

const take = (takers: Takers, said: Word): Promise<boolean> =>
  (takers[said.kind] as (said: Word) => Promise<boolean>)(said);

/** What was said, and by what one deployment is followed through every function's lines. */
const factsIn: { readonly [Kind in Word['kind']]: (said: Said<Kind>) => Facts } = {
  report: ({ channel, current: { deployment, seq, state } }) => ({
    channel,
    deployment,
    seq,
    outcome: state,
  }),
  presence: ({ eventType }) => ({ outcome: eventType }),
  result: ({ deployment, seq }) => ({ deployment, seq, outcome: 'ran' }),
  pong: () => ({ outcome: 'pong' }),
};

const factsOf = (said: Word): Facts => (factsIn[said.kind] as (said: Word) => Facts)(said);

export const takeWord = (world: World): Work => {
  const takers = takersIn(world);
  return {
    take: async (body, { messageId }, log) => {
      const parsed = word.safeParse(body);
      const { data: { thing } = {} } = anything.safeParse(body);
      if (!parsed.success)
        return log.line({ code: 'report.malformed', thing, messageId, reason: reasonOf(parsed.error) });
      const changed = await take(takers, parsed.data);
      log.line({
        code: 'report.taken',
        thing,
        ...factsOf(parsed.data),
        repeated: changed ? undefined : true,
      });
    },
    failed: async (body, record, cause, log) => {
      const { data: { thing } = {} } = anything.safeParse(body);
      const { messageId } = record;
      log.fault({ code: 'report.later', thing, messageId, receives: receivesOf(record) }, cause);
    },
  };
};
