// What a deployment can be: three words on three axes, and the nine combinations of them that exist.

/** What is wanted of a deployment; moves forward only. Miru's `target_status`. */
export type Wanted = 'staged' | 'deployed' | 'archived';
/** What was last seen of it. Miru's `activity_status`. */
export type Seen = 'drifted' | 'staged' | 'queued' | 'deployed' | 'removing' | 'archived';
/** What stands in its way. Miru's `error_status`. */
export type Trouble = 'none' | 'retrying' | 'failed';

export interface Axes {
  readonly wanted: Wanted;
  readonly seen: Seen;
  readonly trouble: Trouble;
}

/** Every combination that may exist, by name. A deployment carries the name; the three words are read here. */
export const phases = {
  /** Ready, waits for a person to deploy it. */
  staged: { wanted: 'staged', seen: 'staged', trouble: 'none' },
  /** Staged, and since then the slot got something else: a person has to look again. */
  drifted: { wanted: 'staged', seen: 'drifted', trouble: 'none' },
  /** Shall be on the thing; the thing has not confirmed. */
  queued: { wanted: 'deployed', seen: 'queued', trouble: 'none' },
  /** The same, and the thing has reported an attempt that failed. */
  retrying: { wanted: 'deployed', seen: 'queued', trouble: 'retrying' },
  /** The thing has confirmed it. */
  deployed: { wanted: 'deployed', seen: 'deployed', trouble: 'none' },
  /** A newer one has its place; the thing still has this one until it confirms the newer. */
  superseded: { wanted: 'archived', seen: 'deployed', trouble: 'none' },
  /** Taken away by a person; the thing has not confirmed that it is gone. */
  removing: { wanted: 'archived', seen: 'removing', trouble: 'none' },
  /** Over. */
  archived: { wanted: 'archived', seen: 'archived', trouble: 'none' },
  /** Over, and it never worked. */
  failed: { wanted: 'archived', seen: 'archived', trouble: 'failed' },
} as const satisfies Record<string, Axes>;

export type Phase = keyof typeof phases;

export const axesOf = (phase: Phase): Axes => phases[phase];
