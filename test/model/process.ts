// The engine's verbs, call by call: what a process of the cloud does between two awaits, with the locals that it carries along.
//
// `changeSlot` and `carryOut` are told here a second time, as a table of the calls that they make. `replay.test.ts` holds this
// telling to the engine: it plays random traces of it with the engine's own verbs, and compares the worlds after every call.

import { rulesOf } from '#domain/channel';
import { isOutstanding } from '#domain/deployment';
import type { SlotEvent } from '#domain/event';
import { findIn, type Slot, toldOf } from '#domain/slot';
import type { Bounds, Rules } from './bounds.ts';
import type { Cell, Shown } from './cell.ts';
import type { Decided, Deciding, Happening } from './deciding.ts';
import { activated } from './device.ts';
import { partsOf } from './group.ts';
import { broken, ofBooks, ofCallBacks, type RecordState } from './invariants.ts';
import type { Step } from './step.ts';

type Then = 'end' | 'find' | 'know' | 'activated' | 'healed' | 'settled' | 'was offline';

/** The change that a process is making of a slot. */
interface Changing extends Happening {
  readonly next: Then;
  /** The deployment whose record goes first, of a wish. */
  readonly files?: string;
}

/** What a carry-out has seen so far. */
interface Carrying {
  readonly slot: Slot;
  readonly online?: boolean;
  readonly shownSeq?: number | null;
}

export type Place =
  | 'load'
  | 'settle'
  | 'save'
  | 'after'
  | 'find record'
  | 'find slot'
  | 'find again'
  | 'know'
  | 'make sure'
  | 'ask presence'
  | 'read shadow'
  | 'write shadow'
  | 'look after'
  | 'load again';

export interface Process {
  readonly at: Place;
  readonly changing?: Changing;
  /** What it holds since it loaded the slot. */
  readonly loaded?: Slot;
  readonly stale?: boolean;
  /** Calls of `settle` or `after` that are still to be made; they go out together. */
  readonly pending?: readonly string[];
  /** Its record has said meanwhile that it was done, and is over. */
  readonly isDone?: boolean;
  readonly carrying?: Carrying;
  /** Of a repeat or a new wish: the deployment that shall be found at the end. */
  readonly finds?: string;
  readonly found?: boolean;
}

export interface Verbs {
  readonly rules: Rules;
  readonly bounds: Bounds;
  readonly decide: Deciding;
}

type Next = Omit<Step, 'label'>;

const over = (cell: Cell): Next => ({ cell, process: undefined });
const goes = (cell: Cell, process: Process): Next => ({ cell, process });

const endOf = (records: Cell['records'], { id, phase }: Slot['leaving'][number]): Cell['records'] =>
  records[id] === 'filed' ? { ...records, [id]: phase } : records;

const ended = (cell: Cell, leaving: Slot['leaving']): Cell => ({
  ...cell,
  records: leaving.reduce(endOf, cell.records),
});

const filed = (cell: Cell, id: string): Cell =>
  cell.records[id] === undefined ? { ...cell, records: { ...cell.records, [id]: 'filed' } } : cell;

// ---- changing a slot

const decisionOf = ({ decide }: Verbs, { loaded, changing }: Process): Decided => {
  const answer = loaded && changing ? decide(loaded, changing) : 'unchanged';
  if (typeof answer === 'string') throw new Error('A process carries only what changes something.');
  return answer;
};

/** Everything that is to be done before the save, and what can be done of it now. */
const beforeSave = (verbs: Verbs, cell: Cell, process: Process): Next => {
  const { made, slot } = decisionOf(verbs, process);
  const { files } = process.changing ?? {};
  const pending = [
    ...(files !== undefined && findIn(slot, files) !== undefined ? ['file'] : []),
    ...(verbs.rules.settlesLeaving && process.loaded?.leaving.length ? ['settle leaving'] : []),
    ...(made.length > 0 ? ['file restores'] : []),
  ];
  return goes(
    cell,
    pending.length === 0 ? { ...process, at: 'save' } : { ...process, at: 'settle', pending },
  );
};

export const load = (verbs: Verbs, cell: Cell, process: Process): Next => {
  const { changing } = process;
  if (changing === undefined) throw new Error('There is nothing to change.');
  const answer = verbs.decide(cell.slot, changing);
  if (answer === 'refused') return over(cell);
  if (answer === 'unchanged') return afterChange(verbs, cell, process, false);
  const holds: Process = { ...process, loaded: cell.slot, stale: false };
  return { ...beforeSave(verbs, cell, holds), broken: answer.broken };
};

const fileRecord = (_: Verbs, cell: Cell, { changing }: Process): Cell => filed(cell, changing?.files ?? '');

const settlers: Readonly<Record<string, (verbs: Verbs, cell: Cell, process: Process) => Cell>> = {
  file: fileRecord,
  'settle leaving': (_, cell, { loaded }) => ended(cell, loaded?.leaving ?? []),
  'file restores': (verbs, cell, process) =>
    decisionOf(verbs, process).made.reduce((now, { id }) => filed(now, id), cell),
};

