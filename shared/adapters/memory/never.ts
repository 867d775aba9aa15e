// The clock of a store for which nothing grows old.
import type { Clock } from '#engine/ports';

export const never: Pick<Clock, 'now'> = { now: () => 0 };
