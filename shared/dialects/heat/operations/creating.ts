// What every POST that makes a record needs: its id, and the id that an equal request may have used before.
import type { World } from '#engine/ports';
import type { Call } from '../../dialect.ts';
import { idempotentUuids, newUuid } from '../ids.ts';

type Creating = Pick<Call<unknown, unknown>, 'principal' | 'route' | 'idempotencyKey'>;

export const idsFor = (
  { clock, chance }: Pick<World, 'clock' | 'chance'>,
  { principal: { organization }, route, idempotencyKey }: Creating,
): readonly [string, ...string[]] => {
  if (idempotencyKey === undefined) return [newUuid(chance)];
  const [earlier, now] = idempotentUuids(clock, organization, { route, key: idempotencyKey });
  return [now, earlier];
};

export const byKey = ({ principal: { keyId } }: Pick<Call<unknown, unknown>, 'principal'>): string =>
  `key:${keyId}`;

/** From the one after the marker on; a marker that is not there is ignored, as Heat does. */
export async function* after<Item>(
  items: () => AsyncIterable<Item>,
  isMarker: ((item: Item) => boolean) | undefined,
): AsyncGenerator<Item> {
  let started = isMarker === undefined;
  for await (const item of items()) {
    if (started) yield item;
    else started = isMarker?.(item) ?? true;
  }
}
