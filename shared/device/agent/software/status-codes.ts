// How a run ends that did not end by itself: status codes as shells use them, and as people know them.

export const statusCodes = {
  /** Its time was up. */
  timedOut: 124,
  /** The agent went down, or was stopped, while it ran. */
  interrupted: 125,
  /** It is there, and cannot be run. */
  cannotRun: 126,
  /** There is nothing that could run it: no such group, no such interpreter. */
  notFound: 127,
  /** A signal ended it: this and the signal's number. */
  signalled: 128,
} as const;
