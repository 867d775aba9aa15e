// Who did what, in DynamoDB: one item of one write unit, beside the others of its organization, that removes itself.
import * as z from 'zod';
import { refusalCodes } from '#domain/refusal';
import type { Audit, AuditEntry } from '#engine/ports';
import { expiring, type Item, reading } from './item.ts';
import { putItem } from './items.ts';
import { auditBetween, auditEntryOf, auditKey } from './keys.ts';
import { itemsInOrder } from './query.ts';
import { retentionOf, type Table } from './table.ts';

const storedEntry = z.object({
  pk: z.string(),
  sk: z.string(),
  format: z.literal(1),
  by: z.string(),
  method: z.string(),
  route: z.string(),
  path: z.string(),
  target: z.string().nullable(),
  outcome: z.enum(['granted', 'failed', ...refusalCodes]),
  status: z.int(),
});

const encodeEntry = (
  { id, organization, at, by, method, route, path, target, outcome, status }: AuditEntry,
  auditMs: number,
): Item => ({
  ...auditKey(organization, at, id),
  ...({ format: 1, by, method, route, path, target, outcome, status } satisfies Omit<
    z.input<typeof storedEntry>,
    'pk' | 'sk'
  >),
  ...expiring(at + auditMs),
});

const decodeEntry = reading(
  'entry of the audit',
  storedEntry,
  ({ pk, sk, format: _, ...stored }): AuditEntry => ({ ...auditEntryOf({ pk, sk }), ...stored }),
);

export const dynamoAudit = (table: Table): Audit => ({
  write: async (entry) => {
    await putItem(table, encodeEntry(entry, retentionOf(table).auditMs));
  },
  entriesOf: async function* (organization, between, order) {
    for await (const item of itemsInOrder(table, auditBetween(organization, between), order))
      yield decodeEntry(item);
  },
});
