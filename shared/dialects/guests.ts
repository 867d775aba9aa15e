// Routes that ask for no key: whoever comes is a guest, until the request itself has shown whom it is from.
import { createHash } from 'node:crypto';
import type { Refusal, RefusalCode } from '#domain/refusal';
import type { Principal } from '#engine/keys';
import type { LimitGuesses } from '#engine/limit-guesses';
import type { LimitRequests } from '#engine/limit-requests';
import type { World } from '#engine/ports';
import { type Audited, auditedGuest } from './audit-call.ts';
import type { Route } from './contract.ts';
import type { Call, Reply } from './dialect.ts';
import type { HttpRequest } from './http.ts';

export interface Received {
  /** Before anything of the request is understood. */
  readonly objection: () => Promise<Refusal | undefined>;
  readonly recognise: Call<unknown, unknown>['recognise'];
  readonly audit: Audited;
  readonly principal: () => Principal;
  /** After it was answered. */
  readonly note: (answer: Reply<unknown> | Refusal) => void;
}

export const nobody: Principal = { keyId: '', organization: '', scopes: [] };

/** What it says when the credential itself is wrong. */
const isWrong: ReadonlySet<RefusalCode> = new Set(['unauthenticated', 'forbidden', 'activation_refused']);

const sourceOf = ({ method, path, query, body }: HttpRequest): string =>
  createHash('sha256')
    .update(JSON.stringify([method, path, query]))
    .update(body)
    .digest('base64');

export const receiveGuest =
  (world: World, limit: LimitRequests, guesses: LimitGuesses) =>
  (route: Route, request: HttpRequest): Received => {
    const { open, around } = auditedGuest(world, route, request);
    let guest = nobody;
    return {
      objection: async () =>
        guesses.isIdle() ? undefined : guesses.objection(sourceOf(request), request.method),
      recognise: async ({ by, id, organization, asking }) => {
        guest = { keyId: id, organization, scopes: [] };
        const tooMany = await limit(asking, guest, by);
        if (tooMany === undefined && asking === 'write') await open(guest);
        return tooMany;
      },
      // Who is not known has no organization that could ask.
      audit: { refused: async () => undefined, around },
      principal: () => guest,
      note: (answer) => {
        if ('refused' in answer && guest === nobody && isWrong.has(answer.refused))
          guesses.note(sourceOf(request));
      },
    };
  };
