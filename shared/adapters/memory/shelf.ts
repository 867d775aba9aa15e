// What every store here keeps things on: copies in, copies out, so that nobody shares an object with it.
import { copied } from './copied.ts';

export interface Shelf<Item> {
  readonly get: (...key: readonly string[]) => Item | undefined;
  readonly put: (item: Item, ...key: readonly string[]) => void;
  readonly remove: (...key: readonly string[]) => void;
  readonly removeThose: (match: (item: Item) => boolean) => number;
  /** Those that fit, in the order in which they were first put. */
  readonly those: (fit: (item: Item) => boolean) => Item[];
  /** What is on it at this moment; returns what makes it that again. */
  readonly remember: () => () => void;
}

export type Owned<Item> = Item & { readonly organization: string };

/** JSON keeps the parts of a key apart, whatever they contain. */
const nameOf = (key: readonly string[]): string => JSON.stringify(key);

export const shelf = <Item>(): Shelf<Item> => {
  const items = new Map<string, Item>();
  return {
    get: (...key) => copied(items.get(nameOf(key))),
    put: (item, ...key) => {
      items.set(nameOf(key), copied(item));
    },
    remove: (...key) => {
      items.delete(nameOf(key));
    },
    removeThose: (matches) => {
      const gone = [...items].filter(([, item]) => matches(item));
      for (const [name] of gone) items.delete(name);
      return gone.length;
    },
    // Only what is handed out is copied: a large world is looked through often.
    those: (fit) => [...items.values()].filter(fit).map((item) => copied(item)),
    // Nothing that lies here is ever changed: only replaced.
    remember: () => {
      const then = [...items];
      return () => {
        items.clear();
        for (const [name, item] of then) items.set(name, item);
      };
    },
  };
};

/** What is over is not there any more, for whoever reads. */
export const forgetting = <Item>(kept: Shelf<Item>, isOver: (item: Item) => boolean): Shelf<Item> => ({
  ...kept,
  get: (...key) => {
    const item = kept.get(...key);
    return item === undefined || isOver(item) ? undefined : item;
  },
  those: (fits) => kept.those((item) => !isOver(item) && fits(item)),
});

/** Each key once, in the order asked: a batch answers an item once however often it was asked for. */
export const getMany = <Item>(from: Shelf<Item>, keys: readonly (readonly string[])[]): Item[] => {
  const names = new Set(keys.map(nameOf));
  return [...names].flatMap((name) => {
    const item = from.get(...(JSON.parse(name) as string[]));
    return item === undefined ? [] : [item];
  });
};