/** The calls that are still open go out together: any of them may be the next to arrive. */
const openCalls = (process: Process, make: (name: string, rest: Process) => Step): Step[] =>
  (process.pending ?? []).map((name) =>
    make(name, { ...process, pending: (process.pending ?? []).filter((other) => other !== name) }),
  );

const withoutPending = ({ pending: _, ...process }: Process): Process => process;

/** What was filed before, and has ended, is not made a second time. */
const isDoneBy = (name: string, { records }: Cell, { changing, isDone = false }: Process): boolean =>
  name === 'file' ? records[changing?.files ?? ''] !== 'filed' : isDone;

const settled = (verbs: Verbs, cell: Cell, process: Process): Next => {
  const { isDone, ...then } = withoutPending(process);
  return isDone === true ? afterChange(verbs, cell, then, false) : goes(cell, { ...then, at: 'save' });
};

const settle = (verbs: Verbs, cell: Cell, process: Process): Step[] =>
  openCalls(process, (name, rest) => {
    const after = settlers[name]?.(verbs, cell, process) ?? cell;
    const now = { ...rest, ...(isDoneBy(name, after, process) && { isDone: true }) };
    return { label: name, ...(now.pending?.length === 0 ? settled(verbs, after, now) : goes(after, now)) };
  });

const named = (slot: Slot): string[] => [...slot.live, ...slot.leaving].map(({ id }) => id);

const booksOf = (cell: Cell) => ({
  slot: cell.slot,
  recordOf: (id: string): RecordState | undefined => cell.records[id],
  accepted: cell.accepted,
});

/** What leaves and comes back begins anew. */
const calledBackBy = (cell: Cell, changing: Changing | undefined): readonly string[] => {
  const event = changing?.event;
  if (event?.type === 'leave') return [];
  if (event?.type !== 'fall back') return cell.calledBack;
  return [...new Set([...cell.calledBack, ...partsOf(cell, event.from.generation)])].sort();
};

const save = (verbs: Verbs, cell: Cell, process: Process): Next => {
  if (process.stale === true && verbs.rules.conditionalSave) {
    const { loaded: _, stale: __, ...again } = process;
    return goes(cell, { ...again, at: 'load' });
  }
  const { slot, messages } = decisionOf(verbs, process);
  const accepted = [...new Set([...cell.accepted, ...named(slot)])].sort();
  const calledBack = calledBackBy(cell, process.changing);
  const after: Cell = { ...cell, slot, accepted, calledBack };
  const pending = [...(slot.leaving.length > 0 ? ['write ends'] : []), ...(messages > 0 ? ['send'] : [])];
  const next =
    pending.length === 0
      ? afterChange(verbs, after, process, true)
      : goes(after, { ...process, loaded: slot, stale: false, at: 'after', pending });
  return {
    ...next,
    saved: true,
    broken: [...broken(ofBooks, booksOf(after)), ...broken(ofCallBacks, { slot, calledBack })],
  };
};

const afterSave = (verbs: Verbs, cell: Cell, process: Process): Step[] =>
  openCalls(process, (name, rest) => {
    const done = name === 'send' ? { ...cell, message: true } : ended(cell, process.loaded?.leaving ?? []);
    const next =
      rest.pending?.length === 0 ? afterChange(verbs, done, withoutPending(rest), true) : goes(done, rest);
    return { label: name, ...next };
  });

// ---- what comes after a change, by what it was for

const afterwards: Readonly<
  Record<Then, (verbs: Verbs, cell: Cell, process: Process, changed: boolean) => Next>
> = {
  end: (_, cell) => over(cell),
  // What was saved just now need not be read to be told.
  find: (_, cell, { finds }, changed) =>
    changed ? over(cell) : goes(cell, { at: 'find record', ...(finds === undefined ? {} : { finds }) }),
  know: (_, cell) => goes(cell, { at: 'know' }),
  activated: (_, cell) => over(activated(cell)),
  healed: (_, cell, process, changed) => (changed ? over(cell) : notHealed(cell, process)),
  settled: (_, cell, process, changed) => (changed ? over(cell) : writes(cell, process)),
  'was offline': (_, cell, process, changed) =>
    changed ? goes(cell, { at: 'load again', ...carried(process) }) : writes(cell, process),
};

const afterChange = (verbs: Verbs, cell: Cell, process: Process, changed: boolean): Next =>
  afterwards[process.changing?.next ?? 'end'](verbs, cell, process, changed);

// ---- carrying out

const carried = ({ carrying }: Process) => (carrying === undefined ? {} : { carrying });

const slotOf = ({ carrying }: Process): Slot => {
  if (carrying === undefined) throw new Error('There is nothing to carry out.');
  return carrying.slot;
};

const writes = (cell: Cell, process: Process): Next =>
  goes(cell, { at: 'write shadow', carrying: { slot: slotOf(process) } });

