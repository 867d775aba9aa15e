// A queue that doubles, loses and delays, and brings back what nobody has finished; after some receives it gives up.
import type { Dice } from '#test/model/random';
import type { Badness } from './bad-world.ts';
import { lateMaxMs, minute, odds, second } from './plan.ts';

const visibilityMs = 2 * minute;
export const receivesMax = 8;

/** Answers when it is done; what it throws, or never answers, is delivered again. */
export type Receive<Message> = (message: Message, receives: number) => Promise<void>;

export const badQueue = <Message>({ timeline, tally, isOn }: Badness, receive: Receive<Message>) => {
  const deliver = (message: Message, receives: number): void => {
    let isDone = false;
    receive(message, receives).then(
      () => {
        isDone = true;
      },
      () => undefined,
    );
    timeline.after(visibilityMs, () => {
      if (isDone) return;
      if (receives < receivesMax) deliver(message, receives + 1);
      else tally.add('messages given up');
    });
  };
  const delayMs = (dice: Dice): number => {
    if (!isOn() || !dice.isHit(odds.late)) return dice.below(second);
    tally.add('messages late');
    return dice.below(lateMaxMs);
  };
  return {
    send: (dice: Dice, message: Message): void => {
      if (isOn() && dice.isHit(odds.lost)) {
        tally.add('messages lost');
        return;
      }
      timeline.after(delayMs(dice), () => deliver(message, 1));
      if (!isOn() || !dice.isHit(odds.doubled)) return;
      tally.add('messages doubled');
      timeline.after(delayMs(dice), () => deliver(message, 1));
    },
  };
};
