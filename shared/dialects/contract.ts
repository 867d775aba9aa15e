// What a contract is: one zod value keyed by route, from which gateway routes, dispatch, validation, types and OpenAPI come.
import type * as z from 'zod';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type RouteKey = `${Method} /${string}`;

export interface Route {
  readonly summary: string;
  /** Scopes that the key must have, all of them; `public` needs no key at all. */
  readonly scopes: readonly string[] | 'public';
  readonly query?: z.ZodType;
  /** Absent: whatever body comes is ignored, even an empty one that calls itself JSON. */
  readonly body?: z.ZodType;
  /** What is made is called this, by a name of ours in 16 characters: so its entry in the audit can name it before it is there. */
  readonly makes?: (uid: string) => string;
  /** What a success answers; absent: raw bytes, or with 204 nothing. */
  readonly answer?: z.ZodType;
  /** The status of a success; absent: 200. */
  readonly status?: 201 | 204 | 300;
}

/** Where ids have no form of their own. */
export const itself = (uid: string): string => uid;

export type Contract = Readonly<Record<RouteKey, Route>>;

/** Keeps the literal types, so that a missing operation does not compile. */
export const defineContract = <Routes extends Contract>(routes: Routes): Routes => routes;

type Inferred<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

export type QueryOf<R extends Route> = Inferred<R['query']>;
export type BodyOf<R extends Route> = Inferred<R['body']>;
export type AnswerOf<R extends Route> = R['answer'] extends z.ZodType
  ? z.input<R['answer']>
  : R['status'] extends 204
    ? undefined
    : Raw;

/** Bytes with their own content type. */
export interface Raw {
  readonly raw: Uint8Array | string;
}
