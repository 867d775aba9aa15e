// What a device does by itself, as the reference agent does it: takes what its shadow shows, does it, and says so until it is heard.
import type { Report } from '#domain/event';
import type { Bounds, Rules } from './bounds.ts';
import { type Cell, type Device, nothing, type Shown, wiped, withWord } from './cell.ts';
import { attemptsMax } from './deciding.ts';
import type { Step } from './step.ts';

const final: ReadonlySet<Report['state']> = new Set(['applied', 'removed', 'failed']);

const isNews = ({ deviceFence }: Rules, { fence, doing, last }: Device, { seq }: Shown): boolean => {
  if (seq === doing?.seq) return false;
  if (seq === last?.seq && final.has(last.state)) return false;
  return deviceFence ? seq >= fence : true;
};

const withDevice = (cell: Cell, device: Partial<Device>): Cell => ({
  ...cell,
  device: { ...cell.device, ...device },
});

/** Into its shadow, and onto the way to whoever takes reports. */
const says = ({ wordsMax }: Bounds, cell: Cell, word: Report, device: Partial<Device> = {}): Cell => ({
  ...withDevice(cell, { ...device, last: word }),
  reported: word,
  words: withWord(cell.words, word, wordsMax),
});

const wordOn = ({ seq, revision }: Shown, over: Partial<Report>): Report => ({
  seq,
  revision: revision ?? nothing,
  state: 'applied',
  attempt: 1,
  failure: null,
  ...over,
});

const applies = (bounds: Bounds, cell: Cell, doing: Shown): Cell => {
  const revision = doing.revision ?? nothing;
  const word = wordOn(doing, { state: revision === nothing ? 'removed' : 'applied' });
  return says(bounds, cell, word, { doing: null, applied: { seq: doing.seq, revision } });
};

/** Ways in which it does not go as it should. */
const mishaps = (bounds: Bounds, cell: Cell, doing: Shown): Step[] => {
  const { last } = cell.device;
  const failed = last?.seq === doing.seq && last.state === 'retrying' ? last.attempt : 0;
  const again = wordOn(doing, { state: 'retrying', attempt: failed + 1 });
  const steps: Step[] = [
    { label: 'device fails', cell: says(bounds, cell, wordOn(doing, { state: 'failed' }), { doing: null }) },
    {
      label: 'device says that it has another digest',
      cell: says(bounds, cell, wordOn(doing, { revision: 'sha256:other' }), { doing: null }),
    },
  ];
  return failed < attemptsMax
    ? [...steps, { label: 'device will try again', cell: says(bounds, cell, again) }]
    : steps;
};

const takes = (rules: Rules, cell: Cell): Step[] => {
  const { shown, device } = cell;
  if (shown === null || !isNews(rules, device, shown)) return [];
  return [
    { label: `device takes seq ${shown.seq}`, cell: withDevice(cell, { doing: shown, fence: shown.seq }) },
  ];
};

const replaceSteps = (rules: Rules, bounds: Bounds, cell: Cell): Step[] => {
  const { doing } = cell.device;
  if (doing === null) return takes(rules, cell);
  const applied: Step = { label: `device has applied seq ${doing.seq}`, cell: applies(bounds, cell, doing) };
  return [applied, ...takes(rules, cell), ...(bounds.failures ? mishaps(bounds, cell, doing) : [])];
};

type Pointer = Shown['run'][number];

/** What it keeps of a run: that it was, and how it went. */
const kept = (id: string, state: Report['state']): string => `${id} ${state}`;

const ranAs = ({ ran }: Device, id: string): Report['state'] | undefined =>
  (['applied', 'failed'] as const).find((state) => ran.includes(kept(id, state)));

const gives = (
  { wordsMax }: Bounds,
  cell: Cell,
  { seq, revision }: Pointer,
  state: Report['state'],
): Cell => ({
  ...cell,
  words: withWord(cell.words, { seq, revision, state, attempt: 1, failure: null }, wordsMax),
});

const runs = (bounds: Bounds, cell: Cell, pointer: Pointer, state: 'applied' | 'failed'): Step => ({
  label: `device runs ${pointer.id}: ${state}`,
  cell: gives(
    bounds,
    withDevice(cell, { ran: [...cell.device.ran, kept(pointer.id, state)] }),
    pointer,
    state,
  ),
});

/** What it is told of again, under another seq, it has run before: it says how that went. */
const saysAgain = (bounds: Bounds, cell: Cell): Step[] =>
  (cell.device.doing?.run ?? []).flatMap((pointer) => {
    const state = ranAs(cell.device, pointer.id);
    const after = state && gives(bounds, cell, pointer, state);
    return after === undefined || after.words === cell.words
      ? []
      : [
          {
            label: `device gives what ${pointer.id} gave, under seq ${pointer.seq}`,
            cell: after,
            repeats: true,
          },
        ];
  });

const queueSteps = (rules: Rules, bounds: Bounds, cell: Cell): Step[] => {
  const { doing } = cell.device;
  const next = doing?.run.find(({ id }) => ranAs(cell.device, id) === undefined);
  return [
    ...takes(rules, cell),
    ...saysAgain(bounds, cell),
    ...(next === undefined ? [] : [runs(bounds, cell, next, 'applied')]),
    ...(next === undefined || !bounds.failures ? [] : [runs(bounds, cell, next, 'failed')]),
  ];
};

/** Steps of a connected device; the first of them is what an obedient one does. */
export const deviceSteps = (rules: Rules, bounds: Bounds, cell: Cell): Step[] => {
  if (!cell.device.online || cell.device.isBare) return [];
  return bounds.channel === 'software' ? queueSteps(rules, bounds, cell) : replaceSteps(rules, bounds, cell);
};

const outages = (cell: Cell): Step[] => [
  cell.device.online
    ? { label: 'device goes offline', cell: withDevice(cell, { online: false }) }
    : { label: 'device comes back', cell: withDevice(cell, { online: true }) },
  ...(cell.device.online || !cell.believedOnline
    ? []
    : [{ label: 'the cloud hears that it is offline', cell: { ...cell, believedOnline: false } }]),
];

export const sentBack = (cell: Cell): Step[] =>
  cell.slot.waiting?.for === 'operator' && !cell.message
    ? [{ label: 'an operator sends the message back', cell: { ...cell, message: true } }]
    : [];

/** What befalls a device and the wire. */
export const mishapsOf = (bounds: Bounds, cell: Cell): Step[] => [
  ...(cell.message ? [{ label: 'the message is lost', cell: { ...cell, message: false } }] : []),
  ...(bounds.outages ? outages(cell) : []),
  ...sentBack(cell),
];

export const lost = (cell: Cell): Cell => ({
  ...cell,
  device: wiped(cell.device),
  losses: cell.losses + 1,
});

export const activated = (cell: Cell): Cell => withDevice(cell, { isBare: false });
