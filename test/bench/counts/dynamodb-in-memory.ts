// DynamoDB Local without a disk, as the tests of the stores have it: a hundred thousand items are stored in seconds.
import type { TestProject } from 'vitest/node';
import { setup } from '#test/support/dynamodb-local';

export interface InMemory {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

export const startDynamoDbInMemory = async (): Promise<InMemory> => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const asked: Pick<TestProject, 'provide'> = { provide: (_, endpoint) => resolve(String(endpoint)) };
  const close = await setup(asked as TestProject);
  return { endpoint: await promise, close };
};
