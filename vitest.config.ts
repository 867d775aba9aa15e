// Which tests share what: only the contracts of the stores and local clouds need DynamoDB Local, so only they wait for it.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/support/long-first.ts';

const withTables = ['test/contracts/**/*.test.ts', 'test/local/**/*.test.ts'];

export default defineConfig({
  test: {
    // One more than the smallest machines have cores: whoever starts clouds and devices waits for them half of the time.
    maxWorkers: 3,
    // One process for many files: half of what a run computed was to load the same modules for each of them. Nobody here replaces a
    // module, and whoever changes the process puts it back.
    isolate: false,
    // Much is made here that is forgotten at once; in a small nursery much of it is moved about before.
    execArgv: ['--max-semi-space-size=64'],
    sequence: { sequencer: LongFirst },
    // Hundreds of programs are started and read the same sources: each is compiled once.
    // And CDK holds templates against CloudFormation's rules when they are deployed: here that takes longer than to make them.
    env: {
      NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/shadowcast/compiled'),
      CDK_VALIDATION: 'false',
    },
    // Booting Java or a whole cloud takes seconds, on a busy machine a few more; no test asserts how long.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: { name: 'tables', include: withTables, globalSetup: ['test/support/dynamodb-local.ts'] },
      },
      { extends: true, test: { name: 'rest', include: ['test/**/*.test.ts'], exclude: withTables } },
    ],
  },
});
