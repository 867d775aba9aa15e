// Takes an IoT lifecycle event: a thing has connected or disconnected. They come in any order.
import { type ChangesSlots, changeSlot } from './change-slot.ts';
import type { Presence, Thing, World } from './ports.ts';

export interface LifecycleEvent {
  readonly thing: string;
  readonly eventType: 'connected' | 'disconnected';
  /** Grows with every connection of one client, and begins at 0 again when it was away for about an hour. */
  readonly versionNumber: number;
  readonly at: number;
}

type Needs = ChangesSlots & Pick<World, 'things'>;

const presences: Readonly<
  Record<LifecycleEvent['eventType'], (before: Presence, event: LifecycleEvent) => Presence>
> = {
  connected: (before, { versionNumber, at }) => ({
    ...before,
    state: 'online',
    versionNumber,
    connectedAt: at,
  }),
  disconnected: (before, { versionNumber, at }) => ({
    ...before,
    state: 'offline',
    versionNumber,
    disconnectedAt: at,
  }),
};

const withPresence = (thing: Thing, event: LifecycleEvent): Thing => ({
  ...thing,
  presence: presences[event.eventType](thing.presence, event),
  version: thing.version + 1,
});

/** Half of AWS's hour: events that are further apart are told apart by their times, which are right to within minutes. */
const sameNumbersMs = 30 * 60 * 1000;

const lastAt = ({ connectedAt, disconnectedAt }: Presence): number =>
  Math.max(connectedAt ?? 0, disconnectedAt ?? 0);

/** They come in any order. A connection and its end have the same number. */
const isNews = (before: Presence, { eventType, versionNumber, at }: LifecycleEvent): boolean => {
  if (before.state === 'never') return true;
  const apartMs = at - lastAt(before);
  if (Math.abs(apartMs) > sameNumbersMs) return apartMs > 0;
  if (versionNumber !== before.versionNumber) return versionNumber > before.versionNumber;
  return before.state === 'online' && eventType === 'disconnected';
};

/** What waited for the thing to connect is looked after again. */
const wakeSlots = async (world: Needs, { name, organization }: Thing): Promise<void> => {
  for (const slot of await world.slots.ofThing(name))
    await changeSlot(world)({ id: slot.id, organization, event: { type: 'thing online' }, by: 'thing' });
};

/** True when it was news. */
export const takePresence =
  (world: Needs) =>
  async (event: LifecycleEvent): Promise<boolean> => {
    for (;;) {
      const thing = await world.things.load(event.thing);
      if (thing === undefined || !isNews(thing.presence, event)) return false;
      // Slots first: should we die in between, the event comes again and finds itself to be news still.
      if (event.eventType === 'connected') await wakeSlots(world, thing);
      if ((await world.things.save(withPresence(thing, event))) === 'saved') return true;
    }
  };