const changes = (cell: Cell, process: Process, event: SlotEvent, then: Then): Next =>
  goes(cell, { at: 'load', changing: { event, next: then }, ...carried(process) });

export const carry = (cell: Cell): Next => {
  const { slot } = cell;
  const process: Process = { at: 'write shadow', carrying: { slot } };
  if (slot.target === null) return over(cell);
  if (slot.waiting === null) return goes(cell, { ...process, at: 'make sure' });
  if (slot.waiting.for === 'operator') return changes(cell, { at: 'load' }, { type: 'redrive' }, 'end');
  return goes(cell, slot.waiting.times > 0 ? { ...process, at: 'ask presence' } : process);
};

const notHealed = (cell: Cell, process: Process): Next => {
  const slot = slotOf(process);
  const { shownSeq, online } = process.carrying ?? {};
  if (shownSeq !== slot.target?.seq) return writes(cell, process);
  if (slot.target?.deployment === null && !slot.live.some(isOutstanding))
    return changes(cell, process, { type: 'settle' }, 'settled');
  if (online === true) return writes(cell, process);
  return changes(cell, process, { type: 'thing offline' }, 'was offline');
};

const readShadow = (_: Verbs, cell: Cell, process: Process): Next => {
  const carrying = { slot: slotOf(process), ...process.carrying, shownSeq: cell.shown?.seq ?? null };
  const seen: Process = { ...process, carrying };
  return cell.reported === null
    ? notHealed(cell, seen)
    : changes(cell, seen, { type: 'report', report: cell.reported }, 'healed');
};

/** What is written into a shadow: the target of a slot as it was when it was loaded. */
export const shownOf = (slot: Slot): Shown => ({
  seq: slot.target?.seq ?? 0,
  revision: slot.target?.revision ?? null,
  run:
    rulesOf(slot.id.channel).order === 'queue'
      ? toldOf(slot).map(({ seq, id, revision }) => ({ seq, id, revision }))
      : [],
});

const lookAfter = (cell: Cell, process: Process): Next => {
  const { target } = cell.slot;
  return target === null || target.seq === slotOf(process).target?.seq
    ? over(cell)
    : goes(cell, { at: 'write shadow', carrying: { slot: cell.slot } });
};

// ---- finding what was made

const isThere = (cell: Cell, id: string): boolean => named(cell.slot).includes(id);
const isEnded = (cell: Cell, id: string): boolean => ![undefined, 'filed'].includes(cell.records[id]);

/** Whoever asked for it, and was not refused, is told what has become of it. */
const lostSight = 'what was accepted is in its slot, or its end is on record';

const findAgain = (cell: Cell, { finds = '' }: Process): Next => ({
  ...over(cell),
  broken: isEnded(cell, finds) ? [] : [lostSight],
});

const findSlot = (cell: Cell, process: Process): Next =>
  process.found === true || isThere(cell, process.finds ?? '')
    ? over(cell)
    : goes(cell, { ...process, at: 'find again' });

// ---- all of it

type Taker = (verbs: Verbs, cell: Cell, process: Process) => Next;

const takers: Readonly<Record<Exclude<Place, 'settle' | 'after'>, Taker>> = {
  load,
  save,
  'find record': (_, cell, process) =>
    goes(cell, { ...process, at: 'find slot', found: isEnded(cell, process.finds ?? '') }),
  'find slot': (_, cell, process) => findSlot(cell, process),
  'find again': (_, cell, process) => findAgain(cell, process),
  know: (_, cell) => over({ ...cell, believedOnline: true }),
  'make sure': (_, cell, process) =>
    cell.shown === null || cell.shown.seq === slotOf(process).target?.seq
      ? over(cell)
      : writes(cell, process),
  'ask presence': (_, cell, process) =>
    goes(cell, {
      at: 'read shadow',
      carrying: { slot: slotOf(process), online: cell.believedOnline },
    }),
  'read shadow': readShadow,
  'write shadow': (_, cell, process) =>
    goes({ ...cell, shown: shownOf(slotOf(process)) }, { ...process, at: 'look after' }),
  'look after': (_, cell, process) => lookAfter(cell, process),
  'load again': (_, cell, process) =>
    writes(cell, { ...process, carrying: { slot: cell.slot.version === 0 ? slotOf(process) : cell.slot } }),
};

/** What may be next for a process; the first of them is what happens when nothing goes wrong. */
export const processSteps = (verbs: Verbs, cell: Cell, process: Process): Step[] => {
  if (process.at === 'settle') return settle(verbs, cell, process);
  if (process.at === 'after') return afterSave(verbs, cell, process);
  return [{ label: process.at, ...takers[process.at](verbs, cell, process) }];
};

/** Only these hold a version. */
const holding: ReadonlySet<Place> = new Set<Place>(['settle', 'save']);

export const staleAfterSave = (process: Process): Process =>
  holding.has(process.at) && process.stale === false ? { ...process, stale: true } : process;
