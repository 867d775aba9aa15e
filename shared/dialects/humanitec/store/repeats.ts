// Idempotency keys of what lies inside another entry, where the engine's own way of repeating does not reach.
import { type Refusal, refuse } from '#domain/refusal';
import { derivedUid, idempotencyMs } from '#engine/ids';
import { canonicalJson, digestOf } from '#engine/seal';
import type { Call } from '../../dialect.ts';

export interface Made {
  readonly key: string;
  readonly request: string;
}

type Asked = Pick<Call<unknown, unknown>, 'principal' | 'route' | 'idempotencyKey' | 'callerSecret' | 'body'>;

/** The request's digest is salted with what only the caller knows: a body may hold a secret that could be guessed. */
export const madeBy = ({ principal, route, idempotencyKey, callerSecret, body }: Asked): Made | null =>
  idempotencyKey === undefined
    ? null
    : {
        key: derivedUid(principal.organization, route, idempotencyKey),
        request: digestOf(canonicalJson({ callerSecret, body })),
      };

interface Repeatable {
  readonly made: Made | null;
  readonly createdAt: number;
}

/** What an equal request made within a day; a refusal when that request was another one. */
export const repeatOf = <Item extends Repeatable>(
  items: readonly Item[],
  made: Made | null,
  now: number,
): Item | Refusal | undefined => {
  if (made === null) return undefined;
  const earlier = items.find((item) => item.made?.key === made.key && now - item.createdAt < idempotencyMs);
  if (earlier === undefined || earlier.made?.request === made.request) return earlier;
  return refuse(
    'idempotency_key_reused',
    'This idempotency key was used for another request in the last 24 hours.',
  );
};
