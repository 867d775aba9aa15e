// What is told once must be told again to a repeat, and cannot be kept: so it is made of what only the caller has.
import { type RepeatableSecrets, repeatableSecrets } from '#engine/ids';
import { canonicalJson, digestOf } from '#engine/seal';
import type { Call } from './dialect.ts';

export interface Repeatable {
  readonly secrets: RepeatableSecrets;
  readonly request: string;
}

/** Undefined without an idempotency key: then nothing is a repeat. */
export const repeatableOf = ({
  callerSecret,
  idempotencyKey,
  request,
  route,
}: Call<unknown, unknown>): Repeatable | undefined =>
  idempotencyKey === undefined
    ? undefined
    : {
        secrets: repeatableSecrets(callerSecret, { route, key: idempotencyKey }),
        request: digestOf(canonicalJson(request)),
      };
