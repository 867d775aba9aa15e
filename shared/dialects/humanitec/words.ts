// Humanitec's words for every refusal, and for the conflicts that only this dialect knows. A missing one does not compile.
import { type Refusal, type RefusalCode, refuse } from '#domain/refusal';
import type { Use } from './fleet/placeholders.ts';
import type { Misfit } from './sets/delta.ts';

interface ErrorWords {
  readonly status: number;
  /** A short code, in Humanitec's manner. */
  readonly error: string;
}

const errorOf: Readonly<Record<RefusalCode, ErrorWords>> = {
  not_found: { status: 404, error: 'API-404' },
  invalid: { status: 400, error: 'API-400' },
  malformed_body: { status: 422, error: 'API-422' },
  body_too_large: { status: 413, error: 'API-413' },
  already_exists: { status: 409, error: 'API-409' },
  idempotency_key_reused: { status: 422, error: 'API-422' },
  unauthenticated: { status: 401, error: 'API-401' },
  too_many_requests: { status: 429, error: 'API-429' },
  unavailable: { status: 503, error: 'API-503' },
  forbidden: { status: 403, error: 'API-403' },
  changed_meanwhile: { status: 412, error: 'API-412' },
  track_is_current: { status: 409, error: 'API-409' },
  track_is_not_current: { status: 409, error: 'API-409' },
  parent_not_current: { status: 409, error: 'API-409' },
  deployment_drifted: { status: 409, error: 'API-409' },
  deployment_ended: { status: 409, error: 'API-409' },
  slot_full: { status: 409, error: 'API-409' },
  activation_refused: { status: 403, error: 'API-403' },
  already_activated: { status: 409, error: 'API-409' },
  in_use: { status: 409, error: 'API-409' },
};

/** States that stand in the way. Where Humanitec says nothing of the status, the reason stands beside it. */
const conflicts = {
  environment_busy: { status: 409, error: 'DEP-409' },
  // Not 409: clients wait and try again on that, and a paused environment waits for a person.
  environment_paused: { status: 400, error: 'DEP-400' },
  environment_type_in_use: { status: 409, error: 'API-409' },
  // PATCH and PUT of a delta have no 409.
  delta_archived: { status: 400, error: 'API-400' },
  delta_misfit: { status: 400, error: 'DEL-400' },
  value_misfit: { status: 400, error: 'DEP-400' },
} as const satisfies Readonly<Record<string, ErrorWords>>;

type Conflict = keyof typeof conflicts;

/** The engine's word for it is `invalid`; ours goes with it. */
export const conflict = (
  name: Conflict,
  message: string,
  params: Readonly<Record<string, unknown>> = {},
): Refusal => refuse('invalid', message, { conflict: name, ...params });

/** Says which module, which operation, and why. */
export const misfits = (what: string, { module, reason, action }: Misfit): Refusal => {
  const operation = action === undefined ? '' : `${action.op} ${action.path}: `;
  return conflict('delta_misfit', `${what} does not fit: module ${module}: ${operation}${reason}.`, {
    module,
    reason,
    ...(action === undefined ? {} : { operation: { op: action.op, path: action.path } }),
  });
};

/** Says which module, where in it, which value, and why it cannot be put there. */
export const valueMisfits = ({ module, pointer, key }: Use, reason: string): Refusal =>
  conflict('value_misfit', `Module ${module}, ${pointer}: the value ${key} ${reason}.`, {
    module,
    pointer,
    key,
    reason,
  });

const isConflict = (name: unknown): name is Conflict =>
  typeof name === 'string' && Object.hasOwn(conflicts, name);

/** A body that is JSON and yet no object, array or scalar as it was asked for: not a wrong field, a wrong body. */
const isWrongBody = ({ refused, params }: Refusal): boolean => {
  const [first] = Array.isArray(params.issues) ? params.issues : [];
  return refused === 'invalid' && params.where === 'body' && Object(first).field === 'body';
};

export const wordsFor = (refusal: Refusal): ErrorWords => {
  const { conflict: name } = refusal.params;
  if (isConflict(name)) return conflicts[name];
  return errorOf[isWrongBody(refusal) ? 'malformed_body' : refusal.refused];
};

/** Of an environment type that is in use Humanitec lists the environments, and says nothing else. */
export const environmentsIn = ({ params }: Refusal): readonly unknown[] | undefined =>
  params.conflict === 'environment_type_in_use' && Array.isArray(params.environments)
    ? params.environments
    : undefined;
