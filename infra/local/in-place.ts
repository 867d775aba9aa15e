// What is put in the place of something for a while: asked one after the other, the last one first, until one answers.

export type InPlace<Given extends readonly unknown[], Answer> = {
  /** Returns what takes it away again. */
  put: (instead: (...given: Given) => Answer | undefined) => () => void;
  /** `undefined` where nothing stands in the way. */
  ask: (...given: Given) => Answer | undefined;
  /** The same, where an answer may take its time. */
  askEach: (...given: Given) => Promise<Awaited<Answer> | undefined>;
};

export const inPlace = <Given extends readonly unknown[], Answer>(): InPlace<Given, Answer> => {
  const all = new Set<(...given: Given) => Answer | undefined>();
  const lastFirst = () => [...all].reverse();
  return {
    put: (instead) => {
      const own = (...given: Given) => instead(...given);
      all.add(own);
      return () => void all.delete(own);
    },
    ask: (...given) => {
      for (const instead of lastFirst()) {
        const answer = instead(...given);
        if (answer !== undefined) return answer;
      }
      return undefined;
    },
    askEach: async (...given) => {
      for (const instead of lastFirst()) {
        const answer = await instead(...given);
        if (answer !== undefined) return answer;
      }
      return undefined;
    },
  };
};
