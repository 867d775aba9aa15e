// Where shadows stay: one row per shadow, and a row without document for a while after it was deleted.
import type { Store } from '../store.ts';
import type { ShadowDocument, ShadowRecord } from './document.ts';
import type { ShadowAddress } from './shadow-topics.ts';

export interface ShadowStore {
  load(address: ShadowAddress): ShadowRecord | undefined;
  save(address: ShadowAddress, document: ShadowDocument): void;
  /** Keeps the version. */
  bury(address: ShadowAddress, deletedAt: number): void;
  /** Named shadows only, sorted, those after `after`. */
  names(thing: string, after: string, limit: number): string[];
}

interface Row {
  version: number;
  document: string | null;
  deleted_at: number | null;
}

const keyOf = ({ thing, shadow }: ShadowAddress) => [thing, shadow ?? ''] as const;

export const openShadowStore = (store: Store): ShadowStore => {
  const select = store.prepare(
    'SELECT version, document, deleted_at FROM shadows WHERE thing = ? AND name = ?',
  );
  const upsert = store.prepare(
    'INSERT OR REPLACE INTO shadows (thing, name, version, document, deleted_at) VALUES (?, ?, ?, ?, NULL)',
  );
  const remove = store.prepare(
    'UPDATE shadows SET document = NULL, deleted_at = ? WHERE thing = ? AND name = ?',
  );
  const list = store.prepare(
    `SELECT name FROM shadows WHERE thing = ? AND name > ? AND name <> '' AND document IS NOT NULL ORDER BY name LIMIT ?`,
  );
  return {
    load: (address) => {
      const row = select.get(...keyOf(address)) as unknown as Row | undefined;
      return row && toRecord(row);
    },
    save: (address, document) => {
      upsert.run(...keyOf(address), document.version, JSON.stringify(document));
    },
    bury: (address, deletedAt) => {
      remove.run(deletedAt, ...keyOf(address));
    },
    names: (thing, after, limit) => list.all(thing, after, limit).map((row) => String(row.name)),
  };
};

const toRecord = ({ version, document, deleted_at }: Row): ShadowRecord => ({
  version,
  ...(document !== null && { document: JSON.parse(document) }),
  ...(deleted_at !== null && { deletedAt: deleted_at }),
});
