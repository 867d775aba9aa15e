// Reads a target as a stranger's message: it is fine, or it is refused with a reason that can be reported, or it says nothing at all.
import * as z from 'zod';
import { digest, protocolVersion, type Target, target } from '../../shadow.ts';
import { type DeviceError, deviceError } from '../errors.ts';

/** What a report needs to be able to name the target, in whatever version it is. */
const envelope = z.object({
  v: z.number(),
  seq: z.number().int().nonnegative(),
  deployment: z.string(),
  manifest: digest,
});
export type Envelope = z.infer<typeof envelope>;

export type Reading =
  | { readonly is: 'target'; readonly target: Target }
  | { readonly is: 'refused'; readonly envelope: Envelope; readonly error: DeviceError }
  | { readonly is: 'unreadable'; readonly seq: null };

const refusal = (read: Envelope, detail: string): DeviceError =>
  read.v === protocolVersion
    ? deviceError('bad_target', detail)
    : deviceError('unsupported_version', `${read.v}, not ${protocolVersion}`);

export const readTarget = (raw: unknown): Reading => {
  const whole = target.safeParse(raw);
  if (whole.success) return { is: 'target', target: whole.data };
  const outer = envelope.safeParse(raw);
  if (!outer.success) return { is: 'unreadable', seq: null };
  return { is: 'refused', envelope: outer.data, error: refusal(outer.data, z.prettifyError(whole.error)) };
};
