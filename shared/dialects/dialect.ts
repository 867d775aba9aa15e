// What a dialect declares: its contract, an operation for every route, and its words for every refusal.
import type { Refusal } from '#domain/refusal';
import type { Names } from '#engine/ids';
import type { Principal } from '#engine/keys';
import type { By } from '#engine/limit-requests';
import type { Asking, World } from '#engine/ports';
import type { Contract, Raw, Route } from './contract.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** Looks a key up; the door keeps one for its lifetime, since it remembers. */
export type Authenticate = (key: string) => Promise<Principal | undefined>;

/** Whom a request of a public route is from, once it has shown it: by a key in its body, or by what lets in without one. */
export interface Guest {
  readonly by: By;
  /** Of the key; of a source: what it is, and of what. Stands in the log and in the audit: never the secret itself. */
  readonly id: string;
  readonly organization: string;
  /** What is written is audited. */
  readonly asking: Asking;
}

/** A request that has been let in and understood. */
export interface Call<Query, Body> {
  readonly principal: Principal;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  /** The body as it was sent, parsed: what a repeat is compared with. */
  readonly request: unknown;
  readonly route: string;
  readonly idempotencyKey: string | undefined;
  /** What this request makes is called, in the form that its route says. */
  readonly ids: Names;
  /** What the caller authenticated with; nobody else can know it. Never stored, never logged. */
  readonly callerSecret: string;
  /** Whose another key is that the request speaks of. */
  readonly authenticate: Authenticate;
  /** A public route says here whom it has recognised, before it does anything for it. A refusal: that one comes too often. */
  readonly recognise: (guest: Guest) => Promise<Refusal | undefined>;
  /** The version that the caller last saw, from If-Match. */
  readonly version: number | undefined;
  /** Which version of the dialect the caller speaks. */
  readonly edition: string;
  /** As they came, names in lower case. */
  readonly headers: HttpRequest['headers'];
  /** Where this API is reached, without a slash at the end. */
  readonly baseUrl: string;
}

export interface Reply<Body> {
  /** Raw bytes also where a route tells JSON: a 304 tells nothing. */
  readonly body: Body | Raw;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Operation<Query, Body, Answer> = (
  world: World,
) => (call: Call<Query, Body>) => Promise<Reply<Answer> | Refusal>;

/** Any operation, once its types have been checked against its route. */
// biome-ignore lint/suspicious/noExplicitAny: the one place where routes of different types lie in one table
export type AnyOperation = Operation<any, any, any>;

export interface Dialect {
  readonly name: string;
  readonly contract: Contract;
  readonly operations: Readonly<Record<string, AnyOperation>>;
  /** Bytes of a request's body. */
  readonly bodyBytesMax: number;
  /** The API key of a request, wherever this dialect carries it. */
  readonly keyOf: (request: HttpRequest) => string | undefined;
  /** What else must be right before anything is looked at: version headers, whose URL it is, and the like. */
  readonly admit: (request: HttpRequest, principal: Principal) => Refusal | undefined;
  /** Which of its versions a request that was admitted speaks. */
  readonly editionOf: (request: HttpRequest) => string;
  /** What of a body this dialect takes for JSON, and how strictly; absent: any JSON, whatever the content type says. */
  readonly readBody?: (request: HttpRequest) => { readonly sent: unknown } | Refusal;
  /** What every answer carries, a refusal too. */
  readonly headersOf?: (request: HttpRequest) => Readonly<Record<string, string>>;
  readonly tellRefusal: (refusal: Refusal, request: HttpRequest) => HttpResponse;
  readonly tellUnknownRoute: (request: HttpRequest) => HttpResponse;
  readonly tellFault: (requestId: string) => HttpResponse;
}

export type { Contract, Route };
