// Which requests leave an entry in the audit, and what stands in it. The same for every dialect.
import { type Refusal, refuse } from '#domain/refusal';
import { type Attempt, type Outcome, openEntry, type Recorded, writeRefused } from '#engine/audit';
import type { Principal } from '#engine/keys';
import { askingOf } from '#engine/limits';
import type { AuditEntry, Between, Clock, World } from '#engine/ports';
import type { Route } from './contract.ts';
import type { Reply } from './dialect.ts';
import type { HttpRequest } from './http.ts';

/** Deployments whose own record is their entry: an item less for each of a million. What the record does not know stands here. */
export const recorded = {
  release: { method: 'POST', route: 'POST /beta/deployments', path: '/beta/deployments', status: 200 },
} as const satisfies Recorded;

const recordedRoutes: ReadonlySet<string> = new Set(Object.values(recorded).map(({ route }) => route));

// ---- reading

/** From the beginning until now, where nothing else is asked for. */
export const betweenOf = (
  clock: Clock,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  after?: Place,
): Between => {
  const asked = to === undefined ? clock.now() + 1 : Math.max(0, Date.parse(to));
  return {
    from: from === undefined ? 0 : Math.max(0, Date.parse(from)),
    to: after === undefined ? asked : Math.min(asked, after.at + 1),
  };
};

/** Where a page has ended: what comes next is older, or as old and with a lower id. */
export interface Place {
  readonly at: number;
  readonly id: string;
}

export const tokenOf = ({ at, id }: Place): string => Buffer.from(`${at} ${id}`).toString('base64url');

const place = /^(\d{1,15}) (\S+)$/;

export const afterToken = (token: string | undefined): Place | undefined | Refusal => {
  if (token === undefined) return undefined;
  const [, at, id] = place.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  return at === undefined || id === undefined
    ? refuse('invalid', 'This is no page of this list.', { field: 'page' })
    : { at: Number(at), id };
};

/** Newest first, one page of it. */
export const takeAfter = async (
  source: AsyncIterable<AuditEntry>,
  after: Place | undefined,
  limit: number,
): Promise<{ readonly items: readonly AuditEntry[]; readonly next: Place | undefined }> => {
  const items: AuditEntry[] = [];
  for await (const entry of source) {
    if (after !== undefined && entry.at === after.at && entry.id >= after.id) continue;
    if (items.length === limit) return { items, next: items.at(-1) };
    items.push(entry);
  }
  return { items, next: undefined };
};

// ---- writing

/** The last name in the path is what it is about; whose path it is, is not. */
const targetIn = ({ route = '', params }: HttpRequest, { organization }: Principal): string | null => {
  const names = [...route.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => params[name]);
  return names.findLast((name) => name !== undefined && name !== organization) ?? null;
};

const idOf = (value: unknown): string | null =>
  typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
    ? value.id
    : null;

/** Of what was made: an object, or the only one in an envelope. */
const idIn = (body: unknown): string | null => {
  const own = idOf(body);
  if (own !== null || typeof body !== 'object' || body === null) return own;
  const [only, ...others] = Object.values(body);
  return others.length === 0 ? idOf(only) : null;
};

const attemptOf = (route: Route, request: HttpRequest, principal: Principal): Attempt => ({
  principal,
  method: request.method,
  route: request.route ?? '',
  path: request.path,
  target: targetIn(request, principal),
  status: route.status ?? 200,
});

/** Reading changes nothing; who is not known has no organization that could ask; and a flood shall not be written down. */
const isAudited = ({ scopes }: Route, { method }: HttpRequest): boolean =>
  scopes !== 'public' && askingOf(method) === 'write';

export interface Audited {
  /** Before anything has happened. */
  readonly refused: (refusal: Refusal, status: number) => Promise<void>;
  /** Around what may happen, and may make something that is called so. */
  readonly around: (
    act: () => Promise<Reply<unknown> | Refusal>,
    statusOf: (refusal: Refusal) => number,
    makes: string | null,
  ) => Promise<Reply<unknown> | Refusal>;
}

const unaudited: Audited = { refused: async () => undefined, around: (act) => act() };

const outcomeOf = (
  route: Route,
  answer: Reply<unknown> | Refusal,
  statusOf: (refusal: Refusal) => number,
): Outcome =>
  'refused' in answer
    ? { outcome: answer.refused, status: statusOf(answer), target: null }
    : { outcome: 'granted', status: answer.status ?? route.status ?? 200, target: idIn(answer.body) };

/** A record speaks for itself, unless there is none. */
const closeRecorded =
  (world: World, attempt: Attempt) =>
  async ({ outcome, status }: Outcome): Promise<void> => {
    if (outcome !== 'granted' && outcome !== 'failed') await writeRefused(world)(attempt, outcome, status);
  };

type Close = (became: Outcome) => Promise<void>;

const failed: Outcome = { outcome: 'failed', status: 500, target: null };

/** What has happened has happened: that its entry could not be completed is no reason to say otherwise. */
const quietly = async (written: Promise<void> | undefined): Promise<void> => written?.catch(() => undefined);

/** Says what came of it, whoever has it on his conscience by then. */
const closing =
  (route: Route, closeOf: () => Close | undefined): Audited['around'] =>
  async (act, statusOf) => {
    try {
      const answer = await act();
      await quietly(closeOf()?.(outcomeOf(route, answer, statusOf)));
      return answer;
    } catch (fault) {
      await quietly(closeOf()?.(failed));
      throw fault;
    }
  };

/** Of a route that asks for no key: nobody is known before the request itself has shown who it is from. */
export const auditedGuest = (
  world: World,
  route: Route,
  request: HttpRequest,
): Pick<Audited, 'around'> & { readonly open: (guest: Principal) => Promise<void> } => {
  let close: Close | undefined;
  return {
    open: async (guest) => {
      close = await openEntry(world)(attemptOf(route, request, guest));
    },
    around: closing(route, () => close),
  };
};

export const auditedCall = (
  world: World,
  route: Route,
  request: HttpRequest,
  principal: Principal,
): Audited => {
  if (!isAudited(route, request)) return unaudited;
  const attempt = attemptOf(route, request, principal);
  return {
    refused: async ({ refused }, status) => {
      if (refused !== 'too_many_requests') await writeRefused(world)(attempt, refused, status);
    },
    around: async (act, statusOf, makes) => {
      const close = recordedRoutes.has(attempt.route)
        ? closeRecorded(world, attempt)
        : await openEntry(world)(attempt, makes);
      return closing(route, () => close)(act, statusOf, makes);
    },
  };
};
