// Who asks, as the engine and the history of a deployment name them.
import type { Call } from '../../dialect.ts';

export const byKey = ({ principal: { keyId } }: Pick<Call<unknown, unknown>, 'principal'>): string =>
  `key:${keyId}`;

/** Which deployment is asked for, and by whom. */
export const asked = (call: Pick<Call<unknown, unknown>, 'principal' | 'params'>) => ({
  tenant: call.principal.organization,
  id: call.params.id ?? '',
  by: byKey(call),
});
