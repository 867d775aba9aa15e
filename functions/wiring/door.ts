// A door: one Lambda that speaks one dialect. Lets in, asks, tells, and writes one line about it.
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Answered, answer } from '#dialects/answer';
import type { Dialect } from '#dialects/dialect';
import type { HttpRequest } from '#dialects/http';
import { authenticate } from '#engine/keys';
import type { World } from '#engine/ports';
import type { Facts } from './facts.ts';
import { requestOf, resultOf } from './http-event.ts';
import type { Log } from './log.ts';
import { observed } from './observed.ts';
import { tellingNowAndThen } from './together.ts';
import { inUnit } from './unit.ts';

type Result = APIGatewayProxyStructuredResultV2;

/** Parameters of a path that may be told: ids of ours. Others may be what somebody calls something. */
const toldParams = ['id', 'deployId', 'server_id'] as const;

/** How an id looks. What else stands in the place of one may be a secret that was put there by mistake. */
const idForm = /^(?:(?:[a-z]+_){0,2}(?:[0-9a-z]{16}){1,2}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

const askedOf = ({ requestId, route, params }: HttpRequest): Facts => ({
  requestId,
  route,
  id: toldParams.map((name) => params[name]).find((id) => id !== undefined && idForm.test(id)),
});

const outcomeOf = ({ response, principal, refusal }: Answered): Facts => ({
  status: response.status,
  organization: principal?.organization || undefined,
  key: principal?.keyId || undefined,
  refusal: refusal?.refused,
});

/** The caller's to mend: a line. Ours, or of what we stand on: a line that says why, and counts as a fault. */
const tell = (log: Log, request: HttpRequest, answered: Answered, ms: number): void => {
  const measured = { RequestLatency: ms };
  const facts = { ...askedOf(request), ...outcomeOf(answered), ms };
  if (answered.cause !== undefined) log.fault({ code: 'request.failed', ...facts }, answered.cause, measured);
  else if (answered.response.status < 400) log.line({ code: 'request.answered', ...facts }, measured);
  else log.line({ code: 'request.refused', ...facts }, { ...measured, Refusals: 1 });
};

export const door = (dialect: Dialect, world: World, log: Log) => {
  const ask = answer(dialect, world, authenticate(world));
  const sparing = tellingNowAndThen(log, world.clock.now);
  return middy<APIGatewayProxyEventV2, Result>()
    .use(observed(log))
    .handler((event) =>
      inUnit(sparing, async (log) => {
        const request = requestOf(event);
        const startedAt = world.clock.now();
        const elapsedMs = () => world.clock.now() - startedAt;
        try {
          const answered = await ask(request);
          tell(log, request, answered, elapsedMs());
          return resultOf(answered.response, request.requestId);
        } catch (cause) {
          // The caller gets an id to quote, the log gets the cause.
          const ms = elapsedMs();
          const facts = { ...askedOf(request), status: 500, ms };
          log.fault({ code: 'request.failed', ...facts }, cause, { RequestLatency: ms });
          return resultOf(dialect.tellFault(request.requestId), request.requestId);
        }
      }),
    );
};
