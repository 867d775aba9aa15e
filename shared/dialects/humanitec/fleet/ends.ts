// What an environment's entry says once it is known how its newest deployment ended.
import type { Body, Deployment } from '../store/kinds.ts';

export const withEnd = (body: Body<'env'>, last: Deployment): Body<'env'> => ({
  ...body,
  last,
  good: last.ended?.status === 'succeeded' ? last : body.good,
});
