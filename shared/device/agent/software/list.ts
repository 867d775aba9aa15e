// Reads the list of what shall be run as a stranger's message: it is fine, or it is refused with a reason, or it says nothing at all.
import * as z from 'zod';
import { digest, protocolVersion, type RunTarget, runTarget } from '../../shadow.ts';
import { type DeviceError, deviceError } from '../errors.ts';

export type Pointer = RunTarget['run'][number];

/** What a refusal needs to be able to name the first pointer, in whatever version the list is. */
const envelope = z.object({
  v: z.number(),
  seq: z.number().int().nonnegative(),
  run: z.tuple(
    [z.object({ seq: z.number().int().nonnegative(), deployment: z.string(), manifest: digest })],
    z.unknown(),
  ),
});

export type ListReading =
  | { readonly is: 'list'; readonly list: RunTarget }
  | {
      readonly is: 'refused';
      readonly seq: number;
      readonly first: Pointer;
      readonly error: DeviceError;
    }
  | { readonly is: 'unreadable' };

const namesEachOnce = ({ run }: RunTarget): boolean =>
  new Set(run.map(({ deployment }) => deployment)).size === run.length;

export const readList = (raw: unknown): ListReading => {
  const whole = runTarget.safeParse(raw);
  if (whole.success && namesEachOnce(whole.data)) return { is: 'list', list: whole.data };
  const { data: outer } = envelope.safeParse(raw);
  if (!outer) return { is: 'unreadable' };
  const { v, seq, run } = outer;
  const detail = whole.success ? 'it names a deployment twice' : z.prettifyError(whole.error);
  const error =
    v === protocolVersion
      ? deviceError('bad_target', detail)
      : deviceError('unsupported_version', `${v}, not ${protocolVersion}`);
  return { is: 'refused', seq, first: run[0], error };
};
