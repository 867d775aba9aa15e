// One DynamoDB Local in memory for all tests of a run: started before the first, ended with the last or with the run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startDynamoDbInMemory } from '../../infra/local/dynamodb/dynamodb-local.ts';

declare module 'vitest' {
  interface ProvidedContext {
    dynamodbEndpoint: string;
  }
}

/** Called by vitest; what it answers is called when all tests are done. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const folder = mkdtempSync(join(tmpdir(), 'shadowcast-dynamodb-'));
  const { endpoint, close } = await startDynamoDbInMemory({ logFile: join(folder, 'dynamodb.log') });
  project.provide('dynamodbEndpoint', endpoint);
  return async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  };
};
