// AWS IoT's data plane: shadows and Publish, as `@aws-sdk/client-iot-data-plane` asks for them.
import { payloadBytesMax } from '../broker/limits.ts';
import { mayBePublished } from '../broker/reserved.ts';
import { jsonBytes } from '../json.ts';
import type { Message } from '../message.ts';
import type { Rejection } from '../shadow/rejections.ts';
import type { Answer, ShadowService } from '../shadow/service.ts';
import { isShadowName, isThingName, type Operation, type ShadowAddress } from '../shadow/shadow-topics.ts';
import { isTopic } from '../topics.ts';
import { AwsError, invalidRequest } from './aws-error.ts';
import type { RestRequest, Routes } from './routes.ts';

export interface DataPlaneParts {
  shadows: ShadowService;
  publish: (message: Message) => void;
  nowSeconds: () => number;
}

const errorNames: Record<Rejection['code'], string> = {
  400: 'InvalidRequestException',
  404: 'ResourceNotFoundException',
  409: 'ConflictException',
  413: 'RequestEntityTooLargeException',
  415: 'UnsupportedDocumentEncodingException',
  500: 'InternalFailureException',
};

export const dataPlaneRoutes = ({ shadows, publish, nowSeconds }: DataPlaneParts): Routes => {
  const ask = (operation: Operation) => (request: RestRequest) =>
    bodyOf(shadows.ask(operation, addressOf(request), request.body));
  return {
    'GET /things/{thingName}/shadow': ask('get'),
    'POST /things/{thingName}/shadow': ask('update'),
    'DELETE /things/{thingName}/shadow': ask('delete'),
    'GET /api/things/shadow/ListNamedShadowsForThing/{thingName}': (request) => ({
      ...listNames(shadows, request),
      timestamp: nowSeconds(),
    }),
    'POST /topics/{topic}': (request) => {
      publish(messageOf(request));
      return {};
    },
  };
};

const bodyOf = ({ accepted, rejection }: Answer): Uint8Array => {
  if (rejection) throw new AwsError(errorNames[rejection.code], rejection.code, rejection.message);
  return jsonBytes(accepted);
};

const addressOf = ({ params, query }: RestRequest): ShadowAddress => {
  const [thing, shadow] = [params.thingName ?? '', query.get('name')];
  if (!isThingName(thing)) throw invalidRequest('Invalid thing name');
  if (shadow === null || shadow === '') return { thing };
  if (!isShadowName(shadow)) throw invalidRequest('Invalid shadow name');
  return { thing, shadow };
};

const pageSizeMax = 100;
const pageSizeUsual = 25;

const listNames = (shadows: ShadowService, { params, query }: RestRequest) => {
  const size = Number(query.get('pageSize') ?? pageSizeUsual);
  if (!(Number.isInteger(size) && size >= 1 && size <= pageSizeMax))
    throw invalidRequest('Invalid page size');
  const after = Buffer.from(query.get('nextToken') ?? '', 'base64url').toString();
  const found = shadows.names(params.thingName ?? '', after, size + 1);
  const results = found.slice(0, size);
  const last = results.at(-1);
  const isMore = found.length > size && last !== undefined;
  return { results, ...(isMore && { nextToken: Buffer.from(last).toString('base64url') }) };
};

const messageOf = ({ params, query, body }: RestRequest): Message => {
  const topic = params.topic ?? '';
  const qos = Number(query.get('qos') ?? 0);
  if (qos !== 0 && qos !== 1) throw invalidRequest('QoS must be 0 or 1');
  if (!isTopic(topic)) throw invalidRequest('The topic is not valid');
  if (!mayBePublished(topic)) throw new AwsError('ForbiddenException', 403, `${topic} is a reserved topic`);
  if (body.length > payloadBytesMax) {
    throw new AwsError('RequestEntityTooLargeException', 413, 'The payload exceeds the maximum size allowed');
  }
  return { topic, qos, payload: body, retain: query.get('retain') === 'true' };
};
