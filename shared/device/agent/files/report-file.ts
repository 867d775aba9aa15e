// The last report that cannot be derived from the set in force, kept over a restart together with the time of the next attempt.
import * as z from 'zod';
import { current } from '../../shadow.ts';
import { writeWhole } from './disk-helpers.ts';
import { layout, type Store } from './store.ts';

const keptReport = z.object({ report: current, retryAt: z.number().nullable() });
export type KeptReport = z.infer<typeof keptReport>;

export const keepReport = (store: Store, kept: KeptReport): Promise<void> =>
  writeWhole(store.disk, layout(store).report, JSON.stringify(kept));

export const readReport = async (store: Store): Promise<KeptReport | undefined> => {
  const content = await store.disk.read(layout(store).report);
  if (!content) return undefined;
  try {
    return keptReport.safeParse(JSON.parse(content.toString())).data;
  } catch {
    return undefined;
  }
};
