// From what a function answered to an HTTP response, and API Gateway's own words where there is no good answer.
import * as z from 'zod';
import type { Outcome } from '../lambda/messages.ts';

export type Answer = { status: number; headers: Array<[string, string]>; body: Buffer };

const json: [string, string] = ['content-type', 'application/json'];

const worded = (status: number, message: string): Answer => ({
  status,
  headers: [json],
  body: Buffer.from(JSON.stringify({ message })),
});

export const gatewayAnswers = {
  notFound: worded(404, 'Not Found'),
  tooLarge: worded(413, 'Request Entity Too Large'),
  headersTooLarge: worded(431, 'Request Header Fields Too Large'),
  functionFailed: worded(500, 'Internal Server Error'),
  tooLate: worded(503, 'Service Unavailable'),
} as const satisfies Record<string, Answer>;

const scalar = z.union([z.string(), z.number(), z.boolean()]);

const proxyAnswer = z.looseObject({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), scalar).nullish(),
  cookies: z.array(z.string()).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

const hasStatus = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'statusCode' in value;

/** Without a status code, format 2.0 takes the whole value for the body. */
const inferred = (payload: string): Answer => ({ status: 200, headers: [json], body: Buffer.from(payload) });

const headersOf = ({ headers, cookies }: z.infer<typeof proxyAnswer>): Array<[string, string]> => [
  ...Object.entries(headers ?? {}).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    String(value),
  ]),
  ...(cookies ?? []).map((cookie): [string, string] => ['set-cookie', cookie]),
];

const withContentType = (headers: Array<[string, string]>): Array<[string, string]> =>
  headers.some(([name]) => name === 'content-type')
    ? headers
    : [...headers, ['content-type', 'text/plain; charset=utf-8']];

export const answerOf = (outcome: Outcome): Answer => {
  if (!outcome.ok) return gatewayAnswers.functionFailed;
  const value: unknown = JSON.parse(outcome.payload);
  if (!hasStatus(value)) return inferred(outcome.payload);
  const parsed = proxyAnswer.safeParse(value);
  if (!parsed.success) return gatewayAnswers.functionFailed;
  const { statusCode, body, isBase64Encoded } = parsed.data;
  return {
    status: statusCode,
    headers: withContentType(headersOf(parsed.data)),
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
};
