// Who did what, in memory: what is too old is not there any more.
import type { Audit, AuditEntry, Clock } from '#engine/ports';
import { longest } from '#operations/retention';
import { inOrder } from './order.ts';
import { type Shelf, shelf } from './shelf.ts';

export const memoryAudit = (
  clock: Clock,
  { auditMs } = longest,
  entries: Shelf<AuditEntry> = shelf(),
): Audit => {
  return {
    write: async (entry) => entries.put(entry, entry.organization, entry.id),
    entriesOf: async function* (organization, { from, to }, order) {
      const oldest = Math.max(from, clock.now() - auditMs);
      const theirs = entries.those(
        (entry) => entry.organization === organization && entry.at >= oldest && entry.at < to,
      );
      const created = theirs.map((entry) => ({ createdAt: entry.at, entry }));
      for (const { entry } of inOrder(created, (one) => one.entry.id, order)) yield entry;
    },
  };
};
