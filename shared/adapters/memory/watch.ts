// Counts the calls of a world's ports, and lets tests fail before or after each one: every place where a process can die.
import type { World } from '#engine/ports';

/** Time and chance are values: only the other ports reach outside. */
export type PortName = Exclude<keyof World, 'clock' | 'chance'>;

export interface Call {
  readonly port: PortName;
  readonly method: string;
  readonly args: readonly unknown[];
  /** From 1, over all ports. */
  readonly number: number;
}

/** `after`: the world has changed, and the caller does not get to know. */
export type Fault = (call: Call, moment: 'before' | 'after') => void | Promise<void>;

export interface Watch {
  /** How often a method was called, or all methods of a port, or everything. */
  readonly count: (port?: PortName, method?: string) => number;
  /** Throws in it become the call's; undefined takes it away. */
  readonly setFault: (fault: Fault | undefined) => void;
  readonly watched: <Name extends PortName>(port: Name, over: World[Name]) => World[Name];
}

type Method = (...args: readonly unknown[]) => Promise<unknown> | AsyncIterable<unknown>;
type Around = (moment: 'before' | 'after') => Promise<void>;

async function* aroundEach(items: AsyncIterable<unknown>, around: Around): AsyncIterable<unknown> {
  await around('before');
  yield* items;
  await around('after');
}

const aroundOne = async (ask: () => Promise<unknown>, around: Around): Promise<unknown> => {
  await around('before');
  const answer = await ask();
  await around('after');
  return answer;
};

const isGenerator = (method: unknown): boolean =>
  Object.prototype.toString.call(method) === '[object AsyncGeneratorFunction]';

export const watch = (): Watch => {
  const calls: Call[] = [];
  let fault: Fault | undefined;

  const begin = (port: PortName, method: string, args: readonly unknown[]): Around => {
    const call = { port, method, args, number: calls.length + 1 };
    calls.push(call);
    return async (moment) => fault?.(call, moment);
  };
  const watchedMethod =
    (port: PortName, name: string, method: Method): Method =>
    (...args) => {
      const around = begin(port, name, args);
      return isGenerator(method)
        ? aroundEach(method(...args) as AsyncIterable<unknown>, around)
        : aroundOne(() => method(...args) as Promise<unknown>, around);
    };

  return {
    count: (port, method) =>
      calls.filter(
        (call) =>
          (port === undefined || call.port === port) && (method === undefined || call.method === method),
      ).length,
    setFault: (next) => {
      fault = next;
    },
    watched: (port, over) =>
      Object.fromEntries(
        Object.entries(over).map(([name, method]) => [name, watchedMethod(port, name, method as Method)]),
      ) as unknown as typeof over,
  };
};
