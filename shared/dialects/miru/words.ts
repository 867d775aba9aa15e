// Miru's words for ours: every phase and every refusal. A missing one does not compile.

import type * as z from 'zod';
import type { Phase } from '#domain/phase';
import type { RefusalCode } from '#domain/refusal';
import type { Presence } from '#engine/ports';
import { editionOf } from './editions.ts';
import type { activityStatus, errorStatus, targetStatus } from './objects.ts';

interface Words {
  readonly target: z.infer<typeof targetStatus>;
  readonly activity: z.infer<typeof activityStatus>;
  readonly error: z.infer<typeof errorStatus>;
}

/** In the newest words; `editions.ts` says where an older version has another. */
const words: Readonly<Record<Phase, Words>> = {
  staged: { target: 'staged', activity: 'staged', error: 'none' },
  drifted: { target: 'staged', activity: 'drifted', error: 'none' },
  queued: { target: 'deployed', activity: 'queued', error: 'none' },
  retrying: { target: 'deployed', activity: 'queued', error: 'retrying' },
  deployed: { target: 'deployed', activity: 'deployed', error: 'none' },
  superseded: { target: 'archived', activity: 'deployed', error: 'none' },
  removing: { target: 'archived', activity: 'removing', error: 'none' },
  archived: { target: 'archived', activity: 'archived', error: 'none' },
  failed: { target: 'archived', activity: 'archived', error: 'failed' },
};

export const statusOf = (phase: Phase, edition: string): Words => ({
  ...words[phase],
  activity: editionOf(edition).activity[phase] ?? words[phase].activity,
});

/** The one word that merges two: an error wins. */
export const mergedStatus = ({ activity, error }: Words) => (error === 'none' ? activity : error);

export const deviceStatusOf: Readonly<Record<Presence['state'], 'online' | 'offline'>> = {
  never: 'offline',
  online: 'online',
  offline: 'offline',
};

interface ErrorWords {
  readonly status: number;
  readonly code: string;
}

export const errorOf: Readonly<Record<RefusalCode, ErrorWords>> = {
  not_found: { status: 404, code: 'resource_not_found' },
  invalid: { status: 400, code: 'invalid_request' },
  malformed_body: { status: 400, code: 'malformed_body' },
  body_too_large: { status: 413, code: 'body_too_large' },
  already_exists: { status: 409, code: 'resource_already_exists' },
  idempotency_key_reused: { status: 422, code: 'idempotency_key_reused' },
  unauthenticated: { status: 401, code: 'unauthenticated' },
  too_many_requests: { status: 429, code: 'rate_limit_exceeded' },
  unavailable: { status: 503, code: 'service_unavailable' },
  forbidden: { status: 403, code: 'missing_scope' },
  changed_meanwhile: { status: 412, code: 'precondition_failed' },
  track_is_current: { status: 409, code: 'release_is_current' },
  track_is_not_current: { status: 409, code: 'release_is_not_current' },
  parent_not_current: { status: 409, code: 'parent_is_not_current' },
  deployment_drifted: { status: 409, code: 'deployment_drifted' },
  deployment_ended: { status: 409, code: 'deployment_archived' },
  slot_full: { status: 409, code: 'too_many_deployments' },
  activation_refused: { status: 403, code: 'activation_refused' },
  already_activated: { status: 409, code: 'device_already_activated' },
  in_use: { status: 409, code: 'device_in_use' },
};
