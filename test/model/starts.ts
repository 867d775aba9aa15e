// What may begin: a person's wish, a word that arrives, a message that is taken, a look, a device that comes back or starts anew.
//
// A process that has not read anything yet is the same whenever it began, so each begins with its first read; and one that would
// change nothing is not begun, since what it might do later it may as well begin later.
import type { NewDeployment, SlotEvent } from '#domain/event';
import { wakeAtOf } from '#domain/slot';
import { type Cell, wordKey } from './cell.ts';
import { type Happening, hasDeadline } from './deciding.ts';
import { deviceSteps, lost, sentBack } from './device.ts';
import { callsBack, fallbackOf, givesPart, joins, leaves } from './group.ts';
import { carry, load, type Process, type Verbs } from './process.ts';
import type { Step } from './step.ts';

const names = ['a', 'b', 'c', 'd'] as const;

/** The second is of another release, and has a deadline, where the bounds have those. */
const wanted = ({ bounds }: Verbs, id: string): NewDeployment => ({
  id,
  revision: `sha256:${id}`,
  track: bounds.stages && id === 'b' ? 'next' : 'stable',
  deadline: bounds.deadlines && id === 'b' ? 1 : null,
});

const isOver = ({ records }: Cell, id: string): boolean => ![undefined, 'filed'].includes(records[id]);

/** A wish looks first whether it was made before. */
const wish = (verbs: Verbs, cell: Cell, id: string, type: 'stage' | 'deploy'): Step => {
  const event: SlotEvent = { type, deployment: wanted(verbs, id) };
  const process: Process = isOver(cell, id)
    ? { at: 'find record', finds: id }
    : { at: 'load', changing: { event, next: 'find', files: id }, finds: id };
  return { label: `${type} ${id}`, cell, process, begins: { event } };
};

const newWishes = (verbs: Verbs, cell: Cell): Step[] => {
  const id = names[Object.keys(cell.wished).length];
  if (id === undefined) return [];
  const kinds = verbs.bounds.stages ? (['deploy', 'stage'] as const) : (['deploy'] as const);
  return kinds.map((kind) => ({
    ...wish(verbs, { ...cell, wished: { ...cell.wished, [id]: kind } }, id, kind),
    wishes: true,
  }));
};

const repeats = (verbs: Verbs, cell: Cell): Step[] =>
  verbs.bounds.repeats
    ? Object.entries(cell.wished).map(([id, kind]) => {
        const step = wish(verbs, cell, id, kind);
        return { ...step, label: `again: ${step.label}` };
      })
    : [];

const change = (verbs: Verbs, cell: Cell, label: string, changing: Happening): Step[] => {
  if (cell.slot.version === 0 || typeof verbs.decide(cell.slot, changing) === 'string') return [];
  return [
    { label, begins: changing, ...load(verbs, cell, { at: 'load', changing: { ...changing, next: 'end' } }) },
  ];
};

/** What must be on record before the slot may name it is filed first. */
const ofGroup = (verbs: Verbs, cell: Cell, label: string, event: SlotEvent, files?: string): Step[] => {
  if (typeof verbs.decide(cell.slot, { event }) === 'string') return [];
  const changing = { event, next: 'end' as const, ...(files === undefined ? {} : { files }) };
  return [{ label, begins: { event }, ...load(verbs, cell, { at: 'load', changing }) }];
};

const newPart = (verbs: Verbs, cell: Cell): Step[] => {
  const id = names[Object.keys(cell.wished).length];
  if (id === undefined) return [];
  const wished = { ...cell.wished, [id]: 'deploy' as const };
  return ofGroup(verbs, { ...cell, wished }, `part ${id}`, givesPart(id), id).map((step) => ({
    ...step,
    wishes: true,
  }));
};

const group = (verbs: Verbs, cell: Cell): Step[] => [
  ...newPart(verbs, cell),
  ...Object.keys(cell.wished).flatMap((id) => [
    ...ofGroup(verbs, cell, `again: part ${id}`, givesPart(id), id),
    ...ofGroup(
      verbs,
      cell,
      `call back ${id}`,
      callsBack(id),
      callsBack(id).to === null ? undefined : fallbackOf(id),
    ),
  ]),
  ...ofGroup(verbs, cell, 'join', joins),
  ...ofGroup(verbs, cell, 'leave', leaves),
];

const people = (verbs: Verbs, cell: Cell): Step[] => [
  ...newWishes(verbs, cell),
  ...repeats(verbs, cell),
  ...moves(verbs, cell),
];

