// What every AWS client of ours has in common: how often it tries, and that its calls are counted.
import { eachAttempt, withinRetries } from './attempts.ts';

/** The SDK's own retries come first; what still fails is `Unavailable`. */
export const clientSettings = { maxAttempts: 3 };

/** Each client has a stack of a type of its own; what is put into it looks at none of that. */
interface Watchable {
  readonly middlewareStack: {
    readonly add: (middleware: typeof eachAttempt, options: typeof withinRetries) => void;
    readonly remove: (name: string) => boolean;
  };
}

/** It copies all that is sent and answered without its secrets, for a logger that we do not have. */
const logging = 'loggerMiddleware';

export const watched = <Client extends { readonly middlewareStack: object }>(made: Client): Client => {
  const { middlewareStack } = made as unknown as Watchable;
  if (!middlewareStack.remove(logging))
    throw new Error(`The SDK has no ${logging} any more: look for its new name.`);
  middlewareStack.add(eachAttempt, withinRetries);
  return made;
};
