// Brings a plan to life: stores first, then functions, then what connects them, and the doors last.
import type { Parts } from '../parts.ts';
import { PlainError } from '../plain-error.ts';
import type { Planned } from './plan.ts';
import { startOrder } from './resource-type.ts';

const startOne = async ({ resource, type }: Planned, parts: Parts): Promise<void> => {
  try {
    await type.start(resource, parts);
  } catch (error) {
    if (!(error instanceof PlainError)) throw error;
    throw new PlainError(
      `Stack ${resource.stack}, resource ${resource.logicalId} (${resource.type}): ${error.message}`,
      { cause: error },
    );
  }
};

export const startResources = async (planned: readonly Planned[], parts: Parts): Promise<void> => {
  for (const phase of startOrder) {
    const now = planned.filter(({ type }) => type.startsWith === phase);
    await Promise.all(now.map((each) => startOne(each, parts)));
  }
};
