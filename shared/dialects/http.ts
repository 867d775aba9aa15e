// A request and its answer, as plain values: what a dialect needs of HTTP, and nothing of API Gateway.

export interface HttpRequest {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  /** The contract's route that matched, such as `GET /beta/deployments/{id}`; undefined when none did. */
  readonly route: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  /** As it came, without the question mark. */
  readonly query: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export const json = (
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
