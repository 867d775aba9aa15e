// What goes wrong because of how it was called, as opposed to what is broken.

/** An expected trouble, worded for the person at the terminal: one sentence, no stack trace. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
}
