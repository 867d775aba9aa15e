// Who changed what in this organization, in every dialect. Only what was granted: Humanitec's log has nothing else.
import { isRefusal } from '#domain/refusal';
import { listAudit } from '#engine/audit';
import type { AuditEntry } from '#engine/ports';
import { afterToken, betweenOf, type Place, recorded, takeAfter, tokenOf } from '../../audit-call.ts';
import type { CallOf, Operations } from './types.ts';

type Route = 'GET /orgs/{orgId}/audit-logs';

async function* granted(entries: AsyncIterable<AuditEntry>): AsyncGenerator<AuditEntry> {
  for await (const entry of entries) if (entry.outcome === 'granted') yield entry;
}

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
    const between = betweenOf(world.clock, call.query, after);
    const source = listAudit(world)({ organization, between, order: 'newest first', recorded });
    const { items, next } = await takeAfter(granted(source), after, call.query.per_page);
    return {
      body: items.map(tellEntry),
      headers: next === undefined ? {} : { link: linkTo(call, next) },
    };
  },
};
