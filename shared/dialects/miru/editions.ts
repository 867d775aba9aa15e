// The versions of Miru's API that we speak, as a table of their differences. A newer one is a row, not a copy.

import type * as z from 'zod';
import type { Phase } from '#domain/phase';
import type { activityStatus } from './objects.ts';

type Activity = z.infer<typeof activityStatus>;

export interface Edition {
  /** Routes that this version does not have. */
  readonly without: readonly string[];
  /** Phases that this version has another word for. */
  readonly activity: Partial<Readonly<Record<Phase, Activity>>>;
  /** What a device may be expanded with. */
  readonly deviceExpansions: readonly string[];
  /** Filters that this version does not know. */
  readonly unknownFilters: readonly string[];
  /** Words that this version cannot be asked for. */
  readonly unknownActivities: readonly Activity[];
}

export const editions = {
  '2026-03-09.tetons': {
    without: ['POST /beta/provisioning_tokens'],
    // It has no word for what is being taken away: that is on the device still.
    activity: { removing: 'deployed' },
    deviceExpansions: ['total_count'],
    unknownFilters: ['current_release_id'],
    unknownActivities: ['removing'],
  },
  '2026-05-06.rainier': {
    without: ['POST /beta/devices/{id}/activation_token'],
    activity: {},
    deviceExpansions: ['total_count', 'current_release', 'current_deployment'],
    unknownFilters: [],
    unknownActivities: [],
  },
} as const satisfies Readonly<Record<string, Edition>>;

export type EditionName = keyof typeof editions;

export const editionNames = Object.keys(editions) as EditionName[];

export const isEdition = (name: string | undefined): name is EditionName =>
  name !== undefined && Object.hasOwn(editions, name);

export const editionOf = (name: string): Edition => {
  if (!isEdition(name)) throw new Error(`There is no edition ${name}.`);
  return editions[name];
};
