// What a tool is given to run, and what it must answer.
import type { Run } from '../../result.ts';
import type { Clock } from '../clock.ts';
import type { Ending } from './ending.ts';

export interface Job {
  readonly run: Run;
  /** A folder for this run alone; it may be gone, and what is in it may be thrown away. */
  readonly place: string;
  /** Where programs are looked for. */
  readonly path: string;
  readonly clock: Clock;
  readonly onSpawned: (pid: number) => Promise<void>;
}

/** Raising the signal ends it early; it answers nevertheless. */
export type Execute = (job: Job, signal: AbortSignal) => Promise<Ending>;
