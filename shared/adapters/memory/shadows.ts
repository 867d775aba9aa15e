// Shadows in memory, with the thing's side of them for tests.
import type { Channel } from '#domain/channel';
import type { ShadowState, Shadows } from '#engine/ports';
import { shelf } from './shelf.ts';

export interface ShadowWrite {
  readonly thing: string;
  readonly channel: Channel;
  readonly target: Readonly<Record<string, unknown>>;
}

export interface MemoryShadows extends Shadows {
  /** What the thing would write to `reported.current`. */
  readonly report: (thing: string, channel: Channel, current: unknown) => void;
  readonly stateOf: (thing: string, channel: Channel) => ShadowState | undefined;
  /** Every write so far, oldest first. */
  readonly writes: () => readonly ShadowWrite[];
  /** Called after each write, as a delta would reach the thing; answers how to stop. */
  readonly onWrite: (listener: (write: ShadowWrite) => void) => () => void;
}

/** What JSON makes of it on its way to a shadow: keys without a value are not there. */
const asJson = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

export const memoryShadows = (): MemoryShadows => {
  const shadows = shelf<ShadowState>();
  const listeners = new Set<(write: ShadowWrite) => void>();
  const writes: ShadowWrite[] = [];
  return {
    write: async (thing, channel, target) => {
      const write = { thing, channel, target: asJson(target) };
      shadows.put({ current: shadows.get(thing, channel)?.current, target: write.target }, thing, channel);
      writes.push(write);
      for (const listener of listeners) listener(structuredClone(write));
    },
    read: async (thing, channel) => shadows.get(thing, channel),
    report: (thing, channel, current) =>
      shadows.put({ current: asJson(current), target: shadows.get(thing, channel)?.target }, thing, channel),
    stateOf: (thing, channel) => shadows.get(thing, channel),
    writes: () => structuredClone(writes),
    onWrite: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
