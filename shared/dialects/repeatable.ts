// What is told once must be told again to a repeat, and cannot be kept: so it is made of what only the caller has.
import { type Idempotency, type RepeatableSecrets, repeatableSecrets } from '#engine/ids';
import { canonicalJson, digestOf } from '#engine/seal';
import type { Call } from './dialect.ts';

export interface Repeatable {
  readonly secrets: RepeatableSecrets;
  readonly request: string;
  readonly idempotency: Idempotency;
}

type Asked = Pick<Call<unknown, unknown>, 'callerSecret' | 'idempotencyKey' | 'request' | 'route'>;

/** Nothing without an idempotency key: then nothing is a repeat. */
export const repeatableBy = ({
  callerSecret,
  idempotencyKey: key,
  request,
  route,
}: Asked): { readonly repeatable?: Repeatable } => {
  if (key === undefined) return {};
  const idempotency = { route, key };
  return {
    repeatable: {
      secrets: repeatableSecrets(callerSecret, idempotency),
      request: digestOf(canonicalJson(request)),
      idempotency,
    },
  };
};
