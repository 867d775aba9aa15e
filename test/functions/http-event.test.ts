// Between API Gateway and a dialect: nothing is lost, and nothing is made up.
import { describe, expect, it } from 'vitest';
import { requestOf, resultOf } from '#functions/wiring/http-event';
import { httpEvent } from './given.ts';

const bytesOf = (text: string): number[] => [...Buffer.from(text)];

describe('a request', () => {
  it('keeps its query string as it came, with what is repeated and what is encoded', () => {
    const rawQueryString = 'id=a&id=b&q=1%2C2%20%2B&empty=&flag';
    expect(requestOf(httpEvent('GET /beta/devices', { rawQueryString })).query).toBe(rawQueryString);
  });

  it('has the headers in lower case, with what came twice joined by a comma', () => {
    const headers = { 'x-api-key': 'one,two', 'if-match': '"1"' };
    expect(requestOf(httpEvent('GET /beta/devices', { headers })).headers).toEqual(headers);
  });

  it('has the body’s own bytes, whichever way API Gateway carries them', () => {
    const asText = httpEvent('POST /beta/devices', { body: '{"name":"ü\u{1f600}"}' });
    const bytes = Uint8Array.of(0, 255, 128, 10, 13);
    const asBase64 = httpEvent('POST /beta/devices', {
      body: Buffer.from(bytes).toString('base64'),
      isBase64Encoded: true,
    });
    expect([...requestOf(asText).body]).toEqual(bytesOf('{"name":"ü\u{1f600}"}'));
    expect([...requestOf(asBase64).body]).toEqual([...bytes]);
  });

  it('without a body has one of no bytes', () => {
    expect(requestOf(httpEvent('GET /beta/devices')).body).toHaveLength(0);
  });

  it('has its route, and its parameters decoded, without those that are not there', () => {
    const event = httpEvent('GET /beta/devices/{id}', {
      rawPath: '/beta/devices/a%2Fb',
      pathParameters: { id: 'a/b', other: undefined },
    });
    expect(requestOf(event)).toMatchObject({
      requestId: 'request-1',
      method: 'GET',
      path: '/beta/devices/a%2Fb',
      route: 'GET /beta/devices/{id}',
      params: { id: 'a/b' },
    });
    expect(Object.keys(requestOf(event).params)).toEqual(['id']);
  });

  it.each(['$default', 'ANY /beta/{proxy+}'])('that only %s has caught has no route', (routeKey) => {
    expect(requestOf({ ...httpEvent('GET /'), routeKey }).route).toBeUndefined();
  });
});

describe('an answer', () => {
  it('of text goes as text', () => {
    const answer = resultOf(
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' },
      'r',
    );
    expect(answer).toEqual({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'x-request-id': 'r' },
      body: '{}',
      isBase64Encoded: false,
    });
  });

  it('of bytes goes as base64, and comes out as the same bytes', () => {
    const body = Uint8Array.of(0, 255, 128);
    const answer = resultOf({ status: 200, headers: {}, body }, 'r');
    expect(answer.isBase64Encoded).toBe(true);
    expect([...Buffer.from(answer.body ?? '', 'base64')]).toEqual([...body]);
  });
});
