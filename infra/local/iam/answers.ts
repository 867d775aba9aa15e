// How each service words that it refuses a caller.
import type { Verdict } from './access.ts';

export type Refusal = Exclude<Verdict, { allowed: true }>;

export type Worded = { readonly status: number; readonly name: string; readonly message: string };

const invalidToken = 'The security token included in the request is invalid.';

const worded =
  (denied: { name: string; status: number }, unknown: { name: string; status: number; message?: string }) =>
  (refusal: Refusal): Worded =>
    refusal.because === 'denied'
      ? { ...denied, message: refusal.message }
      : { message: invalidToken, ...unknown };

export const dynamodbRefusal = worded(
  { name: 'AccessDeniedException', status: 400 },
  { name: 'UnrecognizedClientException', status: 400 },
);

export const sqsRefusal = worded(
  { name: 'AccessDeniedException', status: 403 },
  { name: 'InvalidClientTokenId', status: 403 },
);

export const iotRefusal = worded(
  { name: 'AccessDeniedException', status: 403 },
  { name: 'UnrecognizedClientException', status: 403 },
);

export const iotDataRefusal = worded(
  { name: 'ForbiddenException', status: 403 },
  { name: 'ForbiddenException', status: 403, message: 'Forbidden' },
);
