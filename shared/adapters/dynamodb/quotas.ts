// Allowances in DynamoDB: a counter for each window, which removes itself, and what was agreed with an organization.
import * as z from 'zod';
import type { Agreed, Quotas } from '#engine/ports';
import { table as names } from '#operations/table';
import { reading } from './item.ts';
import { getItem, putItem, updateItem } from './items.ts';
import { agreedKey, takenKey } from './keys.ts';
import type { Table } from './table.ts';

const perSecond = z.object({ read: z.int().exactOptional(), write: z.int().exactOptional() });
const storedAgreed = z.object({
  format: z.literal(1),
  key: perSecond.exactOptional(),
  organization: perSecond.exactOptional(),
});

const decodeAgreed = reading('agreed limits', storedAgreed, ({ format: _, ...agreed }): Agreed => agreed);

/** A clock that is late still finds its window's counter. */
const keptMs = 60_000;

const take =
  (table: Table): Quotas['take'] =>
  async ({ organization, account, window, tokens, tokensMax }) => {
    if (tokens > tokensMax) return false;
    const key = takenKey(organization, account, window.from);
    const { done } = await updateItem(
      table,
      key,
      '#taken = if_not_exists(#taken, :none) + :tokens, #expiresAt = :expiresAt',
      {
        expression: 'attribute_not_exists(#taken) OR #taken <= :before',
        names: { '#taken': 'taken', '#expiresAt': names.expiresAt },
        values: {
          ':none': 0,
          ':tokens': tokens,
          ':before': tokensMax - tokens,
          ':expiresAt': Math.ceil((window.until + keptMs) / 1000),
        },
      },
    );
    return done;
  };

export const dynamoQuotas = (table: Table): Quotas => ({
  take: take(table),
  agreed: async (organization) => {
    const item = await getItem(table, agreedKey(organization), 'eventually consistent');
    return item && decodeAgreed(item);
  },
  agree: async (organization, agreed) => {
    await putItem(table, { ...agreedKey(organization), format: 1, ...agreed });
  },
});
