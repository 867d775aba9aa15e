// What a device shadow is: two sections of state, the time of each value, and a version.
import type { JsonObject } from '../json.ts';

export const sections = ['desired', 'reported'] as const;
export type Section = (typeof sections)[number];

export interface ShadowDocument {
  /** A section without content is absent. */
  state: { [section in Section]?: JsonObject };
  /** The shape of `state`, with `{ timestamp }` in place of each value. */
  metadata: { [section in Section]?: JsonObject };
  version: number;
}

/** A deleted shadow leaves its version behind, so that the next one of this name continues from it. */
export interface ShadowRecord {
  version: number;
  document?: ShadowDocument;
  /** Seconds. */
  deletedAt?: number;
}

export const versionsKeptSeconds = 48 * 60 * 60;

/** The version that an update must name, if it names one. */
export const currentVersion = (record: ShadowRecord | undefined, nowSeconds: number): number => {
  if (record === undefined) return 0;
  const isForgotten = record.deletedAt !== undefined && nowSeconds - record.deletedAt >= versionsKeptSeconds;
  return isForgotten ? 0 : record.version;
};
