// What a door's words stand for, whatever its dialect: written by hand, apart from the dialects' own tables.
import type { Told as Meaning } from '#test/model/invariants';
import type { Told } from './doors.ts';

const meanings: Readonly<Record<string, readonly Meaning[]>> = {
  staged: ['waits for a person'],
  drifted: ['waits for a person'],
  queued: ['under way'],
  deployed: ['good'],
  removing: ['under way'],
  archived: ['taken away'],
  IN_PROGRESS: ['under way'],
  COMPLETE: ['good'],
  FAILED: ['failed', 'taken away'],
};

/** An older edition of Miru has no word for what is on its way out: it is still deployed, and wanted archived. */
const onItsWay: readonly Meaning[] = ['good', 'under way'];

export const meaningOf = ({ body }: Told): readonly Meaning[] => {
  if (body?.error_status === 'failed') return ['failed'];
  if (body?.activity_status === 'deployed' && body.target_status === 'archived') return onItsWay;
  return meanings[body?.activity_status ?? body?.software_deployment?.status] ?? [];
};
