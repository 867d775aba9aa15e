// A random walk of one slot: wishes, words in any order and number, clocks that jump; each step is held to the laws.

import fc from 'fast-check';
import { decide } from '#domain/decide';
import type { NewDeployment, Report, ReportState, SlotEvent } from '#domain/event';
import { isRefusal } from '#domain/refusal';
import { emptySlot, type Slot, type SlotId, wakeAtOf } from '#domain/slot';
import { attemptsMax, contextAt, days, frozen, hours, minutes, revisionOf, seconds, start } from './given.ts';
import { broken } from './laws.ts';

/** All that a slot has ever asked for: what a thing may have a word on, early or late. */
interface Asked {
  readonly seq: number;
  readonly revision: string;
}

export interface Walk {
  slot: Slot;
  now: number;
  readonly wished: SlotEvent[];
  readonly asked: Asked[];
  readonly entered: Set<string>;
  readonly left: Set<string>;
  steps: number;
}

export const setOut = (channel: SlotId['channel']): Walk => ({
  slot: frozen(emptySlot({ thing: 'robot-7', channel }, 'acme')),
  now: start,
  wished: [],
  asked: [],
  entered: new Set(),
  left: new Set(),
  steps: 0,
});

/** What a command does, before it is known what the slot looks like then. */
type Intend = (walk: Walk) => SlotEvent | undefined;

const newest = <Item>(items: readonly Item[], back: number): Item | undefined =>
  items[Math.max(0, items.length - 1 - back)];

const isHere = ({ slot }: Walk, id: string): boolean =>
  [...slot.live, ...slot.leaving].some((deployment) => deployment.id === id);

const recordAsked = ({ asked, slot }: Walk): void => {
  const now = [
    ...(slot.target?.revision == null ? [] : [{ seq: slot.target.seq, revision: slot.target.revision }]),
    ...slot.live.map(({ seq, revision }) => ({ seq, revision })),
  ];
  asked.push(...now.filter(({ seq }) => !asked.some((one) => one.seq === seq)));
};

/** Across steps: each that entered is live, or has left, once. */
const keepBooks = (walk: Walk): void => {
  for (const { id } of walk.slot.leaving) {
    if (walk.left.has(id)) throw new Error(`${id} has left twice.`);
    walk.left.add(id);
  }
  for (const { id } of [...walk.slot.live, ...walk.slot.leaving]) walk.entered.add(id);
  const live = walk.slot.live.map(({ id }) => id);
  const back = live.filter((id) => walk.left.has(id));
  if (back.length > 0) throw new Error(`${back.join()} came back.`);
  const lost = [...walk.entered].filter((id) => !walk.left.has(id) && !live.includes(id));
  if (lost.length > 0) throw new Error(`${lost.join()} is lost.`);
};

const take = (walk: Walk, event: SlotEvent): void => {
  const context = contextAt(walk.now);
  const before = walk.slot;
  const answer = decide(before, frozen(event), context);
  const violations = broken({ before, event, context, answer });
  if (violations.length > 0) throw new Error(`${JSON.stringify(event)} breaks: ${violations.join('; ')}`);
  walk.steps += 1;
  if (isRefusal(answer) || !answer.changed) return;
  walk.slot = frozen(answer.slot);
  keepBooks(walk);
  recordAsked(walk);
};

type Command = fc.Command<Walk, null>;

const command = (name: string, clockMs: number, intend: Intend): Command => ({
  check: () => true,
  run: (walk) => {
    walk.now += clockMs;
    const event = intend(walk);
    if (event !== undefined) take(walk, event);
  },
  toString: () => `${name} after ${clockMs} ms`,
});

// ---- what may happen

const clock = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 1, seconds) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 2 * hours }) },
  { weight: 1, arbitrary: fc.integer({ min: -2 * days, max: 30 * days }) },
);

const wish = fc.record({
  clockMs: clock,
  kind: fc.constantFrom('stage' as const, 'deploy' as const),
  track: fc.constantFrom('stable', 'next'),
  deadlineMs: fc.option(fc.integer({ min: -minutes, max: 2 * days })),
  parentBack: fc.option(fc.nat(2)),
});

