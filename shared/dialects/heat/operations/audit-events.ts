// Who changed what in this project, in every dialect.
import { isRefusal } from '#domain/refusal';
import { listAudit } from '#engine/audit';
import type { AuditEntry } from '#engine/ports';
import { afterToken, betweenOf, recorded, takeAfter, tokenOf } from '../../audit-call.ts';
import { exactTime } from '../tell.ts';
import type { Operations } from './types.ts';

const pageItems = 100;
const pageItemsMax = 1000;

const tellEvent = (entry: AuditEntry) => {
  const { at, by, method, route, path, target, outcome, status } = entry;
  const words = { user_id: by, method, route, path, target_id: target, outcome, status };
  return { id: tokenOf(entry), at: exactTime(at), ...words };
};

export const auditEvents: Operations<'GET /v1/{tenant_id}/audit-events'> = {
  'GET /v1/{tenant_id}/audit-events':
    (world) =>
    async ({ principal: { organization }, query }) => {
      const after = afterToken(query.marker);
      if (isRefusal(after)) return after;
      const between = betweenOf(world.clock, query, after);
      const source = listAudit(world)({ organization, between, order: 'newest first', recorded });
      const limit = Math.min(query.limit ?? pageItems, pageItemsMax);
      const { items } = await takeAfter(source, after, limit);
      return { body: { audit_events: items.map(tellEvent) } };
    },
};
