// What every local cloud of a run would make for itself where nothing is there yet: made once, before many of them begin at the same time.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaveArchive } from '../../infra/local/dynamodb/dynamodb-local.ts';
import { synthesize } from '../../infra/local/synthesize.ts';

/** Called by vitest before all tests. */
export const setup = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'shadowcast-first-'));
  await Promise.all([
    leaveArchive({ logFile: join(folder, 'dynamodb.log') }),
    synthesize(join(folder, 'cdk.out')),
  ]);
  rmSync(folder, { recursive: true, force: true });
};
