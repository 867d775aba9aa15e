// Processes that die: at a chosen outward call, just before or just after it, and with everything that they still had in hand.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call } from '#adapters/memory/watch';
import { testChance } from './clock.ts';
import type { SmallSystem } from './small-system.ts';

export interface Death {
  /** Of all outward calls of all processes, from 1. */
  readonly call: number;
  readonly moment: 'before' | 'after';
}

interface Life {
  isOver: boolean;
}

class Died extends Error {}

/** `see` is told of each call that was made, before anybody dies of it. */
export const mortalProcesses = (
  system: Pick<SmallSystem, 'setFault'>,
  deaths: readonly Death[],
  see: (call: Call) => void | Promise<void> = () => undefined,
) => {
  const lives = new AsyncLocalStorage<Life>();
  const numbers = new Map<number, number>();
  const made: string[] = [];
  const died: Death[] = [];

  const dieOf = (life: Life, death: Death): void => {
    if (!deaths.some(({ call, moment }) => call === death.call && moment === death.moment)) return;
    life.isOver = true;
    died.push(death);
    throw new Died(`died ${death.moment} call ${death.call}: ${made[death.call - 1]}`);
  };

  system.setFault(async (call, moment) => {
    const life = lives.getStore();
    if (life === undefined) return;
    // Neither what it had begun at the same time nor what it would do about a failure is left of a dead one.
    if (life.isOver) throw new Died('dead already');
    if (moment === 'before') numbers.set(call.number, made.push(`${call.port}.${call.method}`));
    else await lives.exit(() => see(call));
    dieOf(life, { call: numbers.get(call.number) ?? 0, moment });
  });

  /** Undefined: it died, also where its code took that for a failure and went on. */
  const live = async <Value>(act: () => Promise<Value>): Promise<{ readonly value: Value } | undefined> => {
    const life: Life = { isOver: false };
    try {
      const value = await lives.run(life, act);
      return life.isOver ? undefined : { value };
    } catch (cause) {
      if (life.isOver) return undefined;
      throw cause;
    }
  };

  /** As a client does who got no answer: once more, the same. */
  const insist = async <Value>(act: () => Promise<Value>): Promise<Value> => {
    for (;;) {
      const lived = await live(act);
      if (lived !== undefined) return lived.value;
    }
  };

  return { live, insist, made, died };
};

export type MortalProcesses = ReturnType<typeof mortalProcesses>;

export const tracedOf = ({ made }: MortalProcesses, deaths: readonly Death[]): string =>
  deaths.map(({ call, moment }) => `died ${moment} call ${call}, ${made[call - 1]}`).join('; ');

/** Before and after each of so many calls. */
export const everyDeath = (calls: number): Death[] =>
  Array.from({ length: calls }, (_, at) => at + 1).flatMap((call) => [
    { call, moment: 'before' as const },
    { call, moment: 'after' as const },
  ]);

/** The same in every run; the second one dies of what the first one's death has made necessary. */
export const drawnPairs = (count: number, calls: number, of: string): (readonly [Death, Death])[] => {
  const chance = testChance(of);
  const draw = (max: number): number => Buffer.from(chance.bytes(4)).readUInt32BE() % max;
  const death = (from: number, max: number): Death => ({
    call: from + draw(max),
    moment: draw(2) === 0 ? 'before' : 'after',
  });
  return Array.from({ length: count }, () => {
    const first = death(1, calls);
    return [first, death(first.call + 1, draw(2) === 0 ? 12 : calls)];
  });
};
