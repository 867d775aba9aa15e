// Between API Gateway's events (payload format 2.0) and plain requests.
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { HttpRequest, HttpResponse } from '#dialects/http';

const routeOf = (routeKey: string): string | undefined =>
  routeKey === '$default' || routeKey.startsWith('ANY ') ? undefined : routeKey;

const paramsOf = (params: APIGatewayProxyEventV2['pathParameters']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params ?? {}).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/** A body that is neither text nor JSON by its content type comes as base64. */
export const requestOf = (event: APIGatewayProxyEventV2): HttpRequest => ({
  requestId: event.requestContext.requestId,
  method: event.requestContext.http.method,
  path: event.rawPath,
  route: routeOf(event.routeKey),
  params: paramsOf(event.pathParameters),
  query: event.rawQueryString,
  headers: event.headers,
  body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
});

/** Lambda's answers end at 6 MB, base64 included. */
export const resultOf = (
  { status, headers, body }: HttpResponse,
  requestId: string,
): APIGatewayProxyStructuredResultV2 => {
  const binary = typeof body !== 'string';
  return {
    statusCode: status,
    headers: { ...headers, 'x-request-id': requestId },
    body: binary ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: binary,
  };
};
