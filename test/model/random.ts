// Chance that is the same in every run: draws from a seed.
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Dice {
  /** An integer from 0 to `sides - 1`. */
  readonly below: (sides: number) => number;
  readonly isHit: (probability: number) => boolean;
  readonly oneOf: <Item>(items: readonly Item[]) => Item;
}

const grain = 1_000_000;

export const dice = (seed: number): Dice => {
  const generator = xoroshiro128plus(seed);
  const below = (sides: number): number => uniformInt(generator, 0, sides - 1);
  return {
    below,
    isHit: (probability) => below(grain) < probability * grain,
    oneOf: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error('There is nothing to choose from.');
      return item;
    },
  };
};
