// Carries transitions to the devices' shadows.
import { transitionMessage } from '#adapters/sqs/transitions';
import { carryOut } from '#engine/carry-out';
import { giveUp } from '#engine/hand-over';
import { Unavailable } from '#engine/ports';
import { readEnvironment } from '../wiring/env.ts';
import { liveDevices, liveStore, liveTransitions, worldOf } from '../wiring/live.ts';
import { lambdaLog } from '../wiring/log.ts';
import { receivesOf, worker } from '../wiring/worker.ts';

const env = readEnvironment('carry-out-transition');
const log = lambdaLog('carry-out-transition', env.STAGE);
const world = worldOf({
  ...liveStore(env.TABLE_NAME),
  ...liveDevices(),
  transitions: liveTransitions(env.TRANSITIONS_QUEUE_URL),
});

export const handler = worker({
  take: async (body, record) => {
    const { thing, channel } = transitionMessage.parse(body);
    const outcome = await carryOut(world)({ thing, channel });
    log.line({
      code: 'transition.carried_out',
      thing,
      channel,
      outcome,
      messageId: record.messageId,
      receives: receivesOf(record),
    });
  },
  failed: async (body, record, cause) => {
    const { data: slot } = transitionMessage.safeParse(body);
    const last = receivesOf(record) >= env.RECEIVES_MAX;
    const facts = { ...slot, v: undefined, messageId: record.messageId, receives: receivesOf(record) };
    log.fault({ code: last ? 'transition.given_up' : 'transition.later', ...facts }, cause);
    // What is only unavailable comes back by itself: the sweeper looks again, an operator could do no better.
    if (last && slot !== undefined && !(cause instanceof Unavailable)) await giveUp(world)(slot);
  },
});
