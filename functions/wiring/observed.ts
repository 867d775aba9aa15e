// Each invocation begins for the log: its lines say which it was, and whether it is one of the few that say more.
import type middy from '@middy/core';
import type { Log } from './log.ts';

export const observed = (log: Log): middy.MiddlewareObj => ({
  before: ({ context }) => log.begin(context),
});
