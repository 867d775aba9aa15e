// An expected trouble of the local cloud, worded for the person at the terminal: one sentence, no stack trace.
export class PlainError extends Error {
  override readonly name = 'PlainError';
}