const moves = (verbs: Verbs, cell: Cell): Step[] =>
  cell.slot.live.flatMap(({ id, phase }) => [
    ...change(verbs, cell, `archive ${id}`, { event: { type: 'archive', id } }),
    ...(phase === 'staged'
      ? change(verbs, cell, `deploy staged ${id}`, { event: { type: 'deploy staged', id } })
      : []),
  ]);

const words = (verbs: Verbs, cell: Cell): Step[] =>
  cell.words.flatMap((report) =>
    change(verbs, cell, `word arrives: ${wordKey(report)}`, { event: { type: 'report', report } }),
  );

const looks = (verbs: Verbs, cell: Cell): Step[] => {
  if (!verbs.rules.sweeps || wakeAtOf(cell.slot) === null) return [];
  const event: SlotEvent = { type: 'look' };
  return [
    ...change(verbs, cell, 'look', { event }),
    ...(hasDeadline(cell.slot) ? change(verbs, cell, 'look after the deadline', { event, late: true }) : []),
  ];
};

const takeMessage = (cell: Cell): Step => ({
  label: 'a worker takes the message',
  begins: 'carry',
  ...carry({ ...cell, message: false }),
});

/** Taken, and yet there: it was sent twice, or comes again because whoever has it now will die. */
const messages = (cell: Cell): Step[] =>
  cell.message
    ? [
        takeMessage(cell),
        { label: 'a worker takes the message, which stays', begins: 'carry', ...carry(cell) },
      ]
    : [];

const givingUp = (verbs: Verbs, cell: Cell): Step[] =>
  verbs.bounds.givesUp && cell.message
    ? change(verbs, cell, 'the last delivery fails', { event: { type: 'give up' } })
    : [];

const comingBack = (verbs: Verbs, { device, ...cell }: Cell): Step[] => {
  if (!device.online || cell.believedOnline) return [];
  const process: Process = { at: 'load', changing: { event: { type: 'thing online' }, next: 'know' } };
  return [
    {
      label: 'the cloud hears that it is online',
      begins: { event: { type: 'thing online' } },
      ...load(verbs, { device, ...cell }, process),
    },
  ];
};

const reissue: Process = { at: 'load', changing: { event: { type: 'reissue' }, next: 'activated' } };

/** Each activation gives out new seqs, so there are only so many: see `mayDie` for the last of them. */
const startingAnew = (verbs: Verbs, cell: Cell): Step[] =>
  cell.losses < verbs.bounds.losses
    ? [
        {
          label: cell.device.isBare ? 'device is activated again' : 'device loses everything',
          begins: { event: { type: 'reissue' } },
          ...load(verbs, lost(cell), reissue),
        },
      ]
    : [];

/** All that a process may begin with here. */
export const starts = (verbs: Verbs, cell: Cell): Step[] =>
  [
    ...(verbs.bounds.group ? group(verbs, cell) : people(verbs, cell)),
    ...words(verbs, cell),
    ...looks(verbs, cell),
    ...messages(cell),
    ...givingUp(verbs, cell),
    ...comingBack(verbs, cell),
    ...startingAnew(verbs, cell),
  ].filter((step) => step.cell !== cell || step.process !== undefined);

const lastWord = (verbs: Verbs, cell: Cell): Step[] => {
  const { last } = cell.device;
  const said = verbs.bounds.channel === 'software' ? cell.words : last === null ? [] : [last];
  return words(verbs, { ...cell, words: said }).map((step) => ({
    ...step,
    cell: { ...step.cell, words: cell.words },
  }));
};

/** Repeats that nobody waits for come in between whatever else happens, and keep nobody from it. */
const useful = (verbs: Verbs, cell: Cell): Step[] =>
  deviceSteps(verbs.rules, verbs.bounds, cell).filter(
    (step) => step.repeats !== true || words(verbs, step.cell).length > 0,
  );

const first = (...lists: readonly (() => readonly Step[])[]): Step | undefined => {
  for (const list of lists) {
    const [step] = list();
    if (step !== undefined) return step;
  }
  return undefined;
};

/** What happens next when no more faults come and everybody does what is theirs to do; undefined: nothing is left. */
export const fairStart = (verbs: Verbs, cell: Cell): Step | undefined => {
  const { device } = cell;
  return first(
    () => (device.isBare ? startingAnew(verbs, cell) : []),
    () => (cell.message ? [takeMessage(cell)] : []),
    () =>
      device.online
        ? []
        : [{ label: 'device comes back', cell: { ...cell, device: { ...device, online: true } } }],
    () => comingBack(verbs, cell),
    // Before it says something else: there is only so much room on the way.
    () => lastWord(verbs, cell),
    () => useful(verbs, cell).slice(0, 1),
    () => sentBack(cell),
    () => looks(verbs, cell),
  );
};
