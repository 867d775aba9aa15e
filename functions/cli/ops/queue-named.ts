// Which queue is meant: by its own word, as its worker's queue is called, or by its whole name. Never by a part that others have, too.
import type { DeadLetterQueue } from '#adapters/sqs/dead-letters';
import { UsageError } from '../surroundings.ts';

/** `shadowcast-dev-transitions-dead-letters` is also `transitions-dead-letters`, and `transitions`, which it comes from. */
const namesOf = ({ name, source }: DeadLetterQueue, prefix: string): readonly (string | null)[] => {
  const ownPart = (whole: string): string => whole.slice(prefix.length + 1);
  return [name, ownPart(name), source, source === null ? null : ownPart(source)];
};

export const queueNamed = (
  queues: readonly DeadLetterQueue[],
  wanted: string,
  prefix: string,
): DeadLetterQueue => {
  const found = queues.find((queue) => namesOf(queue, prefix).includes(wanted));
  if (found !== undefined) return found;
  const names = queues.map(({ name }) => name).join(', ');
  throw new UsageError(`There is no queue ${wanted} in which work waits for a person; there are: ${names}.`);
};
