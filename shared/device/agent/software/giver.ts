// Says each result until the cloud has it, which it shows by taking its pointer off the list: MQTT at QoS 0 tells nobody.
import type { Result } from '../../result.ts';
import { backoffs, repeat } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { Pointer } from './list.ts';

export interface Giver {
  /** These are waited for, and no others: what is new among them is said at once. */
  give(results: readonly (readonly [Pointer, Result])[]): void;
  /** Somebody asks: all of them at once, and from there on with patience again. */
  again(): void;
}

interface Dependencies {
  readonly clock: Clock;
  readonly publish: (result: Result) => void;
}

interface Given {
  readonly say: () => void;
  stop(): void;
}

export const createGiver = ({ clock, publish }: Dependencies): Giver => {
  const given = new Map<string, Given>();

  const begin = ({ say }: Pick<Given, 'say'>): Given => ({ say, stop: repeat(clock, backoffs.give, say) });

  return {
    give: (results) => {
      // A thing that starts from nothing is asked for the same deployment under another seq.
      const wanted = new Map(
        results.map(([pointer, result]) => [`${pointer.seq} ${pointer.deployment}`, { pointer, result }]),
      );
      for (const [key, one] of given) {
        if (wanted.has(key)) continue;
        one.stop();
        given.delete(key);
      }
      for (const [key, { pointer, result }] of wanted) {
        if (given.has(key)) continue;
        const { seq, deployment } = pointer;
        given.set(key, begin({ say: () => publish({ ...result, seq, deployment }) }));
      }
    },
    again: () => {
      for (const [key, one] of given) {
        one.stop();
        given.set(key, begin(one));
      }
    },
  };
};
