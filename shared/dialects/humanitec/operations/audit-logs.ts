// Who changed what in this organization, in every dialect. Only what was granted: Humanitec's log has nothing else.
import { isRefusal } from '#domain/refusal';
import { listAudit } from '#engine/audit';
import type { AuditEntry, Between, World } from '#engine/ports';
import { afterToken, betweenOf, type Place, recorded, takeAfter, tokenOf } from '../../audit-call.ts';
import type { CallOf, Operations } from './types.ts';

type Route = 'GET /orgs/{orgId}/audit-logs';

async function* granted(entries: AsyncIterable<AuditEntry>): AsyncGenerator<AuditEntry> {
  for await (const entry of entries) if (entry.outcome === 'granted') yield entry;
}

/** One page tells of no more time than this, full or not: whoever follows the links gets to the rest. */
const pageMs = 32 * 24 * 60 * 60 * 1000;

const cutToPage = ({ from, to }: Between): Between => ({ from: Math.max(from, to - pageMs), to });

/** Comes after every id: nothing of that moment has been told yet. */
const beforeAll = '~';

/** Where to go on behind a page whose time is up: at the next entry, however long ago it was. */
const nextBefore = async (
  world: World,
  organization: string,
  { from, to }: Between,
): Promise<Place | undefined> => {
  if (to <= from) return undefined;
  const older = listAudit(world)({ organization, between: { from, to }, order: 'newest first', recorded });
  for await (const { at } of older) return { at, id: beforeAll };
  return undefined;
};

const tellEntry = ({ at, organization, by, method, path, status }: AuditEntry) => ({
  at: new Date(at).toISOString(),
  org_id: organization,
  user_id: by,
  request_method: method,
  request_path: path,
  response_status: status,
});

/** The same question, from there on. */
const linkTo = ({ baseUrl, principal: { organization }, query }: CallOf<Route>, next: Place): string => {
  const { from, to, per_page } = query;
  const asked = Object.entries({ from, to, per_page: String(per_page), page: tokenOf(next) });
  const known = asked.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  const path = `/orgs/${encodeURIComponent(organization)}/audit-logs`;
  return `<${baseUrl}${path}?${new URLSearchParams(known as [string, string][])}>; rel="next"`;
};

export const auditLogs: Operations<Route> = {
  'GET /orgs/{orgId}/audit-logs': (world) => async (call) => {
    const after = afterToken(call.query.page);
    if (isRefusal(after)) return after;
    const { organization } = call.principal;
    const asked = betweenOf(world.clock, call.query, after);
    const between = cutToPage(asked);
    const source = listAudit(world)({ organization, between, order: 'newest first', recorded });
    const { items, next: within } = await takeAfter(granted(source), after, call.query.per_page);
    const next = within ?? (await nextBefore(world, organization, { from: asked.from, to: between.from }));
    return {
      body: items.map(tellEntry),
      headers: next === undefined ? {} : { link: linkTo(call, next) },
    };
  },
};
