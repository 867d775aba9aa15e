// What stores and local clouds are tested on: one DynamoDB Local in memory, started before the first test and ended with the last or with
// the run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { leaveArchive, startDynamoDbInMemory } from '../../infra/local/dynamodb/dynamodb-local.ts';
import { synthesize } from '../../infra/local/synthesize.ts';

declare module 'vitest' {
  interface ProvidedContext {
    dynamodbEndpoint: string;
  }
}

/** What each of many clouds would make for itself where nothing is there yet, and all of them at the same time. */
const makeOnce = async (folder: string, logFile: string): Promise<void> => {
  await Promise.all([leaveArchive({ logFile }), synthesize(join(folder, 'cdk.out'))]);
};

/** Called by vitest; what it answers is called when all tests are done. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = mkdtempSync(join(tmpdir(), 'shadowcast-dynamodb-'));
  const logFile = join(folder, 'dynamodb.log');
  await makeOnce(folder, logFile);
  const { endpoint, close } = await startDynamoDbInMemory({ logFile });
  project.provide('dynamodbEndpoint', endpoint);
  return async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  };
};
