// A caller's text or schema may cost us a second: whatever it makes us do is stopped then.
import { createContext, Script } from 'node:vm';

const budgetMs = 1000;

const call = new Script('work()');
/** Holds nothing between two calls; a new one for each would take longer than most of what it is for. */
let realm: { work?: (() => unknown) | undefined } | undefined;

/** Stops it however it goes on: endless, too deep, or merely too much. */
export const inTime = <Value>(work: () => Value): Value => {
  realm ??= createContext({}) as { work?: () => unknown };
  realm.work = work;
  try {
    return call.runInContext(realm, { timeout: budgetMs });
  } finally {
    realm.work = undefined;
  }
};

/** What stops at its budget throws an error of another realm: it has a message all the same. */
export const reason = (cause: unknown): string => {
  const message =
    typeof cause === 'object' && cause !== null && 'message' in cause ? String(cause.message) : '';
  return message.split('\n')[0] || 'unreadable';
};
