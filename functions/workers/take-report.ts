// Takes what things say of themselves: reports from their shadows, and their comings and goings.
import * as z from 'zod';
import { channel, current } from '#device/shadow';
import { takePresence } from '#engine/take-presence';
import { takeReport } from '#engine/take-report';
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
const word = z.discriminatedUnion('kind', [report, presence]);

/** Whatever a device may publish under its own shadow: only its name is known for sure. */
const anything = z.object({ thing: z.string() }).partial();

const takers = {
  report: (said: z.infer<typeof report>) =>
    takeReport(world)({ thing: said.thing, channel: said.channel }, said.current),
  presence: ({ thing, eventType, versionNumber, timestamp }: z.infer<typeof presence>) =>
    takePresence(world)({ thing, eventType, versionNumber, at: timestamp }),
};

const take = (said: z.infer<typeof word>): Promise<boolean> =>
  said.kind === 'report' ? takers.report(said) : takers.presence(said);

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
