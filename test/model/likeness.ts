// Whether the model and the real world say the same, though they have other names for everything: each name here stands for one there.
import { isDeepStrictEqual } from 'node:util';

export interface Names {
  /** Throws when either has stood for another before. */
  readonly same: (kind: string, here: string | number, there: string | number) => void;
  readonly thereOf: (kind: string, here: string | number) => string | number | undefined;
}

export const names = (): Names => {
  const there = new Map<string, string | number>();
  const here = new Map<string, string | number>();
  return {
    same: (kind, one, other) => {
      const [forward, back] = [`${kind} ${one}`, `${kind} ${other}`];
      if ((there.get(forward) ?? other) !== other || (here.get(back) ?? one) !== one)
        throw new Error(
          `The ${kind} ${one} was ${there.get(forward)} and is ${other}, which was ${here.get(back)}.`,
        );
      there.set(forward, other);
      here.set(back, one);
    },
    thereOf: (kind, one) => there.get(`${kind} ${one}`),
  };
};

/** A fact of one side: what has a name, and what is compared as it is. */
export interface Facts {
  readonly named: readonly (readonly [kind: string, name: string | number])[];
  readonly plain: unknown;
}

export const compare = (names: Names, where: string, here: Facts, there: Facts): void => {
  if (!isDeepStrictEqual(here.plain, there.plain))
    throw new Error(`${where}: ${JSON.stringify(here.plain)} here, ${JSON.stringify(there.plain)} there.`);
  for (const [at, [kind, name]] of here.named.entries())
    names.same(kind, name, there.named[at]?.[1] ?? 'nothing');
};
