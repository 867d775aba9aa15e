// An id says which thing it is for, so that an idempotency key was used for another thing only a note can tell.
import type { Refusal } from '#domain/refusal';
import { type Idempotency, idempotencyMs, idempotentUids, otherRequest } from './ids.ts';
import type { World } from './ports.ts';

export interface Use {
  readonly organization: string;
  readonly thing: string;
  readonly idempotency?: Idempotency;
}

type Needs = Pick<World, 'clock' | 'repeats'>;

const noteOf = (thing: string, at: number): string => `${thing}@${at}`;

const isOther = (note: string | undefined, thing: string, now: number): boolean => {
  const [noted, at] = note?.split('@') ?? [];
  return noted !== undefined && noted !== thing && now - Number(at) < idempotencyMs;
};

/** One write, and only where the caller asked for it with a key. */
export const noteUse = async (
  { clock, repeats }: Needs,
  { organization, thing, idempotency }: Use,
): Promise<Refusal | undefined> => {
  if (idempotency === undefined) return undefined;
  const now = clock.now();
  const [yesterdays, todays] = idempotentUids(clock, organization, idempotency);
  const [before, first] = await Promise.all([
    repeats.find(organization, yesterdays),
    repeats.first(organization, todays, noteOf(thing, now), now),
  ]);
  return isOther(before, thing, now) || isOther(first, thing, now) ? otherRequest() : undefined;
};
