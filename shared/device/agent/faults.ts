// How a simulated fleet misbehaves on purpose; a real device passes nothing here.
import type { Target } from '../shadow.ts';
import type { Trouble } from './errors.ts';

export interface Faults {
  /** An attempt at this target ends with this error; `retry: false` makes it final. */
  readonly failApply?: (
    target: Target,
    attempt: number,
  ) => (Trouble & { readonly retry?: boolean }) | undefined;
  /** The device acts as if it had never heard of this target. */
  readonly ignoreTarget?: (target: Target) => boolean;
}
