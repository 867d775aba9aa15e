// The device door: activation, in plain JSON.
import { channels } from '#device/shadow';
import { isRefusal, type RefusalCode } from '#domain/refusal';
import { activateThing } from '#engine/activate-thing';
import type { BodyOf } from '../contract.ts';
import type { Dialect, Operation } from '../dialect.ts';
import { json } from '../http.ts';
import { contract } from './contract.ts';
import { csrFault } from './csr.ts';

type Activation = (typeof contract)[keyof typeof contract];

const activate: Operation<undefined, BodyOf<Activation>, unknown> =
  (world) =>
  async ({ body, recognise }) => {
    const fault = await csrFault(body.csr);
    if (fault !== undefined) return fault;
    const activated = await activateThing(world)({
      token: body.token,
      csr: body.csr,
      agentVersion: body.agent_version,
      name: body.name,
      keepsFiles: body.keeps_files,
      admit: (who) => recognise({ by: 'source', ...who, asking: 'write' }),
    });
    return isRefusal(activated) ? activated : { body: { ...activated, channels } };
  };

/** Everything else that can be refused here is a wrong request. */
const statuses: Partial<Record<RefusalCode, number>> = {
  activation_refused: 403,
  body_too_large: 413,
  too_many_requests: 429,
  unavailable: 503,
};

const errorBody = (code: string, message: string, params: Readonly<Record<string, unknown>>) => ({
  error: { code, message, params },
});

export const device: Dialect = {
  name: 'device',
  contract,
  operations: { 'POST /device/activation': activate },
  bodyBytesMax: 16 * 1024,
  keyOf: () => undefined,
  admit: () => undefined,
  editionOf: () => '1',
  tellRefusal: ({ refused, message, params }) =>
    json(statuses[refused] ?? 400, errorBody(refused, message, params)),
  tellUnknownRoute: ({ method, path }) =>
    json(404, errorBody('not_found', `There is no ${method} ${path}.`, {})),
  tellFault: (requestId) =>
    json(
      500,
      errorBody('internal_server_error', `Something went wrong here; quote request ${requestId}.`, {}),
    ),
};
