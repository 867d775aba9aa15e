// The type that ties every operation to its route: a missing or wrong one does not compile.
import type { AnswerOf, BodyOf, QueryOf } from '../../contract.ts';
import type { Call, Operation } from '../../dialect.ts';
import type { MiruContract } from '../contract.ts';

export type RouteName = keyof MiruContract;

export type Op<R extends RouteName> = Operation<
  QueryOf<MiruContract[R]>,
  BodyOf<MiruContract[R]>,
  AnswerOf<MiruContract[R]>
>;

export type CallOf<R extends RouteName> = Call<QueryOf<MiruContract[R]>, BodyOf<MiruContract[R]>>;

export type Operations<R extends RouteName> = { readonly [Name in R]: Op<Name> };
