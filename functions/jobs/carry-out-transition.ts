// What the transitions worker does with a message: look at the slot that it names.
import type { SQSRecord } from 'aws-lambda';
import { transitionMessage } from '#adapters/sqs/transitions';
import { carryOut } from '#engine/carry-out';
import { giveUp } from '#engine/hand-over';
import { Unavailable, type World } from '#engine/ports';
import { type TransitionOutcome, transitionMetrics } from '#operations/metrics';
import type { Measured } from '../wiring/emf.ts';
import { ageMsOf, receivesOf, type Work } from '../wiring/worker.ts';

/** Its first receive is no retry, and is not told. */
const measuredOf = ({ clock }: World, record: SQSRecord, outcome: TransitionOutcome): Measured => ({
  [transitionMetrics[outcome]]: 1,
  TransitionAge: ageMsOf(record, clock.now()),
  ...(receivesOf(record) > 1 ? { TransitionRetries: receivesOf(record) - 1 } : {}),
});

export const carryOutTransition = (world: World, receivesMax: number): Work => ({
  take: async (body, record, log) => {
    const { thing, channel } = transitionMessage.parse(body);
    const outcome: TransitionOutcome = await carryOut(world)({ thing, channel });
    log.line({ code: 'transition.carried_out', thing, channel, outcome }, measuredOf(world, record, outcome));
  },
  failed: async (body, record, cause, log) => {
    const { data: slot } = transitionMessage.safeParse(body);
    const receives = receivesOf(record);
    // What is only unavailable comes back by itself: the sweeper looks again, an operator could do no better.
    const isLost = receives >= receivesMax && !(cause instanceof Unavailable);
    const code = isLost ? 'transition.given_up' : 'transition.later';
    const { messageId } = record;
    const outcome: TransitionOutcome = isLost ? 'given up' : 'later';
    const facts = { code, thing: slot?.thing, channel: slot?.channel, outcome, messageId, receives } as const;
    log.fault(facts, cause, measuredOf(world, record, outcome));
    if (isLost && slot !== undefined) await giveUp(world)(slot);
  },
});
