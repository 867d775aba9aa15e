// A process of the real engine that stands still before each call of its ports, until somebody lets that call go.
import type { World } from '#engine/ports';
import { type Touch, touchOf } from './touches.ts';

export interface Parked {
  /** `slots.load`, `shadows.write`. */
  readonly call: string;
  /** Tells it from every other call that this process makes, and is the same in every run. */
  readonly name: string;
  readonly touch: Touch;
  readonly go: () => void;
}

export interface Running {
  /** The calls that it stands before; several when they go out together. */
  readonly parked: () => readonly Parked[];
  readonly isOver: () => boolean;
  /** What it threw, if it has. */
  readonly fault: () => unknown;
}

/** Everything that can happen without another call has happened. */
export const quiet = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Method = (...args: readonly unknown[]) => unknown;
type Park = (call: string, args: readonly unknown[]) => Promise<void>;

/** Reads and writes of what never changes: they may come whenever they like. */
const neverChange = ['contents', 'repeats'] as const;

/** A list is no moment: each of its items is read for itself. */
async function* oneByOne(
  method: Method,
  park: Park,
  rollout: unknown,
  from: number,
  to: number,
): AsyncIterable<unknown> {
  for (let ordinal = from; ordinal < to; ordinal += 1) {
    await park('deliveries.between', [rollout, ordinal]);
    yield* method(rollout, ordinal, ordinal + 1) as AsyncIterable<unknown>;
  }
}

const gatedMethod = (call: string, method: Method, park: Park): Method =>
  call === 'deliveries.between'
    ? (rollout, from, to) => oneByOne(method, park, rollout, Number(from), Number(to))
    : async (...args) => {
        await park(call, args);
        return method(...args);
      };

const gatedPort = (port: string, over: Readonly<Record<string, Method>>, park: Park) =>
  Object.fromEntries(
    Object.entries(over).map(([name, method]) => [name, gatedMethod(`${port}.${name}`, method, park)]),
  );

const values = ['clock', 'chance'] as const;

const gatedWorld = (world: World, free: ReadonlySet<string>, park: Park): World =>
  Object.fromEntries(
    Object.entries(world).map(([port, over]) => [
      port,
      free.has(port) ? over : gatedPort(port, over as unknown as Readonly<Record<string, Method>>, park),
    ]),
  ) as unknown as World;

/** Begins, and stands before its first call. A process that is never let go again has died. Ports that are `free` are called as they come. */
export const start = (
  world: World,
  act: (world: World) => Promise<unknown>,
  free: readonly (keyof World)[] = [],
): Running => {
  let parked: Parked[] = [];
  let isOver = false;
  let fault: unknown;
  const made = new Map<string, number>();
  const nameOf = (call: string, touch: Touch): string => {
    const what = [call, ...touch.writes, ...touch.reads].join(' ');
    const times = (made.get(what) ?? 0) + 1;
    made.set(what, times);
    return times === 1 ? what : `${what} (${times})`;
  };
  const park: Park = (call, args) =>
    new Promise((resolve) => {
      const touch = touchOf(call, args);
      const one: Parked = {
        call,
        name: nameOf(call, touch),
        touch,
        go: () => {
          parked = parked.filter((other) => other !== one);
          resolve();
        },
      };
      parked = [...parked, one];
    });
  act(gatedWorld(world, new Set([...values, ...neverChange, ...free]), park))
    .catch((cause: unknown) => {
      fault = cause;
    })
    .finally(() => {
      isOver = true;
    });
  return { parked: () => parked, isOver: () => isOver, fault: () => fault };
};
