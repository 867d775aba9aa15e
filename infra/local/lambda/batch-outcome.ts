// Which messages of a batch are done, by Lambda's rules for partial batch responses.
import * as z from 'zod';
import type { Outcome } from './messages.ts';

/** Null or nothing means that all went well; so does an empty list. */
const response = z
  .looseObject({ batchItemFailures: z.array(z.looseObject({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullable();

const parsed = (payload: string) => {
  try {
    return response.safeParse(JSON.parse(payload));
  } catch {
    return undefined;
  }
};

/** An answer that cannot be read, or that names a message outside of the batch, fails the batch as a whole. */
const doneByReport = (messageIds: readonly string[], payload: string): string[] => {
  const report = parsed(payload);
  if (report === undefined || !report.success) return [];
  const failed = new Set((report.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
  const isKnown = [...failed].every((id) => messageIds.includes(id));
  return isKnown ? messageIds.filter((id) => !failed.has(id)) : [];
};

export const doneMessages = (
  messageIds: readonly string[],
  outcome: Outcome,
  reportsFailures: boolean,
): string[] => {
  if (!outcome.ok) return [];
  return reportsFailures ? doneByReport(messageIds, outcome.payload) : [...messageIds];
};
