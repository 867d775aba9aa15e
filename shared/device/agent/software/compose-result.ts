// Makes a result of what a run gave back: whole if it fits into one message, and otherwise trimmed from the left, and said so.
import { type Result, resultBytesMax } from '../../result.ts';
import type { Ending } from './ending.ts';
import { endThatFits, jsonBytes, type Text } from './text.ts';

/** Everything of a result that does not come from the process. */
export type Facts = Pick<Result, 'v' | 'seq' | 'deployment' | 'manifest' | 'started_at' | 'finished_at'>;

/** If even the names leave no more than this for what there is to say, the outputs are left out. */
const textBytesMin = 4096;

const notEven =
  'shadowcast: it has so many outputs that not even their names fit into a result; they were left out.\n';

/** Smallest first: whoever needs less than an equal share leaves the rest to the others. */
const sharesOf = (needs: readonly number[], bytesMax: number): number[] => {
  const shares = needs.map(() => 0);
  let left = bytesMax;
  const order = needs.map((need, at) => ({ need, at })).sort((a, b) => a.need - b.need);
  for (const [index, { need, at }] of order.entries()) {
    const share = Math.min(need, Math.floor(left / (order.length - index)));
    shares[at] = share;
    left -= share;
  }
  return shares;
};

const shorten = ({ text, isTrimmed }: Text, need: number, share: number): Text =>
  need <= share ? { text, isTrimmed } : { text: endThatFits(text, share), isTrimmed: true };

const assemble = (facts: Facts, { status }: Ending, texts: readonly (readonly [string, Text])[]): Result => {
  const [stdout, stderr, ...outputs] = texts;
  return {
    ...facts,
    outputs: Object.fromEntries(outputs.map(([name, { text }]) => [name, text])),
    stdout: stdout?.[1].text ?? '',
    stderr: stderr?.[1].text ?? '',
    status_code: status,
    trimmed: [...new Set(texts.flatMap(([name, { isTrimmed }]) => (isTrimmed ? [name] : [])))],
  };
};

/** With the longest seq, because a result may be asked for under another one; and as if all of it were trimmed. */
const bytesOfRest = (facts: Facts, ending: Ending, names: readonly string[]): number => {
  const empty = names.map((name) => [name, { text: '', isTrimmed: true }] as const);
  const longest = { ...facts, seq: Number.MAX_SAFE_INTEGER };
  return Buffer.byteLength(JSON.stringify(assemble(longest, ending, empty)));
};

export const composeResult = (facts: Facts, ending: Ending): Result => {
  const texts = [['stdout', ending.stdout], ['stderr', ending.stderr], ...ending.outputs] as const;
  const bytesMax =
    resultBytesMax -
    bytesOfRest(
      facts,
      ending,
      texts.map(([name]) => name),
    );
  if (bytesMax < textBytesMin && ending.outputs.size > 0) {
    const stderr = { ...ending.stderr, text: `${ending.stderr.text}${notEven}` };
    return composeResult(facts, { ...ending, stderr, outputs: new Map() });
  }
  const needs = texts.map(([, { text }]) => jsonBytes(text));
  const shares = sharesOf(needs, bytesMax);
  const fitting = texts.map(
    ([name, text], index) => [name, shorten(text, needs[index] ?? 0, shares[index] ?? 0)] as const,
  );
  return assemble(facts, ending, fitting);
};
