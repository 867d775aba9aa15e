// One step of the model: what it is called, and what is left after it.
import type { Cell } from './cell.ts';
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
  /** A process dies here. */
  readonly dies?: boolean;
  /** Invariants that this step breaks. */
  readonly broken?: readonly string[];
}
