// Claims: items whose key is what only one may have (a label, a slug), written and released with the item that has it.
import * as z from 'zod';
import { type Condition, isNew } from './condition.ts';
import { type Item, reading } from './item.ts';
import { getItem, putItem } from './items.ts';
import { claimKey, type ItemKey } from './keys.ts';
import { noteList } from './lists.ts';
import type { Table } from './table.ts';
import { transact, type Write } from './transact.ts';

/** A versioned item and what only it may have. */
export interface Claimant {
  readonly item: Item;
  /** Saved if the stored version is one less. */
  readonly version: number;
  /** How a claim says whose it is. */
  readonly holder: string;
  /** Keys of its claims by a name for the caller. */
  readonly claims: Readonly<Record<string, ItemKey>>;
}

export type SavedClaimant =
  | { readonly saved: true }
  | { readonly saved: false; readonly because: 'changed meanwhile' }
  | { readonly saved: false; readonly because: 'taken'; readonly name: string };

const saved: SavedClaimant = { saved: true };
const changedMeanwhile: SavedClaimant = { saved: false, because: 'changed meanwhile' };

// ---- reading

const storedClaimant = z.object({ version: z.int(), claims: z.array(z.string()) });
const standing = reading('item with claims', storedClaimant, (stored) => stored);

const storedClaim = z.object({ holder: z.string() });
const decodeHolder = reading('claim', storedClaim, ({ holder }): string => holder);

export const holderOf = async (table: Table, key: ItemKey): Promise<string | undefined> => {
  const item = await getItem(table, key);
  return item && decodeHolder(item);
};

// ---- writing

const claimsOf = ({ claims }: Claimant): string[] => Object.values(claims).map(({ pk }) => pk);

/** The item itself carries its version and its claims: a condition can compare both, and a change knows what to release. */
const itemOf = (claimant: Claimant): Item => ({
  ...claimant.item,
  version: claimant.version,
  claims: claimsOf(claimant),
});

const isAfter = ({ version }: Claimant): Condition =>
  version === 1
    ? isNew
    : {
        expression: '#version = :before',
        names: { '#version': 'version' },
        values: { ':before': version - 1 },
      };

const isAfterWithTheSame = (claimant: Claimant): Condition => ({
  expression: '#version = :before AND #claims = :claims',
  names: { '#version': 'version', '#claims': 'claims' },
  values: { ':before': claimant.version - 1, ':claims': claimsOf(claimant) },
});

/** Claims that were not held before, by their names; those that are held no longer are released. */
const saveChanged = async (
  table: Table,
  claimant: Claimant,
  held: readonly string[],
): Promise<SavedClaimant> => {
  const wanted = Object.entries(claimant.claims).filter(([, { pk }]) => !held.includes(pk));
  const released = held.filter((pk) => !claimsOf(claimant).includes(pk));
  const writes: Write[] = [
    { put: itemOf(claimant), condition: isAfter(claimant) },
    ...wanted.map(([, key]) => ({ put: { ...key, holder: claimant.holder }, condition: isNew })),
    ...released.map((pk) => ({ remove: claimKey(pk) })),
  ];
  const outcome = await transact(table, writes);
  if (outcome.done) return saved;
  // The item itself comes first: one that has changed may well have other claims, too.
  const [place = 0] = outcome.failed;
  const [name] = wanted[place - 1] ?? [];
  return name === undefined ? changedMeanwhile : { saved: false, because: 'taken', name };
};

const saveUnchanged = async (table: Table, claimant: Claimant): Promise<SavedClaimant> => {
  const isNewAlone = claimant.version === 1;
  const put = await putItem(table, itemOf(claimant), isNewAlone ? isNew : isAfterWithTheSame(claimant));
  if (put.done) return saved;
  if (isNewAlone || put.found === undefined) return changedMeanwhile;
  const { version, claims } = standing(put.found);
  return version === claimant.version - 1 ? saveChanged(table, claimant, claims) : changedMeanwhile;
};

const isTheVersion = ({ version }: Claimant): Condition => ({
  expression: 'attribute_not_exists(pk) OR #version = :version',
  names: { '#version': 'version' },
  values: { ':version': version },
});

/** Somebody else may have the claim by now, if this is a repeat. */
const isHeldBy = ({ holder }: Claimant): Condition => ({
  expression: 'attribute_not_exists(pk) OR #holder = :holder',
  names: { '#holder': 'holder' },
  values: { ':holder': holder },
});

/** With its claims. True also when it is gone already: what is wanted is so. */
export const removeClaimant = async (table: Table, claimant: Claimant, key: ItemKey): Promise<boolean> => {
  const claims = Object.values(claimant.claims);
  const outcome = await transact(table, [
    { remove: key, condition: isTheVersion(claimant) },
    ...claims.map((remove) => ({ remove, condition: isHeldBy(claimant) })),
  ]);
  // The item comes first: if only a claim is somebody else's, the item is gone already.
  return outcome.done || !outcome.failed.includes(0);
};

/** A transaction costs twice and conflicts: only where a claim is made or released. */
export const saveClaimant = async (table: Table, claimant: Claimant): Promise<SavedClaimant> => {
  if (claimant.version !== 1) return saveUnchanged(table, claimant);
  await noteList(table, claimant.item);
  return claimsOf(claimant).length > 0 ? saveChanged(table, claimant, []) : saveUnchanged(table, claimant);
};
