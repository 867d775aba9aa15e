// One step of the model: what it is called, and what is left after it.
import type { Cell } from './cell.ts';
import type { Happening } from './deciding.ts';
import type { Process } from './process.ts';

export interface Step {
  readonly label: string;
  readonly cell: Cell;
  /** What the process is about next; undefined: it is over, or there was none. */
  readonly process?: Process | undefined;
  /** The slot has a new version: whoever has loaded it is stale. */
  readonly saved?: boolean;
  /** One more deployment is asked for. */
  readonly wishes?: boolean;
  /** What a process begins to do here: an event to bring about, or a message to carry out. */
  readonly begins?: Happening | 'carry';
  /** Said before, and said again because it may have been lost. */
  readonly repeats?: boolean;
  /** Invariants that this step breaks. */
  readonly broken?: readonly string[];
}
