// What the main thread and an execution environment say to each other.

export type FunctionError = { errorType: string; errorMessage: string; trace?: string[] };

/** What became of one invocation; the payload is JSON text, as on the wire. */
export type Outcome = { ok: true; payload: string } | { ok: false; error: FunctionError };

/** Lambda has no room for another call. */
export const throttledType = 'TooManyRequestsException';

export type Invocation = {
  requestId: string;
  /** JSON text. */
  event: string;
  /** When its time is over, in ms since the epoch. */
  deadline: number;
};

export type ThreadData = {
  handlerFile: string;
  handlerName: string;
  functionName: string;
  functionArn: string;
  memoryMb: number;
  /** By how many milliseconds the local cloud is ahead of the machine: drills let time pass. */
  ahead?: Float64Array;
};

export type FromThread =
  | { kind: 'ready' }
  | { kind: 'broken'; error: FunctionError }
  | { kind: 'outcome'; requestId: string; outcome: Outcome };
