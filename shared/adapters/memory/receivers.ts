// Receivers in memory: whatever the test says that they answer.
import type { Letter, Posted, Receivers } from '#engine/ports';
import { objectionIn } from '#engine/receivers';

export interface MemoryReceivers extends Receivers {
  /** What came through, oldest first. */
  readonly received: () => readonly Letter[];
  /** From now on they answer like this. */
  readonly answerWith: (answer: (letter: Letter) => Posted) => void;
}

export const memoryReceivers = (): MemoryReceivers => {
  const letters: Letter[] = [];
  const objection = objectionIn('public');
  let answer = (_letter: Letter): Posted => ({ status: 204 });
  return {
    objection,
    post: async (letter) => {
      if (objection(letter.url) !== undefined) return { failure: 'address not allowed' };
      letters.push(structuredClone(letter));
      return answer(letter);
    },
    received: () => structuredClone(letters),
    answerWith: (next) => {
      answer = next;
    },
  };
};
