// The real `decide`, asked once for each state and event, and held to the invariants each time.
import { isOutstanding } from '#domain/deployment';
import type { Decision, SlotEvent } from '#domain/event';
import { isRefusal } from '#domain/refusal';
import type { Slot } from '#domain/slot';
import type { Rules } from './bounds.ts';
import { nothing, settleTimes } from './cell.ts';
import { broken, ofSlots } from './invariants.ts';

export const attemptsMax = 2;

export const restoreOf = (id: string): string => `r${id}`;

/** What a process holds between its load and its save. */
export interface Decided {
  readonly slot: Slot;
  readonly messages: number;
  /** What is made, and what each brings back. */
  readonly made: readonly { readonly id: string; readonly restores: string | null }[];
  /** Names of invariants that this step breaks, whoever hears what it was confirmed by. */
  readonly broken: readonly string[];
}

export type Answer = Decided | 'refused' | 'unchanged';

/** After its deadline: what comes late is late by one. */
export interface Happening {
  readonly event: SlotEvent;
  readonly late?: boolean;
}

/** Whatever is waited for, the time for it has come; a deadline only when it is late. */
const contextAt = (late: boolean) => ({
  now: late ? 1 : 0,
  by: 'engine',
  attemptsMax,
  nothing,
  idOfRestore: restoreOf,
});

const wordOf = ({ event }: Happening) => (event.type === 'report' ? event.report : undefined);

const isDone = (state: string): boolean => state === 'applied' || state === 'removed';

/** Only the word that comes in can confirm anything. */
const wasHeard =
  (happening: Happening) =>
  (seq: number, revision: string): boolean => {
    const word = wordOf(happening);
    return word !== undefined && isDone(word.state) && word.seq === seq && word.revision === revision;
  };

const decided = (before: Slot, happening: Happening, { slot, made, messages }: Decision): Decided => ({
  slot: settleTimes(slot),
  messages: messages.length,
  made: made.map(({ id, restores }) => ({ id, restores })),
  broken: broken(ofSlots, { before, after: slot, wasHeard: wasHeard(happening) }),
});

/** A version that a wish may compare: there is none in a canonical slot. */
export const deciding = (rules: Rules, slotName: (slot: Slot) => number) => {
  const answers = new Map<string, Answer>();
  return (slot: Slot, happening: Happening): Answer => {
    const key = `${slotName(slot)} ${happening.late === true} ${JSON.stringify(happening.event)}`;
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = rules.decide(slot, happening.event, contextAt(happening.late === true));
    const told: Answer = isRefusal(answer)
      ? 'refused'
      : answer.changed
        ? decided(slot, happening, answer)
        : 'unchanged';
    answers.set(key, told);
    return told;
  };
};

export type Deciding = ReturnType<typeof deciding>;

export const hasDeadline = (slot: Slot): boolean =>
  slot.live.some((one) => isOutstanding(one) && one.deadline !== null);
