// The parts of what an organization has, in the order in which they are removed: what leads to others comes after them.

export const estateParts = [
  'rollouts',
  'things',
  'deployments',
  'entries',
  'contents',
  'repeats',
  'limits',
  'audit',
  'lists',
  /** Last: as long as a key is there, somebody can see that there is something left. */
  'keys',
] as const;

export type EstatePart = (typeof estateParts)[number];
