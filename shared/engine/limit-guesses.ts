// Who comes with the same wrong credential again and again is told to wait, and nothing is read for it meanwhile. Every instance counts for
// itself: a count that they shared would cost more than the look that it saves. Only what was wrong is counted, by all that it consists
// of: nobody can use up what belongs to somebody whose credential is good.
import type { Refusal } from '#domain/refusal';
import { askingOf, tooMany, windowAt } from './limits.ts';
import type { Clock } from './ports.ts';

export interface LimitGuesses {
  readonly objection: (source: string, method: string) => Refusal | undefined;
  /** It was wrong. */
  readonly note: (source: string) => void;
  /** Nobody was wrong lately: what has come need not even be told apart. */
  readonly isIdle: () => boolean;
}

/** In a window. */
const wrongMax = 10;
/** Others are not counted: a flood of different ones must neither fill the memory nor make it forget. */
const rememberedMax = 10_000;

export const limitGuesses = ({ now }: Pick<Clock, 'now'>): LimitGuesses => {
  let from = 0;
  let wrong = new Map<string, number>();
  const inThisWindow = (): Map<string, number> => {
    const window = windowAt(now());
    if (window.from !== from) [from, wrong] = [window.from, new Map()];
    return wrong;
  };
  return {
    isIdle: () => inThisWindow().size === 0,
    objection: (source, method) =>
      (inThisWindow().get(source) ?? 0) < wrongMax
        ? undefined
        : tooMany('source', askingOf(method), wrongMax, now()),
    note: (source) => {
      const counted = inThisWindow();
      const before = counted.get(source);
      if (before !== undefined || counted.size < rememberedMax) counted.set(source, (before ?? 0) + 1);
    },
  };
};
