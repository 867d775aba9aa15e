// Who changed what in this organization, in every dialect.
import { listAudit } from '#engine/audit';
import { collect } from '#engine/paging';
import type { AuditEntry } from '#engine/ports';
import { betweenOf, recorded } from '../../audit-call.ts';
import { tellList } from './lists.ts';
import type { Operations } from './types.ts';

const tellEvent = ({ id, at, by, method, route, path, target, outcome, status }: AuditEntry) => ({
  object: 'audit_event' as const,
  id,
  at: new Date(at).toISOString(),
  api_key_id: by,
  method,
  route,
  path,
  target_id: target,
  outcome,
  status,
});

export const auditEvents: Operations<'GET /beta/audit_events'> = {
  'GET /beta/audit_events':
    (world) =>
    async ({ principal: { organization }, query }) => {
      const between = betweenOf(world.clock, query);
      const source = listAudit(world)({ organization, between, order: 'newest first', recorded });
      const paged = await collect(source, { ...query, counted: false });
      return { body: tellList(paged, query, paged.items.map(tellEvent)) };
    },
};
