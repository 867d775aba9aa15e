// Why a wish is not granted: a closed list. Each dialect must have words for each of them.

/** Expected, the caller's to mend, and returned; faults are thrown. */
export const refusalCodes = [
  /** No such thing, or somebody else's. */
  'not_found',
  /** A field is wrong; `field` and `reason` say which and why. */
  'invalid',
  /** The body is not JSON where JSON is wanted. */
  'malformed_body',
  'body_too_large',
  /** Something of that name exists. */
  'already_exists',
  /** The same idempotency key came with another payload. */
  'idempotency_key_reused',
  /** The key is missing, unknown or revoked. */
  'unauthenticated',
  /** The key or its organization asks too often; `retryAfterSeconds` says when to come again. */
  'too_many_requests',
  /** What we stand on is busy or away; `retryAfterSeconds` as above. */
  'unavailable',
  /** The key lacks a scope; `scope` names it. */
  'forbidden',
  /** What the caller last saw is not what there is (If-Match). */
  'changed_meanwhile',
  /** Staging is for another track than the one that the thing is on. */
  'track_is_current',
  /** Deploying at once is for the track that the thing is on. */
  'track_is_not_current',
  /** The named parent is not what the thing has now. */
  'parent_not_current',
  /** It was staged, and the slot has changed since. */
  'deployment_drifted',
  /** Archived or failed: it will never be deployed again. */
  'deployment_ended',
  /** A slot holds a bounded number of deployments that are not over. */
  'slot_full',
  /** The activation token is unknown, used up or too old. */
  'activation_refused',
  /** The thing has a certificate already, and nobody allowed another. */
  'already_activated',
  /** The thing belongs to another group; `group` names it. */
  'in_use',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

export interface Refusal {
  readonly refused: RefusalCode;
  /** A sentence for the caller; says what to do where that is known. */
  readonly message: string;
  /** The facts of it, by name: `field`, `scope`, `id`, ... */
  readonly params: Readonly<Record<string, unknown>>;
}

export const refuse = (
  refused: RefusalCode,
  message: string,
  params: Readonly<Record<string, unknown>> = {},
): Refusal => ({ refused, message, params });

export const isRefusal = (answer: unknown): answer is Refusal =>
  typeof answer === 'object' && answer !== null && 'refused' in answer;