const parentOf = ({ slot }: Walk, back: number | null) => {
  const parent = back === null ? undefined : newest(slot.live, back);
  return parent === undefined ? {} : { parent: parent.id };
};

const wishing = wish.map(({ clockMs, kind, track, deadlineMs, parentBack }) =>
  command(`${kind} for ${track}`, clockMs, (walk) => {
    const id = `wish ${walk.wished.length + 1}`;
    const deadline = deadlineMs === null ? null : walk.now + deadlineMs;
    const deployment: NewDeployment = { id, revision: revisionOf(id), track, deadline };
    const event: SlotEvent =
      kind === 'stage'
        ? { type: 'stage', deployment }
        : { type: 'deploy', deployment, ...parentOf(walk, parentBack) };
    walk.wished.push(event);
    return event;
  }),
);

/** The engine knows what is over by its record; what is here it leaves to the slot. */
const wishingAgain = fc.record({ clockMs: clock, back: fc.nat(5) }).map(({ clockMs, back }) =>
  command(`the same wish again, ${back} back`, clockMs, (walk) => {
    const event = newest(walk.wished, back);
    const isWish = event?.type === 'stage' || event?.type === 'deploy';
    return isWish && isHere(walk, event.deployment.id) ? event : undefined;
  }),
);

const choosing = fc
  .record({
    clockMs: clock,
    type: fc.constantFrom('deploy staged' as const, 'archive' as const),
    back: fc.nat(6),
    seen: fc.constantFrom('nothing', 'the last version', 'an old version'),
  })
  .map(({ clockMs, type, back, seen }) =>
    command(`${type}, ${back} back, having seen ${seen}`, clockMs, ({ entered, slot }) => {
      const id = newest([...entered], back) ?? 'nobody knows';
      const version =
        (slot.live.find((one) => one.id === id)?.version ?? 1) - (seen === 'an old version' ? 1 : 0);
      return { type, id, ...(seen === 'nothing' ? {} : { version }) };
    }),
  );

const states: readonly ReportState[] = ['applying', 'applied', 'removed', 'retrying', 'failed'];

const word = fc.record({
  clockMs: clock,
  state: fc.oneof(fc.constant('applied' as const), fc.constantFrom(...states)),
  back: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(8) }),
  attempt: fc.integer({ min: 0, max: attemptsMax + 1 }),
  wrong: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
});

const saying = word.map(({ clockMs, state, back, attempt, wrong }) =>
  command(
    `${state}${wrong ? ' something else' : ''}, attempt ${attempt}, ${back} back`,
    clockMs,
    ({ asked }) => {
      const about = newest(asked, back);
      if (about === undefined) return undefined;
      const revision = wrong ? revisionOf('something else') : about.revision;
      const report: Report = { seq: about.seq, revision, state, attempt, failure: null };
      return { type: 'report', report };
    },
  ),
);

const looking = clock.map((clockMs) =>
  command('look', clockMs, (walk) => {
    walk.now = Math.max(walk.now, wakeAtOf(walk.slot) ?? walk.now);
    return { type: 'look' };
  }),
);

const happening = fc
  .record({
    clockMs: clock,
    type: fc.constantFrom(
      'thing offline' as const,
      'thing online' as const,
      'give up' as const,
      'redrive' as const,
      'reissue' as const,
      'settle' as const,
    ),
  })
  .map(({ clockMs, type }) => command(type, clockMs, () => ({ type })));

const abandoning = clock.map((clockMs) => command('abandon', clockMs, () => ({ type: 'abandon' })));

const anything = fc.oneof(
  { weight: 6, arbitrary: wishing },
  { weight: 1, arbitrary: wishingAgain },
  { weight: 4, arbitrary: choosing },
  { weight: 8, arbitrary: saying },
  { weight: 2, arbitrary: looking },
  { weight: 3, arbitrary: happening },
  { weight: 1, arbitrary: abandoning },
);

export const walks: fc.Arbitrary<Iterable<Command>> = fc.commands([anything], {
  maxCommands: 60,
  size: '+1',
});
