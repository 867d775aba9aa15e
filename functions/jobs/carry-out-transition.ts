// What the transitions worker does with a message: look at the slot that it names.
import { transitionMessage } from '#adapters/sqs/transitions';
import { carryOut } from '#engine/carry-out';
import { giveUp } from '#engine/hand-over';
import { Unavailable, type World } from '#engine/ports';
import type { Log } from '../wiring/log.ts';
import { receivesOf, type Work } from '../wiring/worker.ts';

export const carryOutTransition = (world: World, log: Log, receivesMax: number): Work => ({
  take: async (body, record) => {
    const { thing, channel } = transitionMessage.parse(body);
    const outcome = await carryOut(world)({ thing, channel });
    const { messageId } = record;
    log.line({
      code: 'transition.carried_out',
      thing,
      channel,
      outcome,
      messageId,
      receives: receivesOf(record),
    });
  },
  failed: async (body, record, cause) => {
    const { data: slot } = transitionMessage.safeParse(body);
    const receives = receivesOf(record);
    // What is only unavailable comes back by itself: the sweeper looks again, an operator could do no better.
    const isLost = receives >= receivesMax && !(cause instanceof Unavailable);
    const code = isLost ? 'transition.given_up' : 'transition.later';
    const { messageId } = record;
    log.fault({ code, thing: slot?.thing, channel: slot?.channel, messageId, receives }, cause);
    if (isLost && slot !== undefined) await giveUp(world)(slot);
  },
});
