// Which values there are, for an application and all its environments: a document without a single value in it.
//
// A value's text lies in one entry of its own (kind `value`), under a name of chance, and nowhere else. Every version of the document
// refers to it by that name, and so does whatever is rendered later; a secret's text is read only by what renders. When the text is
// purged its name goes into `purged`, and then the entry goes: from that moment on no version can show, restore or deploy it, although
// none of them has changed. A request that dies between the two leaves a text that nobody refers to without finding it purged;
// repeating the purge removes it.
import { own } from '../json.ts';
import type { Version } from '../store/kinds.ts';
import type { Made } from '../store/repeats.ts';

export interface ValueRef {
  /** Name of its text; null when another store keeps the secret. */
  readonly text: string | null;
  readonly description: string;
  readonly isSecret: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly secretKey: string | null;
  readonly storeId: string | null;
  readonly secretVersion: string | null;
  readonly made: Made | null;
}

export type Refs = Readonly<Record<string, ValueRef>>;

export interface ValueSet {
  /** By the uid of the application or the environment whose values they are. */
  readonly scopes: Readonly<Record<string, Refs>>;
  /** How often a secret has been given a text here, by scope and key: its versions are counted on after it was deleted. */
  readonly counts: Readonly<Record<string, number>>;
  readonly purged: readonly string[];
}

export const noValues: ValueSet = { scopes: {}, counts: {}, purged: [] };

/** Whose values are meant: an application's own, or one environment's own. */
export interface Scope {
  readonly uid: string;
  readonly source: 'app' | 'env';
  /** What its secrets are called in the store. */
  readonly storePath: string;
}

export const refsOf = ({ scopes }: ValueSet, uid: string): Refs => scopes[uid] ?? {};

export const withRefs = (values: ValueSet, uid: string, refs: Refs): ValueSet => ({
  ...values,
  scopes: { ...values.scopes, [uid]: refs },
});

export interface SourcedRef {
  readonly source: 'app' | 'env';
  readonly ref: ValueRef;
}

const sourced = (refs: Refs, source: SourcedRef['source']): [string, SourcedRef][] =>
  Object.entries(refs).map(([key, ref]) => [key, { source, ref }]);

/** An application's values, or those with an environment's own over them. */
export const viewFor = (values: ValueSet, appUid: string, envUid?: string): ReadonlyMap<string, SourcedRef> =>
  new Map([
    ...sourced(refsOf(values, appUid), 'app'),
    ...(envUid === undefined ? [] : sourced(refsOf(values, envUid), 'env')),
  ]);

/** As a JSON Patch of the keys would say it. */
export const changeBetween = (to: Refs, from: Refs): Version['change'] => [
  ...Object.keys(from)
    .filter((key) => own(to, key) === undefined)
    .map((key) => ({ op: 'remove' as const, key })),
  ...Object.entries(to)
    .filter(([key, ref]) => ref !== own(from, key))
    .map(([key]) => ({ op: own(from, key) === undefined ? ('add' as const) : ('replace' as const), key })),
];

/** Keys of those whose text was destroyed. */
export const purgedKeys = ({ purged }: ValueSet, refs: Iterable<readonly [string, ValueRef]>): string[] =>
  [...refs].flatMap(([key, { text }]) => (text !== null && purged.includes(text) ? key : []));
