// The type that ties every operation to its route: a missing or wrong one does not compile.
import type { AnswerOf, BodyOf, QueryOf } from '../../contract.ts';
import type { Call, Operation } from '../../dialect.ts';
import type { HumanitecContract } from '../contract.ts';

export type RouteName = keyof HumanitecContract;

export type Op<R extends RouteName> = Operation<
  QueryOf<HumanitecContract[R]>,
  BodyOf<HumanitecContract[R]>,
  AnswerOf<HumanitecContract[R]>
>;

export type CallOf<R extends RouteName> = Call<QueryOf<HumanitecContract[R]>, BodyOf<HumanitecContract[R]>>;

export type Operations<R extends RouteName> = { readonly [Name in R]: Op<Name> };

/** Routes that end alike, such as those of one resource. */
export type Below<Prefix extends string> = Extract<
  RouteName,
  `${string} ${Prefix}` | `${string} ${Prefix}/${string}`
>;

/** 204. */
export const nothing = { body: undefined } as const;
