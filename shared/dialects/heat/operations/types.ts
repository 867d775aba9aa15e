// The type that ties every operation to its route: a missing or wrong one does not compile.
import type { AnswerOf, BodyOf, QueryOf } from '../../contract.ts';
import type { Call, Operation } from '../../dialect.ts';
import type { HeatContract } from '../contract.ts';

export type RouteName = keyof HeatContract;

export type CallOf<R extends RouteName> = Call<QueryOf<HeatContract[R]>, BodyOf<HeatContract[R]>>;

export type Operations<R extends RouteName> = {
  readonly [Name in R]: Operation<
    QueryOf<HeatContract[Name]>,
    BodyOf<HeatContract[Name]>,
    AnswerOf<HeatContract[Name]>
  >;
};
