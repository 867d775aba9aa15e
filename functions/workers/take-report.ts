// Takes what things say of themselves: reports from their shadows, and their comings and goings.
import * as z from 'zod';
import { result } from '#device/result';
import { channel, current, ping } from '#device/shadow';
import { takePresence } from '#engine/take-presence';
import { takeReport } from '#engine/take-report';
import { takeResult } from '#engine/take-result';
import { readEnvironment } from '../wiring/env.ts';
import { liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { receivesOf, worker } from '../wiring/worker.ts';

const env = readEnvironment('take-report');
const log = lambdaLog('take-report', env.STAGE);
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
});

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

/** True when it was news. */
const takers: { readonly [Kind in Word['kind']]: (said: Extract<Word, { kind: Kind }>) => Promise<boolean> } =
  {
    report: ({ thing, channel, current }) => takeReport(world)({ thing, channel }, current),
    presence: ({ thing, eventType, versionNumber, timestamp }) =>
      takePresence(world)({ thing, eventType, versionNumber, at: timestamp }),
    result: ({ thing, kind: _, ...given }) => takeResult(world)(thing, given),
    pong: async ({ thing, ping, timestamp }) => {
      await world.pongs.add(thing, ping, timestamp);
      return true;
    },
  };

const take = (said: Word): Promise<boolean> => (takers[said.kind] as (said: Word) => Promise<boolean>)(said);

export const handler = worker({
  take: async (body, { messageId }) => {
    const parsed = word.safeParse(body);
    const { data: { thing } = {} } = anything.safeParse(body);
    if (!parsed.success)
      return log.line({ code: 'report.malformed', thing, messageId, reason: parsed.error.message });
    const changed = await take(parsed.data);
    const facts = parsed.data.kind === 'report' ? parsed.data.current : undefined;
    log.line({
      code: 'report.taken',
      thing,
      kind: parsed.data.kind,
      deployment: facts?.deployment,
      seq: facts?.seq,
      state: facts?.state,
      changed,
    });
  },
  failed: async (body, record, cause) => {
    const { data: { thing } = {} } = anything.safeParse(body);
    log.fault(
      { code: 'report.later', thing, messageId: record.messageId, receives: receivesOf(record) },
      cause,
    );
  },
});
