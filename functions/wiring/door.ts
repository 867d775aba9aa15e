// A door: one Lambda that speaks one dialect. Lets in, asks, tells, and writes one line about it.
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Answered, answer } from '#dialects/answer';
import type { Dialect } from '#dialects/dialect';
import { authenticate } from '#engine/keys';
import type { World } from '#engine/ports';
import { requestOf, resultOf } from './http-event.ts';
import type { Log } from './log.ts';

type Result = APIGatewayProxyStructuredResultV2;

const outcomeOf = ({ response, principal, refusal }: Answered) => ({
  status: response.status,
  organization: principal?.organization,
  key: principal?.keyId,
  refusal: refusal?.refused,
});

/** A fault of ours: the caller gets an id to quote, the log gets the cause. */
const faults = (dialect: Dialect, log: Log): middy.MiddlewareObj<APIGatewayProxyEventV2, Result> => ({
  onError: (request) => {
    const { requestId, method, path } = requestOf(request.event);
    log.fault({ code: 'request.failed', requestId, dialect: dialect.name, method, path }, request.error);
    request.response = resultOf(dialect.tellFault(requestId), requestId);
  },
});

export const door = (dialect: Dialect, world: World, log: Log) => {
  const ask = answer(dialect, world, authenticate(world));
  return middy<APIGatewayProxyEventV2, Result>()
    .use(faults(dialect, log))
    .handler(async (event) => {
      const request = requestOf(event);
      const startedAt = world.clock.now();
      const answered = await ask(request);
      log.line({
        code: answered.response.status < 400 ? 'request.answered' : 'request.refused',
        requestId: request.requestId,
        dialect: dialect.name,
        route: request.route,
        id: request.params.id,
        ...outcomeOf(answered),
        ms: world.clock.now() - startedAt,
      });
      return resultOf(answered.response, request.requestId);
    });
};
