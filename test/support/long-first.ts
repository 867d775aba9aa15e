// In which order test files begin: whoever boots clouds or starts processes first, so that no worker is left alone with them at the end.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of other folders come last: they take milliseconds. Whoever goes on to another project begins with a new process: both are met once. */
const longFirst = ['local/', 'contracts/', 'device/', 'bench/', 'fuzz/', 'scenarios/', 'authorization/'];

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = longFirst.findIndex((folder) => moduleId.includes(`/test/${folder}`));
  return rank === -1 ? longFirst.length : rank;
};

/** Within a folder in vitest's own order: by what it remembers of the last run, or by size. */
export class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((left, right) => rankOf(left) - rankOf(right));
  }
}
