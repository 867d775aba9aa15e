// What a group does to one slot: it takes the thing in, gives it parts of rollouts, calls them back, and lets it go.
//
// Each part is of a rollout of its own, whose generation is one higher than that of the one before. Workers that slept give what was
// called back, as often as they like.
import type { NewDeployment, SlotEvent } from '#domain/event';
import type { Membership } from '#domain/slot';
import type { Cell } from './cell.ts';

export const group = 'line 1';

const ids = ['a', 'b', 'c', 'd'] as const;

export const generationOf = (id: string): number => ids.indexOf(id as 'a') + 1;

export const partsOf = ({ wished }: Pick<Cell, 'wished'>, generation: number): string[] =>
  Object.keys(wished).filter((id) => generationOf(id) === generation);

const within = (id: string): Membership => ({ group, generation: generationOf(id) });

export const fallbackOf = (id: string): string => `f${id}`;

/** What the first brings is what the group has from then on. */
const before = (id: string): NewDeployment | null =>
  id === ids[0] ? null : { id: fallbackOf(id), revision: `sha256:${ids[0]}`, track: null, deadline: null };

export const givesPart = (id: string): Extract<SlotEvent, { type: 'deploy' }> => ({
  type: 'deploy',
  deployment: {
    id,
    revision: `sha256:${id}`,
    track: null,
    deadline: null,
    part: { rollout: id, ordinal: 0 },
  },
  within: within(id),
});

export const callsBack = (id: string): Extract<SlotEvent, { type: 'fall back' }> => ({
  type: 'fall back',
  from: within(id),
  to: before(id),
});

export const joins: SlotEvent = { type: 'join', group };
export const leaves: SlotEvent = { type: 'leave', group };
