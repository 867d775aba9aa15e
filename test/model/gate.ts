// A process of the real engine that stands still before each call of its ports, until somebody lets that call go.
import type { World } from '#engine/ports';

export interface Parked {
  /** `slots.load`, `shadows.write`. */
  readonly call: string;
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

/** Reads and writes of what never changes: they may come whenever they like. */
const isFree = (port: string): boolean => port === 'contents' || port === 'repeats';

const gatedPort = (
  port: string,
  over: Readonly<Record<string, Method>>,
  park: (call: string) => Promise<void>,
) =>
  Object.fromEntries(
    Object.entries(over).map(([name, method]) => [
      name,
      isFree(port)
        ? method
        : async (...args: readonly unknown[]) => {
            await park(`${port}.${name}`);
            return method(...args);
          },
    ]),
  );

const values: ReadonlySet<string> = new Set(['clock', 'chance']);

const gatedWorld = (world: World, park: (call: string) => Promise<void>): World =>
  Object.fromEntries(
    Object.entries(world).map(([port, over]) => [
      port,
      values.has(port) ? over : gatedPort(port, over as unknown as Readonly<Record<string, Method>>, park),
    ]),
  ) as unknown as World;

/** Begins, and stands before its first call. A process that is never let go again has died. */
export const start = (world: World, act: (world: World) => Promise<unknown>): Running => {
  let parked: Parked[] = [];
  let isOver = false;
  let fault: unknown;
  const park = (call: string): Promise<void> =>
    new Promise((resolve) => {
      const one: Parked = {
        call,
        go: () => {
          parked = parked.filter((other) => other !== one);
          resolve();
        },
      };
      parked = [...parked, one];
    });
  act(gatedWorld(world, park))
    .catch((cause: unknown) => {
      fault = cause;
    })
    .finally(() => {
      isOver = true;
    });
  return { parked: () => parked, isOver: () => isOver, fault: () => fault };
};
