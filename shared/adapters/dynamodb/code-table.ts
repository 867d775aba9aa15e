// Words of the domain as one stored letter each. A code never changes its meaning; a new word gets a new letter.
import * as z from 'zod';
import type { Phase } from '#domain/phase';
import type { TargetWaitingFor } from '#domain/waiting';

const phaseCodes: Readonly<Record<Phase, string>> = {
  staged: 's',
  drifted: 'd',
  queued: 'q',
  retrying: 'r',
  deployed: 'D',
  superseded: 'p',
  removing: 'm',
  archived: 'a',
  failed: 'f',
};

const waitCodes: Readonly<Record<TargetWaitingFor, string>> = {
  delivery: 'd',
  'thing offline': 'o',
  'thing applying': 'a',
  'thing retrying': 'r',
  operator: 'p',
};

/** Reads a code back; one that is not in the table is refused. */
const wordsOf = <Word extends string>(codes: Readonly<Record<Word, string>>) => {
  const words = new Map((Object.entries(codes) as [Word, string][]).map(([word, code]) => [code, word]));
  return z.string().transform((code, context): Word => {
    const word = words.get(code);
    if (word !== undefined) return word;
    context.issues.push({ code: 'custom', message: `Unknown code "${code}".`, input: code });
    return z.NEVER;
  });
};

export const phaseCode = (phase: Phase): string => phaseCodes[phase];
export const storedPhase = wordsOf(phaseCodes);
export const waitCode = (waitingFor: TargetWaitingFor): string => waitCodes[waitingFor];
export const storedWait = wordsOf(waitCodes);
